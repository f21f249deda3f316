// The movement the patient is shown to follow while lowering. It must not know the patient or the clock.
#pragma once

#include "calibration/lib/units.hpp"

namespace heeldrop::ui {

/// A minimum-jerk movement (Flash & Hogan 1985: s = 10x^3 - 15x^4 + 6x^5), drawn so that following it exactly measures
/// the target: a descent is measured between the points where its speed is 10 % of its own peak (domain.md section 3),
/// and that window, not the whole movement, lasts the target. Speed is 30 x^2 (1-x)^2 with its peak at x = 1/2, so the
/// window's ends solve x (1-x) = sqrt(0.1)/4, and it is sqrt(1 - sqrt(0.1)) = 0.8269 of the whole movement.
class PaceGuide {
 public:
    explicit PaceGuide(Seconds target);

    /// The part of the whole movement that lies within the measured window.
    static Fraction window_part();

    Seconds target() const { return target_; }
    Seconds full_time() const { return target_ / window_part().value; }
    /// How far down the guide is, this long after the window began (as a measured drop begins): 0 at the top, 1 below.
    Fraction depth_at(Seconds since_window_start) const;

 private:
    Seconds target_;
};

}  // namespace heeldrop::ui
