// How the checks of a pad are made, shared by the files that make them. Private to checks.hpp's library.
#pragma once

#include <cmath>
#include <utility>

#include "calibration/lib/checks.hpp"

namespace heeldrop::calibration {

inline Check check(const PadFit& fit, std::string code, double limit, std::string unit) {
    Check c;
    c.code = std::move(code);
    c.pad = fit.map().pad;
    c.limit = limit;
    c.unit = std::move(unit);
    return c;
}

inline Check judged(Check c, double value, std::string note = {}) {
    c.value = value;
    c.verdict = std::abs(value) <= c.limit ? Verdict::passed : Verdict::failed;
    c.note = std::move(note);
    return c;
}

inline Check not_measured(Check c, std::string why) {
    c.note = std::move(why);
    return c;
}

/// Creep and the zero's return, in this order, of the pad's first hold with three readings or more.
std::vector<Check> checks_of_hold(const Observations& seen, const PadFit& fit, const Limits& limits);

}  // namespace heeldrop::calibration
