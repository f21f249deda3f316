// One vertical movement of the body, found in a stretch of total force: when, how long, how far, and how sure.
// Pure maths. Must not know which leg, which phase or which rep it is asked about. README.md derives it.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "daemon/motion/grid.hpp"
#include "daemon/motion/speed_profile.hpp"
#include "daemon/motion/sway.hpp"

namespace heeldrop::motion {

/// A part of what is expected, where only that was gone: mean and standard deviation, of the whole's mean.
inline constexpr double part_mean = 0.4, part_sd = 0.25;

/// A stretch of grid bins with at most one whole movement in the asked direction.
struct MovementWindow {
    std::span<const double> force;        ///< total, newtons, one per bin
    std::span<const double> share_shift;  ///< share moved between the pads since the baseline was taken, -1..1
    std::span<const double> noise;        ///< expected sway, newtons rms, per bin; infinity where a bin is not usable
    std::span<const double> unseen;   ///< newtons rms that each bin's force may be off by for slow sampling; or empty
    Stance stance = Stance::one_leg;  ///< whose sway spectrum the noise has
    double mass = 0.0;                ///< kilograms
    double baseline = 0.0;            ///< newtons at rest
    double baseline_sd = 0.0;         ///< newtons: what the baseline may be off by
    double gain = 0.0;                ///< newtons per unit of share_shift: the pads' known difference
    double gain_sd = 0.0;
    double slope_sd = 0.2;     ///< newtons a second: creep and drift (12 N/min, domain.md section 2)
    double unsteady_sd = 0.0;  ///< newtons: what hands that take and give load on the way are off their mean by
    int direction = -1;        ///< +1 up, -1 down
    double height_mean = 0.09, height_sd = 0.06;  ///< metres: what is expected before looking
    /// Probability that it is only a part of what is expected: then any height below that is as good.
    double partial = 0.0;
    double least_height = 0.012;  ///< metres: less is not taken for a movement
    /// The evidence below which nobody asks for it: where a rough look leaves no doubt that it has less, there is none.
    double least_evidence = -1e9;
    /// Roughly where it is, in seconds from the window's start, if that is known: then nothing else is searched.
    std::optional<std::pair<double, double>> hint;
    double earliest = -0.05;  ///< seconds: it does not begin before this
    /// Where it is expected to lie, seconds from the window's start: it seldom begins before or ends after by more than
    /// expected_sd.
    double expected_from = -1e9, expected_to = 1e9;
    double expected_sd = 0.2;
    bool ends_there = false;                ///< nor does it stand still before expected_to by more
    double hesitation = 0.3;                ///< seconds: a longer pause ends it, in plain integration
    double turns = 1e9;                     ///< seconds: its fastest lies before this, in plain integration
    double shortest = 0.14, longest = 9.0;  ///< seconds, of the 10 % speed window
    /// Another like those before is expected: mean and standard deviation of the log of its duration; 0: none.
    double log_duration_mean = 0.0, log_duration_sd = 0.0;
    /// How likely each shape is before looking; their sum does not matter. None: all are as likely.
    std::optional<ShapeWeights> shapes;
    /// Centre of pressure under the foot or feet that stand, millimetres towards the toes, one per bin; NaN where not
    /// known; empty where nothing is to be made of it.
    std::span<const double> pressure;
    double pressure_noise = 10.0;                  ///< millimetres rms that it wanders on a still body
    double coupling = 300.0, coupling_sd = 200.0;  ///< how far it goes towards the toes, millimetres a metre of height
};

/// Times are seconds from the window's start; the window of a movement is where its speed is above 10 % of its peak.
struct MovementFit {
    double start = 0.0, end = 0.0;
    double duration = 0.0, duration_sd = 0.0;
    double start_sd = 0.0, end_sd = 0.0;
    double height = 0.0, height_sd = 0.0;  ///< metres travelled in the asked direction, start to end
    /// Metres that the body went the other way just before and just after, each at over a tenth of the peak speed:
    /// knees dip before a rise, and it overshoots its top. Told by plain integration alone.
    double back = 0.0;
    double hidden_height_sd = 0.0;  ///< what happened between two samples may add to it, in plain integration
    double peak_speed = 0.0;
    double gain = 0.0, gain_sd = 0.0;  ///< the pads' difference as this stretch shows it
    /// How much likelier the stretch is with the movement than without: 2 x the log of the ratio.
    double evidence = 0.0;
    /// Of the stretch, as log_evidence() tells it; none where only a part of it was looked at.
    std::optional<double> log_evidence;
    double noise = 1.0;                ///< how much noisier than expected the stretch is
    double hitches = 0.0;              ///< probability that it went in hitches
    ShapeWeights shapes{};             ///< probability of each shape; all zero where none was asked
    std::vector<double> speed;         ///< of the likeliest movement, m/s in the asked direction, at each bin's start
    std::vector<double> acceleration;  ///< the same, m/s^2 up, one per bin; with its overshoot
    std::vector<double> baseline;      ///< newtons, one per bin

    double net_height() const { return height - back; }  ///< from standing to standing
};

/// The same by plain integration, for stretches whose sway is small against the movement: the speed is the integral of
/// what the load exceeds its mean by, as the body is still at both ends, and the height is the integral of the speed
/// (domain.md 2.2). Asks nothing of the movement's shape. None where it moved by less than least_height.
std::optional<MovementFit> integrate_movement(const MovementWindow& window);

/// What can be told of a movement while it may still be going on, as of the window's end.
struct MovementNow {
    double started = 0.0;  ///< probability that it has begun
    double over = 0.0;     ///< probability that it has begun and ended
    double start = 0.0;    ///< seconds from the window's start, if it has begun: expectation
    double end = 0.0;      ///< seconds from the window's start, if it has ended: expectation
    double speed = 0.0;    ///< m/s in the asked direction: expectation
    double height = 0.0;   ///< metres so far: expectation
};

/// The same model as fit_movement with a coarser net, for display. Uses height_mean as what is to be expected.
MovementNow movement_now(const MovementWindow& window);

/// The log of how likely the stretch is, whatever the movement in it: for two ways of expecting the same stretch. Minus
/// infinity where it holds none.
double log_evidence(const MovementWindow& window);

/// By the likelihood of every start, end and shape; none where the window is too short to hold a movement (under
/// 0.3 s), or holds none of at least least_height.
std::optional<MovementFit> fit_movement(const MovementWindow& window);

}  // namespace heeldrop::motion
