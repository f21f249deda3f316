// See plate_control.hpp.
#include "firmware-protocol/virtual-plate/plate_control.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "firmware-protocol/codec/message.h"

namespace heeldrop::virtual_plate {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t longest_name = 20;

Words words_of(std::string_view line) {
    Words words;
    std::string word;
    for (const char c : line) {
        if (c == ' ' || c == '\t' || c == '\r') {
            if (!word.empty())
                words.push_back(std::exchange(word, {}));
        } else {
            word += c;
        }
    }
    if (!word.empty())
        words.push_back(word);
    return words;
}

/// The arguments of one command, taken one after the other.
class Arguments {
 public:
    explicit Arguments(const Words& words) : words_(words) {}

    double number(const char* what, double low, double high, std::optional<double> absent = std::nullopt) {
        if (at_ == words_.size() && absent)
            return *absent;
        const std::string& word = next(what);
        double value = 0.0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc() || end != word.data() + word.size() || !(value >= low && value <= high))
            throw ControlError(fmt::format("{} must be a number from {} to {}, not '{}'", what, low, high, word));
        return value;
    }
    unsigned whole(const char* what, double low, double high, std::optional<double> absent = std::nullopt) {
        const double value = number(what, low, high, absent);
        if (value != std::floor(value))
            throw ControlError(fmt::format("{} must be a whole number", what));
        return static_cast<unsigned>(value);
    }
    Seconds seconds(std::optional<double> absent = std::nullopt) {
        return Seconds{number("SECONDS", 0.0, 3600.0, absent)};
    }
    std::size_t cell() {
        const std::string& word = next("CELL");
        if (const auto cell = cell_named(word))
            return *cell;
        throw ControlError(fmt::format("CELL must be LFL LFR LRL LRR RFL RFR RRL RRR or 0 to 7, not '{}'", word));
    }
    std::string text(const char* what) {
        const std::string& word = next(what);
        if (word.size() > HEELDROP_TEXT_MAX)
            throw ControlError(fmt::format("{} has at most {} characters", what, HEELDROP_TEXT_MAX));
        return word;
    }
    std::string name() {
        auto text = next("NAME");
        if (text.size() > longest_name)
            throw ControlError(fmt::format("NAME has at most {} characters", longest_name));
        return text;
    }
    Kilograms mass(double least, double most) { return Kilograms{number("KG", least, most)}; }
    Place place() {
        const std::string& pad = next("PAD");
        if (pad != "left" && pad != "right")
            throw ControlError(fmt::format("PAD must be left or right, not '{}'", pad));
        const Millimetres x{number("X_MM", -150.0, 150.0)}, y{number("Y_MM", -200.0, 200.0)};
        return {pad == "left" ? 0u : 1u, x, y};
    }
    Stance stance() {
        const std::string& word = next("left, right or both");
        if (word == "left" || word == "right")
            return word == "left" ? Stance::left : Stance::right;
        if (word != "both")
            throw ControlError(fmt::format("a person stands on left, right or both, not on '{}'", word));
        return Stance::both;
    }
    bool word_is(const char* word) {
        if (at_ == words_.size() || words_[at_] != word)
            return false;
        ++at_;
        return true;
    }
    bool more() const { return at_ < words_.size(); }
    void end() const {
        if (at_ < words_.size())
            throw ControlError(fmt::format("'{}' is too much", words_[at_]));
    }

 private:
    const std::string& next(const char* what) {
        if (at_ == words_.size())
            throw ControlError(fmt::format("{} is missing", what));
        return words_[at_++];
    }
    const Words& words_;
    std::size_t at_ = 1;
};

struct Command {
    const char* arguments;
    const char* help;
    std::function<Mishap(Arguments&)> read;
};

Command line_command(LineFault fault, const char* help) {
    return {"[FRAMES]", help, [fault](Arguments& a) { return mishap::Line{fault, a.whole("FRAMES", 1, 1e6, 1)}; }};
}
Command cell_command(mishap::Cell::What what, const char* help) {
    return {"CELL [SAMPLES]", help, [what](Arguments& a) {
                const auto cell = a.cell();
                return mishap::Cell{what, cell, static_cast<double>(a.whole("SAMPLES", 0, 1e9, 0)), std::nullopt};
            }};
}

