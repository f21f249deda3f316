// The plate's side of the conversation in PROTOCOL.md: bytes in, bytes out. Must not know lines, clocks or people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "firmware-protocol/codec/frame.h"
#include "firmware-protocol/codec/samples.h"
#include "firmware-protocol/virtual-plate/electronics.hpp"

namespace heeldrop::virtual_plate {

inline constexpr std::uint32_t tick_hz = 1'000'000;

struct DeviceSetup {
    std::string serial = "VP-1";  ///< at most 16 printable characters
    std::uint8_t protocol_major = HEELDROP_PROTOCOL_MAJOR;
    std::string converter = "8xHX711";
    std::uint32_t boot_id = 1;
    bool clocked = false;
    Hertz nominal_rate{80.0};
    /// Where the counters stand at boot: other than 0 only to show what happens when they wrap.
    std::uint32_t first_tick = 0;
    std::uint32_t first_index = 0;
    std::uint16_t first_sequence = 0;
};

class PlateDevice {
 public:
    explicit PlateDevice(const DeviceSetup& setup);

    /// 0x00 and HELLO, as after a reset.
    void boot();
    void receive(std::span<const std::uint8_t> bytes);
    /// One reading, at a time since boot. Sends the frame when it is full or 50 ms old. Only while streaming. `invalid`
    /// has a bit for each channel without a value; saturated ones are told by their counts.
    void sample(Seconds since_boot, const CellCounts& counts, std::uint8_t invalid = 0);
    /// A reading that the line has no room for: counted as an overrun, its number used.
    void lose_sample();
    void status();
    /// Between two frames: the tick counter stands so much lower from now on.
    void set_clock_back(Seconds length);
    void flush();  ///< what is in the frame under way

    bool streaming() const { return streaming_; }
    std::uint32_t next_index() const { return index_; }
    /// The bytes for the line; the caller erases from the front what the line took.
    std::vector<std::uint8_t>& outgoing() { return outgoing_; }

    std::uint32_t tick_at(Seconds since_boot) const;

 private:
    void hello();
    void send(const std::uint8_t* message, std::size_t size);
    void answer(const std::uint8_t* message, std::size_t size);

    DeviceSetup setup_;
    heeldrop_hello hello_{};
    heeldrop_deframer deframer_{};
    std::uint32_t rejected_ = 0, overruns_ = 0, errors_ = 0;
    bool streaming_ = false;

    std::uint32_t index_;
    std::uint16_t sequence_;
    heeldrop_samples_writer writer_{};
    std::uint8_t frame_[HEELDROP_MESSAGE_MAX]{};
    bool open_ = false;
    std::uint32_t frame_tick_ = 0, last_tick_ = 0;
    std::vector<std::uint8_t> outgoing_;
};

}  // namespace heeldrop::virtual_plate
