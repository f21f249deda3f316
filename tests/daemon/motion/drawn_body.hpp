// A body drawn by hand: every movement where a test wants it, to the bin.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "daemon/motion/analysis.hpp"

namespace heeldrop::drawn {

/// A body of 75 kg whose height and right share go by minimum jerk, one movement after the other; on the plate from
/// the first sample on, 80 a second.
struct Body {
    struct Move {
        double at, takes, by;
    };
    std::vector<Move> heights{}, shares{}, loads{};
    double t = 4.0;

    /// Metres, of the load, and newtons that the load at rest is more by for good; seconds. A negative wait goes back.
    void height(double by, double takes) { add(heights, by, takes); }
    void share(double by, double takes) { add(shares, by, takes); }
    void load(double by, double takes) { add(loads, by, takes); }
    void wait(double seconds) { t += seconds; }

    std::vector<motion::ForceSample> samples() const {
        constexpr double d = 0.004, two_pi = 6.2832;
        std::vector<motion::ForceSample> samples;
        for (double when = 0.0; when < t + 4.0; when += 0.0125) {
            const double acceleration =
                (sum(heights, when + d) - 2.0 * sum(heights, when) + sum(heights, when - d)) / (d * d);
            const double right = std::clamp(0.5 + sum(shares, when), 0.0, 1.0), alone = 2.0 * std::abs(right - 0.5);
            const double sway =
                (0.4 + 2.5 * alone) * (std::sin(2.3 * two_pi * when) + 0.7 * std::sin(4.1 * two_pi * when + 1.0));
            const double total = 75.0 * (standard_gravity.value + acceleration) + sum(loads, when) + sway;
            samples.push_back({Seconds{when}, Newtons{total * (1.0 - right)}, Newtons{total * right}});
        }
        return samples;
    }
    std::vector<motion::Rep> reps() const { return motion::analyze(samples(), motion::Criteria{}).reps; }

 private:
    void add(std::vector<Move>& to, double by, double takes) {
        to.push_back({t, takes, by});
        t += takes;
    }
    static double sum(const std::vector<Move>& moves, double when) {
        double all = 0.0;
        for (const Move& m : moves) {
            const double u = std::clamp((when - m.at) / m.takes, 0.0, 1.0);
            all += m.by * u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
        }
        return all;
    }
};

}  // namespace heeldrop::drawn