const std::map<std::string, Command>& commands() {
    using What = mishap::Cell::What;
    static const std::map<std::string, Command> table{
        {"drop", line_command(LineFault::drop_frames, "the next SAMPLES frames are not sent")},
        {"duplicate", line_command(LineFault::duplicate_frames, "the next frames are sent twice")},
        {"corrupt", line_command(LineFault::corrupt, "one bit flipped in each of the next frames")},
        {"drop-byte", line_command(LineFault::drop_bytes, "one byte missing in each of the next frames")},
        {"duplicate-byte", line_command(LineFault::duplicate_bytes, "one byte twice in each of the next frames")},
        {"truncate",
         line_command(LineFault::truncate, "the second half of each of the next frames missing, end and all")},
        {"garbage",
         {"BYTES", "random bytes before the next frame",
          [](Arguments& a) { return mishap::Garbage{a.whole("BYTES", 1, 1e6)}; }}},
        {"garble-hello",
         {"[COUNT]", "one bit flipped in each of the next HELLOs",
          [](Arguments& a) { return mishap::GarbleHello{a.whole("COUNT", 1, 1000, 1)}; }}},
        {"stall",
         {"SECONDS", "the line takes nothing; samples that find no room are lost, their numbers used",
          [](Arguments& a) { return mishap::Stall{a.seconds()}; }}},
        {"hang",
         {"SECONDS", "no sample is taken; the clock goes on, no number is used",
          [](Arguments& a) { return mishap::Hang{a.seconds()}; }}},
        {"pause", {"", "flat out only: time stands still until 'go'", [](Arguments&) { return mishap::Pause{true}; }}},
        {"go", {"", "after 'pause'", [](Arguments&) { return mishap::Pause{false}; }}},
        {"reboot",
         {"[SECONDS]", "another boot id, all counters anew; HELLO comes after so long (0.5)",
          [](Arguments& a) { return mishap::Reboot{a.seconds(0.5)}; }}},
        {"unplug",
         {"SECONDS [keep]", "the port is gone, then another one, --link re-pointed; boots unless it keeps its power",
          [](Arguments& a) {
              const Seconds length = a.seconds();
              return mishap::Unplug{length, a.word_is("keep")};
          }}},
        {"saturate", cell_command(What::saturate, "at the converter's upper end; SAMPLES 0 or none: until healed")},
        {"freeze", cell_command(What::freeze, "the last count again and again")},
        {"kill", cell_command(What::kill, "no value: fault bit, count 0")},
        {"mute", cell_command(What::mute, "no value, and the plate does not notice: count 0")},
        {"spike",
         {"CELL [SPIKES [COUNTS]]", "isolated wrong values, 10 samples apart: COUNTS away, or a 2^n - 1",
          [](Arguments& a) {
              const auto cell = a.cell();
              const auto spikes = a.whole("SPIKES", 1, 1e6, 1);
              std::optional<std::int32_t> away;
              if (a.more())
                  away = static_cast<std::int32_t>(a.whole("COUNTS", 1, count_max));
              return mishap::Cell{What::spike, cell, static_cast<double>(spikes), away};
          }}},
        {"noise",
         {"CELL NEWTONS", "white noise on top, standard deviation",
          [](Arguments& a) {
              const auto cell = a.cell();
              return mishap::Cell{What::noise, cell, a.number("NEWTONS", 0, 1000), std::nullopt};
          }}},
        {"drift",
         {"CELL NEWTONS", "its zero wanders, newtons a minute",
          [](Arguments& a) {
              const auto cell = a.cell();
              return mishap::Cell{What::drift, cell, a.number("NEWTONS", -1000, 1000), std::nullopt};
          }}},
        {"heal",
         {"CELL", "well again",
          [](Arguments& a) {
              return mishap::Cell{What::heal, a.cell(), 0.0, std::nullopt};
          }}},
        {"serial",
         {"TEXT", "another serial number, from the next boot on",
          [](Arguments& a) { return mishap::Serial{a.text("TEXT")}; }}},
        {"converter",
         {"TEXT", "another converter, by its name, from the next boot on",
          [](Arguments& a) { return mishap::Converter{a.text("TEXT")}; }}},
        {"protocol",
         {"MAJOR", "another major version, from the next boot on",
          [](Arguments& a) { return mishap::ProtocolMajor{a.whole("MAJOR", 0, 255)}; }}},
        {"first-tick",
         {"TICK", "where the tick counter stands at the next boot",
          [](Arguments& a) { return mishap::FirstTick{a.whole("TICK", 0, 4294967295.0)}; }}},
        {"clock",
         {"PERCENT", "the plate's clock runs that much fast",
          [](Arguments& a) { return mishap::ClockError{a.number("PERCENT", -20, 20)}; }}},
        {"clock-back",
         {"SECONDS", "the tick counter goes back so far, the samples go on",
          [](Arguments& a) { return mishap::ClockBack{Seconds{a.number("SECONDS", 0.5, 1000)}}; }}},
        {"random",
         {"SEED [MEAN_SECONDS]", "one disturbance of line or cell after the other (20); SEED 0 ends it",
          [](Arguments& a) {
              const auto seed = a.whole("SEED", 0, 4294967295.0);
              return mishap::Random{seed, Seconds{a.number("MEAN_SECONDS", 0.5, 3600, 20)}};
          }}},
        {"place",
         {"NAME KG PAD X_MM Y_MM", "with --weights: a weight put on the plate, from the pad's centre",
          [](Arguments& a) {
              auto name = a.name();
              const auto mass = a.mass(0.01, 500.0);
              return mishap::Put{std::move(name), mass, a.place()};
          }}},
        {"move",
         {"NAME PAD X_MM Y_MM", "it is carried there",
          [](Arguments& a) {
              auto name = a.name();
              return mishap::Move{std::move(name), a.place()};
          }}},
        {"take", {"NAME", "it is taken off; NAME may be person", [](Arguments& a) { return mishap::Take{a.name()}; }}},
        {"person",
         {"KG left|right|both", "somebody steps on and stands, with sway",
          [](Arguments& a) {
              const auto mass = a.mass(20.0, 180.0);
              return mishap::Person{mass, a.stance()};
          }}},
        {"account", {"", "what was done so far, as one line of JSON", [](Arguments&) { return mishap::Account{}; }}},
    };
    return table;
}

}  // namespace

