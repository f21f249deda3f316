// One instant of the plate as it came over the line, its counters unwrapped: what is recorded.
#pragma once

#include <compare>

#include "calibration/lib/cells.hpp"

namespace heeldrop::plate {

struct RawSample {
    /// Number of the sample since the plate's boot; a jump says how many are missing.
    std::uint64_t index = 0;
    /// When it was taken, in the plate's ticks; strictly increasing within a boot of the plate.
    std::int64_t tick = 0;
    calibration::Reading reading;
    bool operator==(const RawSample&) const = default;
};

}  // namespace heeldrop::plate
