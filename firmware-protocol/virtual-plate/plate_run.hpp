// The plate at work: device, electronics and whoever stands on it, on a pseudo-terminal, in true time or flat out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "firmware-protocol/virtual-plate/electronics.hpp"
#include "firmware-protocol/virtual-plate/load_source.hpp"
#include "firmware-protocol/virtual-plate/plate_device.hpp"
#include "firmware-protocol/virtual-plate/pty.hpp"
#include "firmware-protocol/virtual-plate/stop_signals.hpp"
#include "firmware-protocol/virtual-plate/truth_file.hpp"

namespace heeldrop::virtual_plate {

class Performance;

enum class Pace {
    real,      ///< as a plate does: what the line has no room for is lost and counted
    flat_out,  ///< as fast as the host reads; nothing is lost; the plate's time stands still while it is stopped
};

struct RunSetup {
    Pace pace = Pace::real;
    Converter converter = Converter::hx711;
    Hertz rate{80.0};
    Disturbances disturbances;
    std::uint64_t seed = 1;
    /// An empty plate in true time until a line comes on standard input, which may name the prescribed leg. What is
    /// sent from the script's first instant on does not depend on how long that took.
    bool hold_until_enter = false;
    bool stay = false;  ///< stream on after the end, in true time, until a signal comes
    bool loop = false;
    bool verbose = false;
    std::vector<Seconds> own_times;  ///< sample at these script times instead of the converter's
    Prescribed side = Prescribed::right;
    /// Whoever stands on the plate, for the n-th time round.
    std::function<std::unique_ptr<LoadSource>(int round, Prescribed side)> source;
    std::string truth_path;  ///< empty: none
};

class PlateRun {
 public:
    PlateRun(const RunSetup& setup, const DeviceSetup& device, PseudoTerminal& line, const StopSignals& stop,
             TruthFile truth);

    /// Until the script is over and read to the last byte, or a stop signal. Single-threaded; waits in poll().
    /// Throws std::system_error, ScriptError and what the truth file throws.
    void run();

 private:
    void begin_streaming();
    void produce(bool room);
    void begin_script();
    void schedule();
    void finish_round();
    void generate();
    void read_standard_input();
    void release(const std::string& line);
    double wall_s() const;
    double plate_now() const;
    bool in_true_time() const;
    int wait_ms();
    void write_truth(bool complete);

    RunSetup setup_;
    PlateDevice device_;
    PseudoTerminal& line_;
    const StopSignals& stop_;
    TruthFile truth_;
    Electronics electronics_, waiting_;
    std::optional<SampleClock> clock_;
    std::unique_ptr<LoadSource> source_;

    bool holding_, was_streaming_ = false, ended_ = false, input_open_;
    std::string input_;  ///< the line that is being typed
    int starts_ = 0, rounds_ = 0, quiet_looks_ = 0;
    double wall_origin_ = 0.0;  ///< wall time at which the plate booted, or would have
    double next_s_ = 0.0;       ///< plate time of the next sample, in whole ticks
    double when_s_ = 0.0;       ///< its script time; to the last bit the same wherever in plate time the script began
    double clock_s_ = 0.0;      ///< where the converter's clock stood for it
    double script_s_ = 0.0;     ///< plate time of the script's first instant, of this round
    double begun_s_ = 0.0;      ///< of the first round
    std::size_t own_ = 0;
    double last_status_s_ = 0.0;
};

}  // namespace heeldrop::virtual_plate
