#include "ui/models/pace_guide.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::ui {

PaceGuide::PaceGuide(Seconds target) : target_(target) {}

Fraction PaceGuide::window_part() {
    return Fraction{std::sqrt(1.0 - std::sqrt(0.1))};
}

Fraction PaceGuide::depth_at(Seconds since_window_start) const {
    if (target_.value <= 0)
        return Fraction{1.0};
    const double window_start = (1.0 - window_part().value) / 2.0;
    const double x = std::clamp(window_start + since_window_start / full_time(), 0.0, 1.0);
    return Fraction{x * x * x * (10.0 + x * (-15.0 + 6.0 * x))};
}

}  // namespace heeldrop::ui
