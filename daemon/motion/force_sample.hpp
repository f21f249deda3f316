// What the motion library is fed: one instant's vertical force on each pad, with the patient's own left and right.
// It must not know where the sample came from: a live plate, a recording or a file all look the same here.
#pragma once

#include <cmath>
#include <limits>

#include "calibration/lib/units.hpp"

namespace heeldrop::motion {

struct ForceSample {
    /// On the source's own clock, strictly increasing; never the time of arrival.
    Seconds t;
    Newtons left;
    Newtons right;
    /// Centre of pressure in the pad's frame, y towards the toes; NaN where the pad is unloaded or cannot tell.
    Millimetres left_cop_y{std::numeric_limits<double>::quiet_NaN()};
    Millimetres right_cop_y{std::numeric_limits<double>::quiet_NaN()};
    /// A cell of this pad was saturated, missing or otherwise wrong at this instant: its force means nothing.
    bool left_fault = false;
    bool right_fault = false;
};

}  // namespace heeldrop::motion
