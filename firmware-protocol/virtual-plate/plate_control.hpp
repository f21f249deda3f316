// Words that make a running plate misbehave or put loads on it (README.md, "Misbehaving", "Weights"), read into what is
// to be done.
// It must not know sockets or how a plate does it.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "firmware-protocol/virtual-plate/cell_faults.hpp"
#include "firmware-protocol/virtual-plate/disturbed_line.hpp"
#include "firmware-protocol/virtual-plate/weights.hpp"

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
struct Converter {
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
/// The tick counter goes back while samples and their numbers go on.
struct ClockBack {
    Seconds length;
};
/// One disturbance of the line or a cell after the other, `mean` apart, drawn from the seed.
struct Random {
    std::uint64_t seed;
    Seconds mean;
};
struct Account {};
/// What is put on, moved and taken off: for a plate with --weights.
struct Put {
    std::string name;
    Kilograms mass;
    Place where;
};
struct Move {
    std::string name;
    Place where;
};
struct Take {
    std::string name;
};
struct Person {
    Kilograms mass;
    Stance stance;
};
}  // namespace mishap

using Mishap = std::variant<mishap::Line, mishap::Garbage, mishap::GarbleHello, mishap::Stall, mishap::Hang,
                            mishap::Reboot, mishap::Unplug, mishap::Cell, mishap::Serial, mishap::Converter,
                            mishap::ProtocolMajor, mishap::FirstTick, mishap::ClockError, mishap::ClockBack,
                            mishap::Random, mishap::Account, mishap::Pause, mishap::Put, mishap::Move, mishap::Take,
                            mishap::Person>;

/// Whether it is about a load and not a mishap.
bool is_load(const Mishap& mishap);
/// Does it if it is one. Throws WeightsError.
void handle(const Mishap& mishap, Seconds t, Weights& weights);

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
/// Lines of a schedule, one after the other: commands, `wait SECONDS` between them, `# comments`; `at` is absolute.
struct Schedule {
    std::vector<ControlLine> lines;  ///< in time, each with its time
    Seconds end;                     ///< of the last wait
};
/// Throws ControlError, with the line's number in `name`.
Schedule parse_schedule(std::string_view text, const std::string& name);

/// Every command with its arguments, one a line.
std::string describe_control();
/// What `random` does next; only what leaves the plate's boot and port as they are.
std::string random_mishap(heeldrop::virtual_plate::Random& random, Hertz rate);

}  // namespace heeldrop::virtual_plate