ControlLine parse_control(std::string_view line) {
    Words words = words_of(line);
    ControlLine control;
    if (words.size() >= 2 && words[0] == "at") {
        Arguments time(words);
        control.at = Seconds{time.number("the time", 0.0, 1e6)};
        words.erase(words.begin(), words.begin() + 2);
    }
    if (words.empty())
        throw ControlError("no command; 'help' lists them");
    const auto command = commands().find(words[0]);
    if (command == commands().end())
        throw ControlError(fmt::format("no command '{}'; 'help' lists them", words[0].substr(0, 40)));
    Arguments arguments(words);
    try {
        control.what = command->second.read(arguments);
        arguments.end();
    } catch (const ControlError& error) {
        throw ControlError(fmt::format("{} {}: {}", words[0], command->second.arguments, error.what()));
    }
    for (const auto& word : words)
        control.text += (control.text.empty() ? "" : " ") + word;
    return control;
}

bool is_load(const Mishap& mishap) {
    return std::holds_alternative<mishap::Put>(mishap) || std::holds_alternative<mishap::Move>(mishap) ||
           std::holds_alternative<mishap::Take>(mishap) || std::holds_alternative<mishap::Person>(mishap);
}

void handle(const Mishap& mishap, Seconds t, Weights& weights) {
    if (const auto* put = std::get_if<mishap::Put>(&mishap))
        weights.place(t, put->name, put->mass, put->where);
    else if (const auto* move = std::get_if<mishap::Move>(&mishap))
        weights.move(t, move->name, move->where);
    else if (const auto* take = std::get_if<mishap::Take>(&mishap))
        weights.take(t, take->name);
    else if (const auto* person = std::get_if<mishap::Person>(&mishap))
        weights.person(t, person->mass, person->stance);
}

Schedule parse_schedule(std::string_view text, const std::string& name) {
    Schedule schedule;
    double now = 0.0;
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, std::min(end, text.find('#')));
        text.remove_prefix(std::min(end + 1, text.size()));
        Words words = words_of(line);
        if (words.empty())
            continue;
        try {
            if (words[0] == "wait") {
                Arguments time(words);
                now += time.number("SECONDS", 0.0, 1e6);
                time.end();
                continue;
            }
            ControlLine control = parse_control(line);
            if (control.at && control.at->value < now)
                throw ControlError(fmt::format("{} s is before the line above, at {} s", control.at->value, now));
            now = control.at ? control.at->value : now;
            control.at = Seconds{now};
            schedule.lines.push_back(std::move(control));
        } catch (const ControlError& error) {
            throw ControlError(fmt::format("{}:{}: {}", name, number, error.what()));
        }
    }
    schedule.end = Seconds{now};
    return schedule;
}

std::string describe_control() {
    std::string text;
    for (const auto& [name, command] : commands())
        text += fmt::format("{:<40}{}\n", name + " " + command.arguments, command.help);
    return text + fmt::format("{:<40}{}\n", "at SECONDS COMMAND", "at that time of the script");
}

std::string random_mishap(Random& random, Hertz rate) {
    const auto frames = random.bits() % 6 + 1;
    const auto* cell = cell_names[random.bits() % cell_names.size()];
    switch (random.bits() % 13) {
        case 0:
            return fmt::format("drop {}", frames);
        case 1:
            return fmt::format("duplicate {}", frames);
        case 2:
            return fmt::format("corrupt {}", frames);
        case 3:
            return fmt::format("drop-byte {}", frames);
        case 4:
            return fmt::format("duplicate-byte {}", frames);
        case 5:
            return fmt::format("truncate {}", frames);
        case 6:
            return fmt::format("garbage {}", random.bits() % 600 + 1);
        case 7:
            return fmt::format("hang {:.2f}", random.uniform(0.4, 3.0));
        case 8:
            return fmt::format("saturate {} {}", cell, random.bits() % 100 + 1);
        case 9:
            // Long enough for a host to tell it from a value that happens to come again.
            return fmt::format("freeze {} {:.0f}", cell, rate.value * random.uniform(0.6, 2.5));
        case 10:
            return fmt::format("kill {} {}", cell, random.bits() % 100 + 1);
        case 11:
            return fmt::format("stall {:.2f}", random.uniform(0.2, 3.0));
        default:
            return fmt::format("spike {} {}", cell, frames);
    }
}

}  // namespace heeldrop::virtual_plate
