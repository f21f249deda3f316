// Simulated people as input: a script played by the virtual plate's person, as the motion library would get it, with
// the truth beside it. Knows the virtual plate and motion's values; neither knows the other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/motion/analysis.hpp"
#include "firmware-protocol/virtual-plate/simulation.hpp"

namespace heeldrop::simulated {

inline constexpr motion::Side left = motion::Side::left, right = motion::Side::right;

struct Person {
    std::uint64_t seed = 1;
    double rate = 80.0;                            ///< 80: an HX711, uneven; above 500: a clocked ADS131M08
    motion::Side works = motion::Side::right;      ///< the prescribed leg
    std::optional<Kilograms> mass = std::nullopt;  ///< drawn from the seed where absent
};

/// Names the person in a failed test's output.
std::string description(const Person& person, std::string_view script);

struct Record {
    std::vector<motion::ForceSample> samples;
    motion::Criteria criteria;  ///< that person's prescription
    virtual_plate::Truth truth;
};

Record record(std::string_view script, const Person& person);

/// `element`s between stepping on, standing quietly and stepping off again.
std::string session_of(std::string_view elements);

/// The counted reps' verdicts in their words, one rep after the other: "good", "fast_drop", "unjudged", ...
/// Several faults are joined by +.
std::vector<std::string> verdicts(std::span<const motion::Rep> reps);
std::vector<std::string> verdicts(const virtual_plate::Truth& truth);

/// What a display is told as the samples come.
std::vector<motion::PhaseChange> shown_live(const Record& record);

std::vector<motion::Rep> counted(std::span<const motion::Rep> reps);
bool has(const motion::Rep& rep, motion::Fault fault);
bool has(const motion::Rep& rep, motion::Reason reason);

}  // namespace heeldrop::simulated
