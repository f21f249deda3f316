// A squat: the body went down before the "rise", or comes up again after the "drop", on the same feet.
#include <algorithm>
#include <cmath>

#include "daemon/motion/accounting.hpp"
#include "daemon/motion/shares.hpp"

namespace heeldrop::motion {
namespace {

/// Seconds: the longest way down that is looked for; how long anybody stays at a squat's bottom.
constexpr double longest_way = 4.5, longest_bottom = 1.5;
/// Quicker up again is a rebound, seconds.
constexpr double least_way_up = 0.5;
/// Less is no squat, metres, nor less of the "rise" or "drop", which may have taken a part of the other way for its
/// own.
constexpr double squat_depth = 0.05, least_part = 0.3;
/// What a body that leans on a leg carries there at least; on two feet alike the follower sees a squat as it goes.
constexpr double leaning = 0.56;
/// The load at rest on such feet is known to this part of the weight: pads' difference and hands.
constexpr double rest_known = 0.004;
/// Of the load: the share wavers less while the feet carry it alike.
constexpr double same_feet = 0.15;
/// So much of what sets a body going the load at rest must show: the beginning of a rise alone looks like the end of a
/// way down.
constexpr double shown_push = 0.7;
/// Of its length, in which a descent below a tenth of its speed comes to stand, and at most so many seconds: a slow one
/// is no landing.
constexpr double landing_tail = 0.15, longest_landing = 0.2;
/// Seconds: what a rise's first tenth of its speed takes.
constexpr double rise_onset = 0.1;

}  // namespace

void Accounting::squat() {
    // Where hands took load, none of it tells of a way down.
    if (out_.rise && out_.rise_share > leaning && !out_.rise_by_pressure)
        out_.sank_before = way_down_before_rise();
    if (!out_.rise && out_.drop)
        out_.rose_after = way_up_after_drop();
}

double Accounting::way_down_before_rise() const {
    const BinIndex to = history_.clamp(static_cast<BinIndex>((*rise_start_ - rise_onset) / bin_seconds));
    BinIndex from = history_.clamp(std::max(marks_.floor, to - bins_in(longest_way)));
    // Since the load has been where it is in the rise: a rep's drop and the next one's rise are not on the same feet.
    const double share = left_share_over(history_, *rise_start_, *rise_end_).value_or(0.5);
    for (BinIndex i = to - 1; i > from; --i)
        if (history_[i].bin.usable() && std::abs(left_share(history_[i].bin) - share) > same_feet)
            from = i;
    return way(from, to, -1, rest_at(from), out_.rise->height, longest_bottom);
}

double Accounting::way_up_after_drop() const {
    // A landing's last push looks like the beginning of a way up.
    const double landed = drop_end_ + std::min(longest_landing, landing_tail * out_.drop->duration);
    const BinIndex from = history_.clamp(static_cast<BinIndex>(landed / bin_seconds) + 1);
    const auto& rest = out_.drop->baseline;
    return way(from, history_.clamp(marks_.end), +1, rest.empty() ? rest_at(from) : rest.back(), out_.drop->height,
               longest_way);
}

/// How far the body went in the direction within [from, to), where that is clear, much of `height` and no quick
/// rebound, and was over less than `pause` before the end; or 0.
double Accounting::way(BinIndex from, BinIndex to, int direction, double rest, double height, double pause) const {
    if (to - from < bins_in(least_way_up))
        return 0.0;
    const double share = left_share_over(history_, seconds(from), seconds(to)).value_or(0.5);
    Stretch stretch(history_, from, to, share, known_);
    MovementWindow& w = stretch.window;
    w.direction = direction;
    w.baseline = rest;
    w.baseline_sd = rest_known * known_.system_weight;
    w.height_mean = height;
    w.height_sd = 0.5 * height;
    w.least_height = least_part * height;
    w.longest = longest_way;
    w.least_evidence = clear_evidence;
    const auto found = fit_movement(w);
    const bool clear = found && found->evidence > clear_evidence && found->duration > least_way_up &&
                       found->height > std::max(squat_depth, least_part * height) &&
                       seconds(to - from) - found->end < pause;
    if (!clear)
        return 0.0;
    const double begins = seconds(from) + found->start, half = 0.5 * found->duration;
    const double push = known_.mass() * found->peak_speed / half;
    const double load = history_.mean_total(static_cast<BinIndex>(begins / bin_seconds),
                                            static_cast<BinIndex>((begins + half) / bin_seconds));
    return direction * (load - rest) > shown_push * push ? found->height : 0.0;
}

}  // namespace heeldrop::motion
