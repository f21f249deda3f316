// heeldrop-plate as a child process and the host's end of its line, read with the codec; every wait has a deadline.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "firmware-protocol/codec/frame.h"
#include "firmware-protocol/codec/samples.h"

struct Sample {
    std::uint32_t index, tick;
    heeldrop_sample values;
};

class PlateProcess {
 public:
    explicit PlateProcess(const std::vector<std::string>& arguments);
    ~PlateProcess();
    PlateProcess(const PlateProcess&) = delete;
    PlateProcess& operator=(const PlateProcess&) = delete;

    /// The first line on standard output.
    std::string terminal();
    void open(const std::string& path);
    void close_line();
    void command(std::uint8_t type, std::uint16_t id);
    /// Opens its terminal and has it send samples.
    void start();
    /// Reads until `samples.size()` is that many, or for 0 until the plate hangs up. False at the deadline.
    bool read(std::size_t how_many = 0);
    void press_enter(const std::string& typed_before = {});
    void signal(int number);
    /// The exit code; waits for the end.
    int wait();
    std::string complaints();  ///< standard error, after wait()

    std::vector<Sample> samples;
    std::map<int, int> types;  ///< messages of each type
    heeldrop_hello hello{};
    std::size_t damaged = 0;

 private:
    void take(const std::uint8_t* bytes, std::size_t size);
    int pid_ = -1, out_ = -1, err_ = -1, in_ = -1, line_ = -1;
    heeldrop_deframer deframer_{};
};
