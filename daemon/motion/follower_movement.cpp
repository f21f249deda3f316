// What the running speed makes of it: rises, squats, descents on two feet, and what it missed between still moments.
#include "daemon/motion/follower.hpp"

#include <cmath>

#include "daemon/motion/follower_limits.hpp"

namespace heeldrop::motion {
namespace {

// Speeds at which a movement is seen to begin and to end.
constexpr double onset_two_feet = 0.018, onset_one_foot = 0.045, onset_after_rise = 0.04;
constexpr double end_part = 0.12, end_speed = 0.007;
// Metres, roughly; the fit decides on 3-20 cm.
constexpr double least_rise_one_foot = 0.03, least_slow_rise = 0.03, most_rise = 0.28;
constexpr double squat_depth = 0.05;
// m/s: what is left of a movement as it stops is less.
constexpr double unstopped_speed = 0.2;
// Of its greatest: what still goes up so fast as it is found to stand never slowed down, as a body does. The load at
// rest is another.
constexpr double unslowed_part = 0.7;
// A descent on two feet that takes back most of the rise is put forward as soon as the body stands (what still moves
// would spoil its height); and is over, however little it took back, when nothing more has come for long.
constexpr double most_of_rise = 0.8, stands_seconds = 0.4;
// What a body sinks on two feet after a drop on one that left a part undone, metres, and how soon it is done.
constexpr double least_sinking = 0.015, most_sinking = 0.14, longest_sinking = 5.0;
// Up again on the same foot, without the other's return, metres, and seconds above the onset: a rebound is quicker.
constexpr double least_rise_again = 0.045, least_time_again = 0.45;

}  // namespace

/// Follows how high the body has come since it last stood still at a known level; where it stops, that is a level
/// again.
void Follower::movement(BinIndex i) {
    const double before = i > history_.begin() ? history_[i - 1].speed : 0.0;
    const bool anchored = anchor_ == i;
    const bool stopped = anchored || (before > 0.0) != (speed_ > 0.0);
    height_ += 0.5 * (before + speed_) * bin_seconds;
    lowest_ = std::min(lowest_, height_);
    if (before <= 0.0 && speed_ > 0.0)
        fast_up_bins_ = 0;
    if (speed_ > onset_one_foot)
        ++fast_up_bins_;
    fastest_up_ = std::max(fastest_up_, speed_);

    // What the rise left over in the running speed is not yet a descent.
    const double own_error = 0.004 * static_cast<double>(i - anchor_) * bin_seconds;
    const double onset = one_foot_ ? onset_one_foot : i <= top_settled_ ? onset_after_rise : onset_two_feet + own_error;
    if (std::abs(speed_) < still_speed)
        still_ = i;
    if (moving_ == Moving::no && std::abs(speed_) > onset) {
        moving_ = speed_ > 0.0 ? Moving::up : Moving::down;
        if (moving_ == Moving::up)
            up_from_ = std::max({still_, floor_, history_.begin()});
        if (!moved_from_)
            moved_from_ = std::max({still_, floor_, history_.begin()});
    } else if (moving_ != Moving::no && std::abs(speed_) < std::max(end_part * fastest_, end_speed)) {
        moving_ = Moving::no;
    }
    if (!stopped)
        return;
    moving_ = Moving::no;
    // A body that stands was not stopped by being found to stand: hands moved the load, not the body.
    const bool unslowed = before > onset && before > unslowed_part * fastest_up_;
    if (anchored && (unslowed || std::abs(before) > unstopped_speed) && level_ != Level::up) {
        new_level();
        // And a rise meanwhile hid in it.
        if (ready_ && !one_foot_ && below_ == 0.0)
            look_back_for_rise(i, false);
        return;
    }
    if (level_ == Level::up)
        stopped_from_the_top(i, anchored);
    else
        stopped_from_below(i, anchored);
}

/// A movement so slow that the running speed cannot be told from a creeping rest value, seen when it is over: between
/// two still moments the load's own mean is its rest value (domain.md 2.2), which leaves the height to plain
/// integration.
std::optional<Follower::SlowMovement> Follower::slow_movement(BinIndex i, BinIndex earliest, double direction,
                                                              bool speed_known) const {
    constexpr BinIndex end_bins = bins_in(0.3);
    const auto excess = [&](BinIndex k) {
        const Bin& b = history_[k].bin;
        return b.total() - gain_ * b.left / weight_;
    };
    const auto mean_over = [&](BinIndex from, BinIndex to) {
        return history_.mean_total(from, to) - gain_ * history_.mean_left(from, to) / weight_;
    };
    std::optional<SlowMovement> best;
    // Not longer: the rest value's own creep, which the mean does not take out, grows into centimetres (c t^3 / 12 m).
    for (const double seconds : {1.8, 2.4, 3.2, 4.2, 5.2}) {
        if (direction > 0.0 && seconds > 4.5)
            break;
        const BinIndex from = i + 1 - bins_in(seconds);
        if (from < std::max(earliest, history_.begin()))
            break;
        if (speed_known && std::abs(history_[from].speed) > onset_two_feet)
            continue;
        const double mean = mean_over(from, i + 1);
        const double still_part = 0.0015 * weight_;
        if (std::abs(mean_over(from, from + end_bins) - mean) > still_part ||
            std::abs(mean_over(i + 1 - end_bins, i + 1) - mean) > still_part)
            continue;
        double speed = 0.0, height = 0.0, along = 0.0, against = 0.0;
        bool two_feet = true;
        for (BinIndex k = from; k <= i; ++k) {
            const Bin& b = history_[k].bin;
            two_feet &= std::min(b.left, b.right) > 0.28 * b.total();
            speed += direction * (excess(k) - mean) / weight_ * standard_gravity.value * bin_seconds;
            height += speed * bin_seconds;
            along = std::max(along, speed);
            against = std::max(against, -speed);
        }
        // A bell-shaped movement of this height and time would have this acceleration; a creeping rest value has less.
        const double acceleration = 5.8 * height / (seconds * seconds);
        const double least = (direction > 0.0 ? 0.0022 : 0.001) * standard_gravity.value;
        if (two_feet && acceleration > least && against < 0.3 * along && (!best || height > best->height))
            best = SlowMovement{height, from};
    }
    return best;
}

/// Looks back for what the running speed missed.
void Follower::look_back(BinIndex i) {
    // With its first half unseen, a movement's slowing down looks like one the other way: only one on its way must
    // wait.
    const Moving sought = level_ == Level::up ? Moving::down : Moving::up;
    if (one_foot_ || i % bins_in(0.1) != 0 || moving_ == sought || below_ > 0.0)
        return;
    if (waver(i) > std::clamp(2.0 * calm_, 0.002 * weight_, 0.008 * weight_))
        return;
    if (level_ == Level::up && !marks_.one_foot && !down_seen_) {
        const auto slow = slow_movement(i, marks_.rise_to + bins_in(0.1), -1.0, true);
        if (slow && slow->height > enough_descent())
            see_lowering(i, slow->height, slow->from);
    } else if (level_ != Level::up && ready_) {
        look_back_for_rise(i, true);
    }
}

void Follower::look_back_for_rise(BinIndex i, bool speed_known) {
    const auto slow = slow_movement(i, std::max({floor_, look_from_, came_back_ + bins_in(0.5)}), +1.0, speed_known);
    if (!slow || slow->height < least_slow_rise)
        return;
    height_ = slow->height;
    moved_from_ = slow->from;
    begin_rep(i);
    tentative_ = true;
    new_level();
}

void Follower::stopped_from_below(BinIndex i, bool anchored) {
    const bool alone = one_foot_.has_value();
    const double least = alone ? least_rise_one_foot : least_rise;
    if (below_ > 0.0) {
        // In a squat: over once most of the way up is done.
        if (height_ > 0.5 * below_) {
            below_ = 0.0;
            look_from_ = i + bins_in(1.0);
            if (level_ == Level::unknown)
                level_ = Level::low;
            new_level();
        }
    } else if (height_ > least && moved_from_ && (!alone || fastest_up_ > onset_one_foot)) {
        if (ready_ && height_ < most_rise)
            begin_rep(i);
        new_level();
    } else if (!one_foot_ && height_ < -least_sinking && height_ > -most_sinking &&
               i - rep_ended_ < bins_in(longest_sinking)) {
        if (!sinking_ || height_ < sinking_->height - 0.004)
            sinking_ = Sinking{i, height_};
    } else if (height_ < -squat_depth && !one_foot_ && i - came_back_ > bins_in(1.2)) {
        below_ = -height_;
        new_level();
    } else if (anchored && std::abs(height_) < 0.01) {
        new_level();
    }
}

void Follower::stopped_from_the_top(BinIndex i, bool anchored) {
    if (down_seen_) {
        // Up again on the same foot: the next rep has begun without the other foot's return.
        // (What is quick is a rebound.)
        if (one_foot_ && height_ > least_rise_again && moved_from_ && fast_up_bins_ > bins_in(least_time_again)) {
            propose(bottom_, false, false);
            begin_rep(i);
            next_has_begun_ = true;
            new_level();
        }
        return;
    }
    if (one_foot_ && height_ < -enough_descent()) {
        bottom_ = i;
        down_seen_ = true;
        new_level();
    } else if (!one_foot_ && lowering_ && height_ - lowest_ > least_rise && fastest_up_ > onset_after_rise) {
        // The next rise tells that the descent on two feet was over.
        const BinIndex bottom = std::max(lowering_->last, up_from_);
        put_lowering_forward(bottom, true);
        moved_from_ = bottom;
        height_ -= lowest_;
        begin_rep(i);
        next_has_begun_ = true;
        new_level();
    } else if (!one_foot_ && height_ < -enough_descent()) {
        see_lowering(i, -height_, moved_from_.value_or(i));
    } else if (height_ > least_rise && !one_foot_ && moved_from_ &&
               (tentative_ || up_from_ - marks_.rise_to > bins_in(1.0))) {
        moved_from_ = std::max(*moved_from_, up_from_);  // and not where it had come down a little before
        suspect_rise(i);
    } else if (height_ > 0.01 && !one_foot_ && !marks_.one_foot && !lowering_ && i - marks_.rise_to < bins_in(1.2)) {
        // The rise was not over yet.
        rise_height_ += height_;
        if (rise_height_ < most_rise) {
            marks_.rise_to = marks_.top = i;
            top_settled_ = i + bins_in(0.3);
            place_rise(i);
        } else {
            level_ = Level::unknown;
        }
        new_level();
    } else if (anchored && std::abs(height_) < 0.005) {
        new_level();
    }
}

void Follower::begin_rep(BinIndex i) {
    level_ = Level::up;
    fresh_ = false;
    rise_height_ = height_;
    marks_ = RepMarks{};
    marks_.floor = floor_;
    marks_.has_rise = true;
    marks_.rise_from = *moved_from_;
    marks_.rise_to = i;
    marks_.top = i;
    marks_.one_foot = one_foot_;
    down_seen_ = false;
    lowering_.reset();
    tentative_ = false;
    top_settled_ = i + bins_in(0.3);
    place_rise(i);
}

/// A rise from the top cannot be. Either it is the end of a descent on two feet whose beginning went unseen, or there
/// was a whole one before it: their accounts tell.
void Follower::suspect_rise(BinIndex i) {
    const BinIndex from = *moved_from_;
    if (marks_.one_foot || from - marks_.rise_to < bins_in(0.5)) {
        begin_rep(i);
        new_level();
        return;
    }
    suspect_ = Suspect{from, i, height_};
    lowering_ = Lowering{height_, marks_.rise_to, i, i};
    new_level();
    put_lowering_forward(i);
}

/// What was left undone on one foot is done on two: told once the body stands.
void Follower::see_sinking(BinIndex i) {
    if (!sinking_)
        return;
    if (one_foot_ || level_ == Level::up || height_ < sinking_->height - 0.02 || height_ > 0.5 * sinking_->height) {
        sinking_.reset();
        return;
    }
    if (i - sinking_->to < bins_in(stands_seconds) || std::abs(speed_) > onset_two_feet)
        return;
    notice(i, Settled{rep_ended_, i + 1});
    rep_ended_ = -1000000;
    sinking_.reset();
    level_ = Level::low;
    new_level();
}

void Follower::settle_sinking(double metres) {
    if (metres > squat_depth)
        below_ = metres;
}

/// Less is not yet a descent.
double Follower::enough_descent() const {
    return std::max(0.02, 0.3 * rise_height_);
}

/// A descent on two feet may only pause. It is put forward where most of the rise is taken back, and again whenever
/// nothing more has come for a second, until its account is accepted.
void Follower::see_lowering(BinIndex i, double height, BinIndex from) {
    if (marks_.one_foot)
        return;
    if (!lowering_)
        lowering_ = Lowering{height, from, i, i};
    else if (height > lowering_->height + 0.004)
        lowering_ = Lowering{height, std::min(from, lowering_->from), i, lowering_->asked};
}

bool Follower::lowering_due(BinIndex i) const {
    if (lowering_->height > most_of_rise * rise_height_ && lowering_->asked <= lowering_->last)
        return i - lowering_->last > bins_in(stands_seconds);
    return i - std::max(lowering_->asked, lowering_->last) > bins_in(1.0);
}

void Follower::put_lowering_forward(BinIndex bottom, bool over) {
    lowering_->asked = bottom + 1;
    marks_.descent_from = lowering_->from;
    marks_.descent_to = lowering_->last;
    marks_.settled = over || bottom - lowering_->last > bins_in(settled_seconds);
    propose(bottom + 1, false, false);
}

}  // namespace heeldrop::motion
