// The ways in which a body's speed may rise and fade over one movement, from near-constant speed over bells to leaning
// ones. Pure maths; must not know whose movement it is.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace heeldrop::motion {

/// A single-peaked speed profile on 0..1, of unit way within its 10 % window: it grows over the first `rise` and fades
/// over the last `fall` of its time, each as a sine squared. Long flanks make bells, short ones near-constant speed,
/// unequal ones lean. With a `fade` it also loses, once grown, a factor e in each such part of its time: a landing that
/// takes ever longer.
class SpeedProfile {
 public:
    SpeedProfile(double rise, double fall, double fade = 1e9);

    double speed(double x) const { return between(speed_, x); }
    /// What lies behind at x, of the way within the window.
    double way(double x) const { return between(way_, x); }
    double peak() const { return peak_; }
    double from() const { return from_; }         ///< of the whole, where the speed first passes 10 % of its peak
    double width() const { return to_ - from_; }  ///< of the whole, between the first and the last such passing
    double after() const { return (1.0 - to_) / width(); }  ///< from the last to standing still, in widths

 private:
    static constexpr int points = 512;
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }

    struct Knot {
        double value = 0.0, to_next = 0.0;  ///< to_next: what the next one's value is more; 0 of the last
    };
    using Table = std::array<Knot, points + 1>;
    static Table table(const std::array<double, points + 1>& values);
    static double between(const Table& table, double x) {
        const double at = std::clamp(x, 0.0, 1.0) * points;
        const int i = static_cast<int>(at);
        const Knot& knot = table[index(i)];
        return knot.value + (at - i) * knot.to_next;
    }

    Table speed_{}, way_{};
    double peak_ = 0.0, from_ = 0.0, to_ = 1.0;
};

inline constexpr std::size_t shapes = 10;
/// How likely each of them is.
using ShapeWeights = std::array<double, shapes>;

/// All that are considered; the first `rough_profiles` stand for the rest where a rough look is enough.
std::span<const SpeedProfile, shapes> speed_profiles();
inline constexpr std::size_t rough_profiles = 3;

}  // namespace heeldrop::motion
