// Words that make a running plate misbehave (README.md, "Misbehaving"), read into what is to be done.
// It must not know sockets or how a plate does it.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "firmware-protocol/virtual-plate/cell_faults.hpp"
#include "firmware-protocol/virtual-plate/disturbed_line.hpp"

namespace heeldrop::virtual_plate {

namespace mishap {
struct Line {
    LineFault fault;
    unsigned count;
};
struct Garbage {
    unsigned bytes;
};
struct GarbleHello {
    unsigned count;
};
/// The line takes nothing; what does not fit into the plate's memory is lost and counted as overruns.
struct Stall {
    Seconds length;
};
/// The plate samples nothing and says nothing; its clock goes on and no sample number is used.
struct Hang {
    Seconds length;
};
/// Flat out only: time stands still, for person and plate, until it goes on.
struct Pause {
    bool begins;
};
/// The next HELLO comes that much later.
struct Reboot {
    Seconds length;
};
/// The port vanishes and comes back as another one, --link re-pointed.
struct Unplug {
    Seconds length;
    bool keeps_power;  ///< else it boots when it is back
};
/// Sick cells; `amount` is samples, spikes, newtons or newtons a minute.
struct Cell {
    enum class What { saturate, freeze, kill, mute, spike, noise, drift, heal } what;
    std::size_t cell;
    double amount = 0.0;
    std::optional<std::int32_t> counts_away;
};
/// From the next HELLO on.
struct Serial {
    std::string text;
};
struct ProtocolMajor {
    unsigned major;
};
/// Where the tick counter stands at the next boot.
struct FirstTick {
    std::uint32_t tick;
};
struct ClockError {
    double percent;
};
/// One disturbance of the line or a cell after the other, `mean` apart, drawn from the seed.
struct Random {
    std::uint64_t seed;
    Seconds mean;
};
struct Account {};
}  // namespace mishap

using Mishap = std::variant<mishap::Line, mishap::Garbage, mishap::GarbleHello, mishap::Stall, mishap::Hang,
                            mishap::Reboot, mishap::Unplug, mishap::Cell, mishap::Serial, mishap::ProtocolMajor,
                            mishap::FirstTick, mishap::ClockError, mishap::Random, mishap::Account, mishap::Pause>;

struct ControlLine {
    std::optional<Seconds> at;  ///< script time; at once where absent
    Mishap what;
    std::string text;  ///< the words without the time
};

/// what() is one line for people.
class ControlError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws ControlError.
ControlLine parse_control(std::string_view line);
/// Every command with its arguments, one a line.
std::string describe_control();
/// What `random` does next; only what leaves the plate's boot and port as they are.
std::string random_mishap(heeldrop::virtual_plate::Random& random, Hertz rate);

}  // namespace heeldrop::virtual_plate
