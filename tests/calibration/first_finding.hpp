// What a calibration with a fault is refused for, first.
#pragma once

#include <catch2/catch.hpp>

#include "calibration/lib/evaluation.hpp"

namespace heeldrop::calibration::test {

/// Requires that there is one.
inline Finding first_finding(const Observations& seen) {
    const Evaluation judged = evaluate(seen);
    CHECK_FALSE(judged.passed());
    REQUIRE_FALSE(judged.findings.empty());
    return judged.findings.front();
}

}  // namespace heeldrop::calibration::test
