// Who stands there, and how still: weight, a second person, the load at rest, and from it the running speed.
#include "daemon/motion/follower.hpp"

#include <cmath>

#include "daemon/motion/follower_limits.hpp"

namespace heeldrop::motion {
namespace {

// Standing quietly: five 0.1 s means within this part of the load. Two-leg sway is 0.07-0.36 % rms (domain.md).
constexpr double flat_part = 0.012;
constexpr BinIndex flat_bins = bins_in(0.5), weigh_bins = bins_in(1.0), still_bins = bins_in(0.4);
constexpr double both_feet_share = 0.15;        // of the lighter side, to be weighed
constexpr double standing_follows = 0.005;      // a bin: where the weight rests is not where it passes by
constexpr double reference_rate = 15.0 / 60.0;  // N/s, domain.md section 3
constexpr double longest_creep = 60.0;          // seconds without a quiet stance that are made up for

// How far beside its rest value a still load may lie, of the weight: always; once the feet have changed.
constexpr double known_part = 0.001, shifted_part = 0.004;
// A quarter of a metre, within so many seconds: no squat and no rise goes so far so evenly.
constexpr double farthest_steady = 0.25, shortest_steady = 0.8, longest_steady = 1.6;
constexpr double creep_newtons = 0.3;  // a second: 12 N/min and more at first (domain.md section 2, HX711 cell)

}  // namespace

/// Least, largest and mean of the last `count` means over `group` bins each; none where so much is not kept.
std::optional<Follower::Means> Follower::last_means(BinIndex i, BinIndex count, BinIndex group) const {
    if (i + 1 < history_.begin() + count * group)
        return std::nullopt;
    Means all{1e18, -1e18, 0.0};
    for (BinIndex g = 0; g < count; ++g) {
        const double m = history_.mean_total(i + 1 - (g + 1) * group, i + 1 - g * group);
        all.least = std::min(all.least, m);
        all.most = std::max(all.most, m);
        all.mean += m / static_cast<double>(count);
    }
    return all;
}

bool Follower::flat(BinIndex i) const {
    const auto means = last_means(i, 5, flat_bins / 5);
    return means && means->most - means->least < flat_part * std::max(means->most, 1.0);
}

/// How far the load wavers over 0.4 s, newtons: the range of four 0.1 s means.
double Follower::waver(BinIndex i) const {
    const auto means = last_means(i, 4, still_bins / 4);
    return means ? means->most - means->least : 1e18;
}

/// A load that stays level for 1.5 s beside its rest value is a shifted rest value: a movement's load would bend.
bool Follower::level_beside_rest(BinIndex i) const {
    const auto means = last_means(i, 5, bins_in(0.3));
    return means && means->most - means->least < 0.0012 * weight_ && std::abs(means->mean - rest_) > 0.002 * weight_;
}

/// No body on a plate travels so far at a constant speed, and a constant speed has a level load.
bool Follower::steady_at_speed(BinIndex i) const {
    const double seconds = farthest_steady / std::max(std::abs(speed_), 1e-3);
    if (seconds > longest_steady)
        return false;
    constexpr BinIndex groups = 8;
    const auto means = last_means(i, groups, bins_in(std::max(shortest_steady, seconds)) / groups);
    return means && means->most - means->least < std::clamp(3.0 * calm_, 0.003 * weight_, 0.01 * weight_);
}

void Follower::weigh(BinIndex i) {
    may_have_crept_ = std::min(may_have_crept_ + reference_rate * bin_seconds, reference_rate * longest_creep);
    const bool two_feet = std::min(share_, 1.0 - share_) > both_feet_share;
    const double mean = recent_mean(i, flat_bins);
    quiet_bins_ = two_feet && flat(i) ? quiet_bins_ + 1 : 0;
    if (quiet_bins_ < weigh_bins - flat_bins)
        return;

    standing_share_ = weighed() ? standing_share_ + standing_follows * (share_ - standing_share_) : share_;
    const double whole = recent_mean(i, weigh_bins);
    if (!weighed()) {
        weight_ = reference_ = rest_ = whole;
        rest_share_ = share_;
        calm_ = waver(i);
        anchor(i);
        notice(i, Newtons{whole});
    }
    const double off = std::abs(whole / weight_ - 1.0);
    if (off > 0.15 && !had_rep_) {
        // Somebody who was weighed in sitting, or with a helper's hand on the plate, now stands: weigh again. Too
        // little may as well be hands on a rail for a while.
        if (++heavy_or_light_ > bins_in(whole > weight_ ? 2.0 : 10.0)) {
            weight_ = reference_ = rest_ = whole;
            heavy_or_light_ = 0;
            second_person_ = false;
            forget_movement();
            calm_ = waver(i);
            anchor(i);
            fresh_ = true;
            notice(i, Newtons{whole});
        }
        return;
    }
    heavy_or_light_ = 0;
    if (moving_ != Moving::no || std::abs(speed_) > 2.0 * still_speed)
        return;
    if (off < 0.15) {
        // Between two quiet stances a plate creeps on: it is followed by what it may have crept since the last.
        const double step = std::clamp(0.1 * (mean - reference_), -may_have_crept_, may_have_crept_);
        reference_ += step;
        may_have_crept_ -= std::abs(step);
    }
}

void Follower::overload(BinIndex i) {
    const bool over = history_[i].bin.total() > second_person_part_ * reference_;
    over_bins_ = over ? over_bins_ + 1 : 0;
    under_bins_ = over ? 0 : under_bins_ + 1;
    if (!second_person_ && over_bins_ >= bins_in(1.0)) {
        second_person_ = true;
        notice(i, EventKind::second_person);
    } else if (second_person_ && under_bins_ >= bins_in(0.5)) {
        second_person_ = false;
        notice(i, EventKind::one_person);
    }
}

/// Running speed: the load over its rest value, integrated from the last moment of standing still. Standing still is
/// where the load is level, is what it was at rest, and the speed is no more than the integral's own error or the
/// dregs of a movement; a constant speed is level too, but its speed is not small.
void Follower::kinematics(BinIndex i) {
    const double load = history_[i].bin.total();
    const double expected = rest_ + gain_ * (share_ - rest_share_);
    speed_ += (load - expected) / weight_ * standard_gravity.value * bin_seconds;
    if (one_foot_) {
        speed_ -= speed_ / 3.0 * bin_seconds;
        return;
    }
    fastest_ = std::max(fastest_, std::abs(speed_));
    const bool feet_just_changed = i - came_back_ < bins_in(1.0);
    const double mean = recent_mean(i, still_bins), beside = mean - expected;
    const double since = static_cast<double>(i - anchor_) * bin_seconds;
    // If the load is still now, what it lies beside its rest value has crept in since, and the speed with it.
    const double crept = creep_newtons * since + weight_ * (gain_unknown * std::abs(share_ - rest_share_) +
                                                            (feet_just_changed ? shifted_part : 0.0));
    const double without_creep = speed_ - std::clamp(beside, -crept, crept) / weight_ * standard_gravity.value * since;
    const double least_speed = std::min(std::abs(speed_), std::abs(without_creep));
    const bool level = waver(i) < std::clamp(2.0 * calm_, 0.002 * weight_, 0.008 * weight_);
    const bool as_at_rest = std::abs(beside) < crept + 0.5 * calm_ + known_part * weight_;
    const bool slow =
        least_speed < std::max(0.006 + 0.003 * since, 0.3 * fastest_) || (feet_just_changed && fastest_ < 0.03);
    if (level && as_at_rest && slow) {
        // What the rest value may have crept by, against how well this moment tells it.
        const double read = 0.001 * weight_;
        rest_ = expected + beside * std::max(bin_seconds / 1.2, crept * crept / (crept * crept + read * read));
        rest_share_ = share_;
        calm_ += (waver(i) - calm_) * bin_seconds / 2.0;
        anchor(i);
        if (quiet_bins_ > 0)
            ready_ = true;
    } else if (steady_at_speed(i)) {
        // It was not the body that moved: hands took load, or gave it back.
        rest_ = recent_mean(i, still_bins);
        rest_share_ = share_;
        anchor(i);
        moving_ = Moving::no;
        still_ = i;
        below_ = 0.0;
        new_level();
    } else if (level_beside_rest(i)) {
        rest_ = recent_mean(i, bins_in(1.5));
        rest_share_ = share_;
        anchor(i);
        moving_ = Moving::no;
        still_ = i;
    }
}

void Follower::anchor(BinIndex i) {
    speed_ = 0.0;
    fastest_ = 0.0;
    anchor_ = i;
}

}  // namespace heeldrop::motion
