// A rebound at the end of a descent: where the body turns, how fast it springs up, and when it stands again.
#include <algorithm>
#include <cmath>
#include <limits>

#include "daemon/motion/accounting.hpp"

namespace heeldrop::motion {
namespace {

// A rebound: the body goes up at more than this, m/s, within a moment; sway never does.
constexpr double rebound_speed = 0.1, longest_rebound = 1.6;
/// It is over when the body has sunk back by most of what it went up and stands, seconds.
constexpr double sunk_back = 0.5, calm_speed = 0.035, calm_seconds = 0.16;
/// Seconds in which a speed forgets what came before: longer, and a load at rest known to 0.4 % is a rebound of its
/// own; below the other speed, m/s, nothing moves.
constexpr double forgetting = 0.5, no_speed = 0.01;
/// A speed that forgets sinks so fast, m/s, in falls alone: in slow drops it stays below 0.06, in one foot's sway below
/// 0.03. A fall is braked within so many seconds.
constexpr double fall_speed = 0.08, longest_braking = 0.6;
/// A rebound is pushed at some 2 m/s^2 or more, a slow descent braked at 0.15: it begins where this part of its hardest
/// push is reached, and pushes for no longer than so many seconds.
constexpr double push_part = 0.15, longest_push = 0.3;
/// Seconds on one foot: what speed sway leaves at the ends, some 20 mm/s, is then small change in the mean, 0.1 %.
constexpr double least_alone_for_rest = 1.5;
/// Of what a rebound leaves the body higher by: what plain integration is off by.
constexpr double rebound_height_part = 0.3;

std::size_t count_in(double seconds) {
    return static_cast<std::size_t>(bins_in(seconds));
}

/// Where the push begins that makes the speed at `k`.
std::size_t push_begins(const std::vector<double>& acceleration, const std::vector<double>& speed, std::size_t k) {
    const auto push = [&](std::size_t j) {
        return j > 0 && j + 1 < acceleration.size()
                   ? (acceleration[j - 1] + acceleration[j] + acceleration[j + 1]) / 3.0
                   : 0.0;
    };
    double hardest = 0.0;
    for (std::size_t j = k - std::min(k, count_in(longest_push)); j <= k; ++j)
        hardest = std::max(hardest, push(j));
    std::size_t turn = k;
    while (turn > 0 && speed[turn] > no_speed && (k - turn < 3 || push(turn) > push_part * hardest))
        --turn;
    return turn;
}

/// Where a fall began that was braked just before the turn, if there was one.
std::optional<std::size_t> fall_before(const std::vector<double>& speed, std::size_t turn) {
    std::size_t deepest = turn;
    for (std::size_t j = turn; j > 0 && turn - j < count_in(longest_braking); --j)
        if (speed[j] < speed[deepest])
            deepest = j;
    if (speed[deepest] >= -fall_speed)
        return std::nullopt;
    while (deepest > 0 && speed[deepest] < -no_speed)
        --deepest;
    return deepest;
}

struct FallEnds {
    bool goes_up;
    std::size_t turn, seen;
};

/// A speed that forgets goes up when a fall is braked. So a fall is followed from where it begins, forgetting nothing:
/// whether it goes up after all, and where it last did not.
FallEnds follow_fall(const std::vector<double>& acceleration, std::size_t begins, std::size_t until, std::size_t turn) {
    double speed = 0.0;
    std::size_t j = begins;
    for (; j < until && speed < rebound_speed; ++j) {
        speed += acceleration[j] * bin_seconds;
        if (speed <= 0.0)
            turn = j + 1;
    }
    return {speed >= rebound_speed, turn, j};
}

struct WayUp {
    double fastest;    ///< m/s
    double height;     ///< metres that are left of it, 0 where the body sank back
    std::size_t over;  ///< when the body has sunk back and stands
};

WayUp way_up(const std::vector<double>& acceleration, std::size_t turn, std::size_t seen) {
    std::size_t over = turn;
    BinIndex calm = 0;
    double up = 0.0, height = 0.0, fastest = 0.0, highest = 0.0;
    bool back = false;
    while (over < acceleration.size() && (over <= seen || calm < bins_in(calm_seconds)) &&
           over < turn + count_in(longest_rebound)) {
        up += acceleration[over] * bin_seconds;
        height += up * bin_seconds;
        back = back || (up < 0.0 && fastest > rebound_speed);
        if (!back)
            fastest = std::max(fastest, up);
        highest = std::max(highest, height);
        calm = std::abs(up) < calm_speed && height < (1.0 - sunk_back) * highest ? calm + 1 : 0;
        ++over;
    }
    return {fastest, calm < bins_in(calm_seconds) ? std::max(0.0, height) : 0.0, over};
}

}  // namespace

/// A quick rebound at the end of a descent outweighs it in force: it is measured by itself, from where the body turns,
/// and its bins say nothing of the descent.
void Accounting::find_rebound(MovementWindow& w, BinIndex from) {
    const auto n = w.force.size();
    if (!marks_.one_foot || n < 50)
        return;
    const auto alone_from = static_cast<std::size_t>(
        std::clamp<BinIndex>(marks_.alone_from + bins_in(0.2) - from, 0, static_cast<BinIndex>(n)));
    const double rest = rest_alone(w, alone_from);
    std::vector<double> acceleration(n), speed(n + 1, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
        acceleration[k] = (w.force[k] - rest - w.gain * w.share_shift[k]) / w.mass;
        speed[k + 1] = speed[k] * (1.0 - bin_seconds / forgetting) +
                       (std::isfinite(w.noise[k]) ? acceleration[k] : 0.0) * bin_seconds;
    }
    const BinIndex to = from + static_cast<BinIndex>(n);
    const auto lift_from =
        marks_.one_foot && marks_.returned ? static_cast<std::size_t>(before_return(from, to) - from) : n;
    for (std::size_t k = alone_from; k < n; ++k) {
        if (speed[k] < rebound_speed)
            continue;
        std::size_t turn = push_begins(acceleration, speed, k);
        const bool lifted = turn >= lift_from;
        if (const auto fall = fall_before(speed, turn)) {
            const FallEnds ends = follow_fall(acceleration, *fall, std::min(n, k + count_in(longest_braking)), turn);
            k = std::max(k, ends.seen);
            if (!ends.goes_up)
                continue;
            turn = ends.turn;
        }
        if (lifted)
            break;  // by the other foot
        const WayUp way = way_up(acceleration, turn, k);
        rebound_ = Rebound{seconds(from + static_cast<BinIndex>(turn)), way.fastest, way.height,
                           seconds(from + static_cast<BinIndex>(way.over))};
        noise_without_rebound_.assign(w.noise.begin(), w.noise.end());
        for (std::size_t j = turn > 3 ? turn - 3 : 0; j < std::min(n, way.over + 3); ++j)
            noise_without_rebound_[j] = std::numeric_limits<double>::infinity();
        w.noise = noise_without_rebound_;
        // What rebounds has come down until then. It may have come that much further than without, or sink again: where
        // the return has shown how far it lifts, that is known.
        const double part = known_.return_seen ? 1.0 : 0.5;
        w.height_mean += part * way.height;
        w.height_sd = std::hypot(w.height_sd, (known_.return_seen ? rebound_height_part : 0.5) * way.height);
        if (out_.drop_expected)
            out_.drop_expected = {w.height_mean, w.height_sd};
        out_.sprang_up = way.height;
        w.expected_to = seconds(static_cast<BinIndex>(turn));
        w.ends_there = true;
        return;
    }
}

/// The load at rest on one foot. Nearly still at both ends, the body gets no impulse in between: the mean is the rest.
double Accounting::rest_alone(const MovementWindow& w, std::size_t alone_from) const {
    const auto n = w.force.size();
    double sum = 0.0, count = 0.0;
    for (std::size_t k = alone_from; k < n; ++k) {
        if (!std::isfinite(w.noise[k]))
            return w.baseline;
        sum += w.force[k] - w.gain * w.share_shift[k];
        count += 1.0;
    }
    if (!marks_.returned || count * bin_seconds < least_alone_for_rest)
        return w.baseline;
    return sum / count;
}

}  // namespace heeldrop::motion
