// Which reps of a disturbed sitting were left alone, and whether these are those of the undisturbed one.
// Stored sessions and accounts in, findings out. It must not know how they came about.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/soak_station.hpp"

namespace heeldrop::bench {

/// On the session's clock.
struct Disturbance {
    double from_s, to_s;
    std::string what;
};

/// What was done, each with the time it may have lasted, and every gap of the account.
std::vector<Disturbance> disturbances(const Played& disturbed, const std::string& rate);

/// Before the first disturbance a rep is the same to the last digit. After it, what the motion library has learnt of
/// this person's sway and weight (daemon/motion/README.md) comes from fewer samples: verdict, faults, reasons, side and
/// which figures there are stay the same, and a figure moves by less than half its own standard uncertainty (figures
/// that state none: 1 % or 20 ms).
struct Comparison {
    int outside = 0;            ///< reps of the undisturbed sitting that no disturbance is near
    int inside = 0;             ///< the others
    int same_to_the_digit = 0;  ///< of those outside
    double most_moved = 0.0;    ///< a descent's duration or depth, in standard uncertainties of both together
    int unjudged = 0;           ///< reps of the disturbed sitting that say why: a gap, or a pad that was not usable
    std::vector<std::string> differences;  ///< a line each
};

/// A rep is near a disturbance that lies within `margin_s` of its rise, transfer, drop or return.
Comparison compare(const Played& undisturbed, const Played& disturbed, const std::string& rate, double margin_s);

/// Fields of two accounts that do not agree, a line each.
std::vector<std::string> account_differences(const Played& disturbed);

}  // namespace heeldrop::bench
