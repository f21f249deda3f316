// The return: the other foot takes load again and may lift a body that has gone below the step; or what the one foot
// left undone is lowered on two.
#include <algorithm>
#include <cmath>

#include "daemon/motion/accounting.hpp"
#include "daemon/motion/shares.hpp"

namespace heeldrop::motion {
namespace {

/// Seconds before the other foot is back in which it may begin to lift the body to the step again, and metres.
constexpr double may_lift_before = 0.6, usual_lift = 0.02;
/// Of the fuller share: below it the other foot has begun to come back; seconds: since when unseen. Seconds: less is no
/// descent's stretch.
constexpr double nearly_alone = 0.95, unseen_return = 0.2, shortest_descent = 0.6;
/// m/s: what a return that lifts gives the body by the time that it is seen.
constexpr double lifting_speed = 0.02, goes_below = 0.1;
/// m/s: who still sinks so fast as the other foot lands is braked, not lifted; seconds before it in which that began.
constexpr double falling_speed = 0.06, longest_braked = 1.2;
/// Seconds that the body has stood when its sinking is told, at least, and of which the load at rest is a mean; seconds
/// after the return in which its lift is over, a slow one, and which must have been seen; times the expected sway,
/// above which a stretch tells nothing.
constexpr double stands_again = 0.2, still_seconds = 0.3, lift_over = 2.0, slow_lift_over = 3.5, least_after = 0.8,
                 unclear = 4.0;

/// Metres: a lift on two feet that does not show is less. 2 x log of the likelihood ratio. Seconds for which a body may
/// stay below the step before the next rise lifts it.
constexpr double no_lift_sd = 0.004, perhaps_sunk = 10.0, stays_low = 1.4;
/// And after it has sunk, beside standing again.
constexpr double stays_sunk = 0.5;
constexpr BinIndex late_lift = bins_in(5.0);

/// By how much in the log likelihood a sinking must be likelier than a lift. On 25 of simulated people that left drops
/// undone it was 22 at the least, on 5 of others 11 at most.
constexpr double plainly_sunk = 16.0;

/// Seconds before a rise in which the body stands low. Of the weight: what cells creep and drift down by in a rep (3 to
/// 12 N/min, domain.md), with sway, and what its load may be more by. Of the load on one foot: as much as before.
constexpr double low_seconds = 0.5, most_creep = 0.0065, most_more = 0.002, same_share = 0.2;

/// Metres: what a body sinks on two feet between reps, whatever for. Of the load: hands that take so much of it look
/// like a sinking.
constexpr double any_sinking = 0.1, any_sinking_sd = 0.05, another_load = 0.01;

double still_share(const History& history, BinIndex to) {
    const auto at = [](BinIndex i) { return static_cast<double>(i) * bin_seconds; };
    return left_share_over(history, at(to - bins_in(still_seconds)), at(to)).value_or(0.5);
}

/// Who stands at `to` as before the rise is where it began; else hands took or gave load, or somebody steps off or
/// rises.
bool stands_as_before(const History& history, BinIndex low_from, BinIndex rise_from, BinIndex to,
                      const Knowledge& known) {
    const BinIndex from = to - bins_in(still_seconds);
    const double before = history.mean_total(low_from, rise_from), now = history.mean_total(from, to);
    const double more = (now - before) / known.system_weight;
    return more > -most_creep && more < most_more &&
           std::abs(history.mean_left(from, to) / now - history.mean_left(low_from, rise_from) / before) < same_share;
}

/// A stretch on two feet at whose end the body stands.
MovementWindow& until_still(Stretch& stretch, const History& history, BinIndex to, const Knowledge& known) {
    MovementWindow& w = stretch.window;
    w.stance = Stance::two_legs;
    w.baseline = history.mean_total(to - bins_in(still_seconds), to);
    w.baseline_sd = 0.003 * known.system_weight;
    w.least_evidence = clear_evidence;
    return w;
}

/// In a stretch at whose end the body stands; metres expected, and their scatter.
std::optional<MovementFit> clear_sinking(MovementWindow& w, double height, double height_sd) {
    w.direction = -1;
    w.height_mean = height;
    w.height_sd = height_sd;
    w.least_height = 0.008;
    auto sunk = fit_movement(w);
    const double stands = static_cast<double>(w.force.size()) * bin_seconds - stands_again;
    if (!sunk || sunk->evidence < clear_evidence || sunk->noise > unclear || sunk->end > stands)
        return std::nullopt;
    // Whoever has gone below the step is lifted back by the other foot, and slows down as one who sinks starts; the
    // next rise may begin as a landing ends.
    w.direction = 1;
    w.height_mean = w.height_sd = usual_lift;
    const auto lifted = fit_movement(w);
    if (lifted && *sunk->log_evidence - *lifted->log_evidence < plainly_sunk)
        return std::nullopt;
    return sunk;
}

}  // namespace

double sank_within(const History& history, BinIndex from, BinIndex to, const Knowledge& known) {
    from = history.clamp(from);
    if (std::abs(history.mean_total(to - bins_in(still_seconds), to) - known.reference) >
        another_load * known.reference)
        return 0.0;
    Stretch stretch(history, from, to, still_share(history, to), known);
    const auto sunk = clear_sinking(until_still(stretch, history, to, known), any_sinking, any_sinking_sd);
    return sunk ? sunk->height : 0.0;
}

/// Metres sunk on two feet after the return, and their standard uncertainty.
std::optional<std::pair<double, double>> Accounting::height_undone(BinIndex drop_from) const {
    if (!marks_.undone)
        return std::nullopt;
    const BinIndex from = before_return(drop_from, history_.clamp(marks_.undone->first));
    const BinIndex to = history_.clamp(marks_.undone->second);
    Stretch stretch(history_, from, to, still_share(history_, to), known_);
    MovementWindow& w = until_still(stretch, history_, to, known_);
    const auto sunk = clear_sinking(w, 0.6 * out_.rise->height, 0.3 * out_.rise->height);
    if (!sunk)
        return std::nullopt;
    return std::pair{sunk->height, std::hypot(sunk->height_sd, 0.003)};
}

/// Of the load, on the foot that stands alone.
double Accounting::share_alone(BinIndex i) const {
    const double left = left_share(history_[i].bin);
    return *marks_.one_foot == Side::left ? left : 1.0 - left;
}

/// The other foot, landing, may lift a body that has gone below the step: that is no part of the descent. It begins
/// before its pad carries much.
BinIndex Accounting::before_return(BinIndex from, BinIndex to) const {
    const BinIndex least = std::min(to, from + bins_in(shortest_descent));
    const double fullest = share_alone((from + to) / 2);
    while (to > least && share_alone(to - 1) < nearly_alone * fullest)
        --to;
    return std::max(least, to - bins_in(unseen_return));
}

/// Whether the body gains more speed up from there on than the end of a slow descent gives back.
bool Accounting::is_lifted(const MovementWindow& w, BinIndex from, std::size_t end) const {
    const auto force = [&](std::size_t k) { return w.force[k] - w.gain * w.share_shift[k]; };
    const auto alone = static_cast<std::size_t>(
        std::clamp<BinIndex>(marks_.alone_from + bins_in(0.2) - from, 0, static_cast<BinIndex>(end)));
    double rest = 0.0, speed = 0.0;
    for (std::size_t k = alone; k < end; ++k)
        rest += force(k) / static_cast<double>(end - alone);
    for (std::size_t k = end; k < w.force.size(); ++k)
        speed += bin_seconds * (force(k) - rest) / w.mass;
    // What a descent still has to be braked of is no lift.
    double sinking = 0.0;
    for (std::size_t k = std::max(alone, end - std::min(end, static_cast<std::size_t>(bins_in(longest_braked))));
         k < end; ++k)
        sinking += bin_seconds * (force(k) - w.baseline) / w.mass;
    if (alone == end || sinking < -falling_speed)
        return false;
    return speed + std::min(0.0, sinking) > lifting_speed || known_.further > goes_below;
}

namespace {

struct Lift {
    bool over;                                      ///< else the body still moves at the stretch's end
    std::optional<std::pair<double, double>> told;  ///< metres up, below 0 where it sank, and their uncertainty
};

/// Over [from, to), at whose end the body stands as before the rise.
Lift lift_within(const History& history, BinIndex from, BinIndex to, BinIndex returned, const Knowledge& known) {
    Stretch stretch(history, from, to, still_share(history, to), known);
    MovementWindow& w = until_still(stretch, history, to, known);
    w.direction = 1;
    w.height_mean = w.height_sd = usual_lift;
    w.least_height = 0.004;
    const double stands = static_cast<double>(to - from) * bin_seconds - stands_again;
    const auto lifted = fit_movement(w);
    w.direction = -1;
    if (!lifted || log_evidence(w) > *lifted->log_evidence) {
        const auto sunk = fit_movement(w);
        // Knees that bend straighten again.
        if (sunk && sunk->end > stands - stays_sunk)
            return {false, std::nullopt};
        if (sunk && sunk->evidence >= clear_evidence && sunk->noise < unclear &&
            (!lifted || *sunk->log_evidence - *lifted->log_evidence > plainly_sunk))
            return {true, std::pair{-sunk->height, sunk->height_sd}};
        if (lifted || (sunk && sunk->evidence >= perhaps_sunk))
            return {true, std::nullopt};
    }
    if (lifted && lifted->end > stands)
        return {false, std::nullopt};
    if (lifted && lifted->noise > unclear)
        return {true, std::nullopt};
    if (lifted && lifted->evidence >= clear_evidence)
        return {true, std::pair{lifted->height, lifted->height_sd}};
    if (to - returned < bins_in(stays_low))
        return {true, std::nullopt};
    return {true, std::pair{0.0, no_lift_sd}};
}

/// By the follower's running speed.
bool moves_within(const History& history, BinIndex from, BinIndex to) {
    for (BinIndex i = from; i < history.clamp(to); ++i)
        if (std::abs(history[i].speed) > lifting_speed)
            return true;
    return false;
}

}  // namespace

std::optional<std::pair<double, double>> lift_of(const History& history, const RepMarks& marks, const Knowledge& known,
                                                 BinIndex until) {
    const BinIndex from = marks.end - bins_in(may_lift_before), low_from = marks.rise_from - bins_in(low_seconds);
    if (!marks.one_foot || !marks.returned || !marks.has_rise || history.clamp(low_from) != low_from)
        return std::nullopt;
    for (const double over : {lift_over, slow_lift_over}) {
        // The next rise may follow at once: then up to before it.
        BinIndex to = std::min(until, marks.end + bins_in(over));
        while (to - marks.end >= bins_in(least_after) &&
               !stands_as_before(history, low_from, marks.rise_from, to, known))
            to -= bins_in(still_seconds);
        if (to - marks.end < bins_in(least_after))
            continue;
        const Lift lift = lift_within(history, from, to, marks.end, known);
        if (lift.told && lift.told->first == 0.0 && moves_within(history, to, std::min(until, marks.end + late_lift)))
            return std::nullopt;
        if (lift.over)
            return lift.told;
    }
    return std::nullopt;
}

}  // namespace heeldrop::motion
