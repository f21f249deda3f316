// One session's account against its truth, rep by rep, as plain data that tables and pictures are made of.
// Must not know how either came about, nor what counts as good enough (table.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware-protocol/virtual-plate/truth.hpp"
#include "tests/bench/damage.hpp"
#include "tests/bench/playing.hpp"
#include "tests/bench/sessions.hpp"

namespace heeldrop::bench {

/// Faults as bits, in the order both sides list them.
using FaultSet = unsigned;
inline constexpr int fault_kinds = 8;
constexpr FaultSet bit_of(motion::Fault f) {
    return 1U << static_cast<unsigned>(f);
}
constexpr FaultSet bit_of(virtual_plate::Fault f) {
    return 1U << static_cast<unsigned>(f);
}
std::string words_of(FaultSet faults);

/// An estimate beside the truth. Times in seconds, lengths in metres; `u` is the stated standard uncertainty.
struct Estimate {
    double truth = 0.0, error = 0.0, u = 0.0;
};

/// A phase of the final account, and when the live one had it begin.
struct LiveChange {
    motion::Phase phase;
    std::optional<double> error;       ///< s, the live beginning less the final one; none: it never showed
    std::optional<double> shown_late;  ///< s, from the final beginning to the sample after which it showed
};

struct RepOutcome {
    // What was done.
    std::string kind, element, profile;
    std::uint64_t seed = 0;
    double rate = 0.0;
    Seconds at;                      ///< where it lies in the record
    bool counted = true;             ///< false: `incomplete` in the truth
    bool damaged = false;            ///< parts of it are missing or two people stood there: it may stay unjudged
    std::optional<double> duration;  ///< s, of the drop
    FaultSet true_faults = 0;
    // What was made of it.
    bool found = false;
    motion::Verdict verdict = motion::Verdict::unjudged;
    FaultSet found_faults = 0;
    std::optional<bool> side_right;  ///< none where no leg carried clearly more
    std::optional<Estimate> drop_duration, drop_depth, transfer_start;
    std::optional<double> verdict_after;  ///< s, from the return to the first account of the rep
    bool verdict_revised = false;
    std::vector<LiveChange> live;

    bool verdict_is_right() const {
        return found && verdict != motion::Verdict::unjudged &&
               (verdict == motion::Verdict::good) == (true_faults == 0);
    }
};

/// A rep that nobody did.
struct FalseRep {
    std::string kind, during;
    bool in_a_rep = false;  ///< a rep was done there, which this account mistakes; else there was none
    std::uint64_t seed = 0;
    double rate = 0.0;
    Seconds from, to;
    std::optional<Metres> depth;
    bool counted = true;  ///< false: reported as incomplete
    motion::Verdict verdict = motion::Verdict::unjudged;
};

struct Done {
    int times = 0;
    double seconds = 0.0;
};

struct Outcome {
    std::vector<RepOutcome> reps;
    std::vector<FalseRep> false_reps;
    std::map<std::string, Done> others;  ///< what was done besides reps
    double seconds = 0.0;
};

/// Each true rep is matched to the account whose drop overlaps its own most, each account once.
Outcome score(const Session& session, const virtual_plate::Truth& truth, const Played& played,
              std::span<const Interval> unusable);

/// One line on everything of a session that was missed, invented or judged otherwise.
std::vector<std::string> remarks(const Outcome& outcome);

}  // namespace heeldrop::bench
