#include "daemon/motion/follower.hpp"

#include <cmath>
#include <utility>

namespace heeldrop::motion {
namespace {

// A longer stretch without usable samples ends whatever was under way, seconds.
constexpr double longest_unknown = 3.0;

// Presence. Before anybody is weighed the limit is absolute: a child's first contact is some 20 N (domain.md 2.4).
constexpr double on_newtons = 30.0, off_newtons = 15.0, off_part = 0.06;
constexpr BinIndex on_bins = bins_in(0.1), off_bins = bins_in(0.4);

// Standing quietly: five 0.1 s means within this part of the load. Two-leg sway is 0.07-0.36 % rms (domain.md).
constexpr double flat_part = 0.012;
constexpr BinIndex flat_bins = bins_in(0.5), weigh_bins = bins_in(1.0);
constexpr double both_feet_share = 0.15;        // of the lighter side, to be weighed
constexpr double reference_rate = 15.0 / 60.0;  // N/s, domain.md section 3

// On one foot: entered above, left when the other pad carries 30 % again (design: return_end).
constexpr double alone_share = 0.78, back_share = 0.30;
constexpr BinIndex back_confirm = bins_in(0.06);

// Speeds: two feet are quiet to a few mm/s, one foot to some 10-20 (domain.md section 2.2).
constexpr double onset_two_feet = 0.018, onset_one_foot = 0.045, onset_after_rise = 0.04;
constexpr BinIndex still_bins = bins_in(0.4);
// How far beside its rest value a still load may lie, of the weight: always; once the feet have changed.
constexpr double known_part = 0.001, shifted_part = 0.004;
constexpr double creep_newtons = 0.3;   // a second: 12 N/min and more at first (domain.md section 2, HX711 cell)
constexpr double gain_unknown = 0.003;  // of the weight, per unit of share moved
constexpr double still_speed = 0.005;
constexpr double end_part = 0.12, end_speed = 0.007;
constexpr double least_rise = 0.022, least_rise_one_foot = 0.03, least_slow_rise = 0.03,
                 most_rise = 0.28;  // metres, roughly; the fit decides on 3-20 cm
constexpr double squat_depth = 0.05;
// A descent on two feet that takes back most of the rise is put forward as soon as the body stands (what still moves
// would spoil its height); and is over, however little it took back, when nothing more has come for long.
constexpr double most_of_rise = 0.8, stands_seconds = 0.4, settled_seconds = 2.5;
// Nobody stays on the toes for longer; a rise that nothing has come of since was none.
constexpr double longest_top = 12.0;
// What a body sinks on two feet after a drop on one that left a part undone, metres, and how soon it is done.
constexpr double least_sinking = 0.015, most_sinking = 0.14, longest_sinking = 5.0;
// Up again on the same foot, without the other's return, metres and seconds.
constexpr double least_rise_again = 0.045, least_time_again = 0.7;
// A rise that went unseen is looked for when a foot comes back after so long, and so far before it lifted.
constexpr double wholly_alone = 0.9, least_alone = 1.2, longest_before_alone = 7.0;

// Nobody lowering a heel does this: flight, a landing, or the load going away to a chair.
/// A live beginning is told again when it is known better by so much.
constexpr BinIndex corrected = bins_in(0.1);
constexpr double leaving_part = 0.85;
constexpr double flight_part = 0.12, landing_part = 2.4, seated_part = 0.5, second_person_part = 1.15;

}  // namespace

bool Follower::flat(BinIndex i) const {
    if (i + 1 < history_.begin() + flat_bins)
        return false;
    double least = 1e18, most = -1e18;
    constexpr BinIndex group = flat_bins / 5;
    for (BinIndex g = 0; g < 5; ++g) {
        const double m = history_.mean_total(i + 1 - (g + 1) * group, i + 1 - g * group);
        least = std::min(least, m);
        most = std::max(most, m);
    }
    return most - least < flat_part * std::max(most, 1.0);
}

void Follower::step(BinIndex i) {
    const Bin& b = history_[i].bin;
    share_ = b.total() > 1.0 ? b.left / b.total() : 0.5;
    usability(i);
    presence(i);
    if (present_ && b.usable()) {
        weigh(i);
        if (weighed()) {
            overload(i);
            if (!upset(i)) {
                support(i);
                kinematics(i);
                movement(i);
                look_back(i);
                see_sinking(i);
                if (lowering_ && level_ == Level::up && !one_foot_ && !down_seen_ && lowering_due(i))
                    put_lowering_forward(i);
            }
        }
    } else {
        speed_ = 0.0;
    }
    history_[i].rest = rest_;
    history_[i].speed = speed_;
    watch_descent(i);
    show_phase(i);
}

std::vector<Noticed> Follower::take_noticed() {
    return std::exchange(noticed_, {});
}

void Follower::usability(BinIndex i) {
    const Bin& b = history_[i].bin;
    if (b.gap && !gap_)
        notice(i, EventKind::gap);
    if (b.saturated && !saturated_)
        notice(i, EventKind::saturated);
    if (!b.saturated && saturated_)
        notice(i, EventKind::recovered);
    gap_ = b.gap;
    saturated_ = b.saturated;
    // Nobody knows what happened meanwhile: whoever stands there afterwards begins anew.
    unusable_bins_ = b.usable() ? 0 : unusable_bins_ + 1;
    if (unusable_bins_ == bins_in(longest_unknown)) {
        forget_movement();
        fresh_ = false;
    }
}

void Follower::presence(BinIndex i) {
    const double load = history_[i].bin.total();
    const double off = std::max(off_newtons, off_part * weight_);
    const bool contradicts = present_ ? load < off : load > on_newtons;
    presence_doubt_ = contradicts ? presence_doubt_ + 1 : 0;
    if (!present_ && presence_doubt_ >= on_bins) {
        present_ = true;
        notice(i + 1 - presence_doubt_, EventKind::step_on);
        presence_doubt_ = 0;
        fresh_ = true;
        forget_movement();
    } else if (present_ && presence_doubt_ >= off_bins) {
        const BinIndex left = i + 1 - presence_doubt_;
        if (level_ == Level::up)
            propose(left, false, true);
        present_ = false;
        notice(left, EventKind::step_off);
        presence_doubt_ = 0;
        forget_movement();
    }
}

void Follower::forget_movement() {
    level_ = Level::unknown;
    moving_ = Moving::no;
    ready_ = false;
    one_foot_.reset();
    speed_ = 0.0;
    new_level();
    below_ = 0.0;
    down_seen_ = false;
    lowering_.reset();
    quiet_bins_ = 0;
    floor_ = history_.end() - 1;
    came_back_ = -1000000;
}

void Follower::weigh(BinIndex i) {
    const bool two_feet = std::min(share_, 1.0 - share_) > both_feet_share;
    const double mean = recent_mean(i, flat_bins);
    quiet_bins_ = two_feet && flat(i) ? quiet_bins_ + 1 : 0;
    if (quiet_bins_ < weigh_bins - flat_bins)
        return;

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
        // Somebody who was weighed in sitting, or with a helper's hand on the plate, now stands: weigh again. Too little
        // may as well be hands on a rail for a while.
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
        const double towards = mean - reference_;
        reference_ += std::clamp(towards, -reference_rate * bin_seconds, reference_rate * bin_seconds);
    }
}

void Follower::overload(BinIndex i) {
    const bool over = history_[i].bin.total() > second_person_part * reference_;
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

/// What no heel drop does to a plate ends whatever was under way.
bool Follower::upset(BinIndex i) {
    const double now = recent_mean(i, 2), lately = recent_mean(i, bins_in(0.5));
    if (now < flight_part * weight_ || now > landing_part * weight_ || lately < seated_part * weight_) {
        if (level_ == Level::up && presence_doubt_ == 0 && now >= flight_part * weight_) {
            forget_movement();
            fresh_ = false;
        } else if (level_ != Level::up) {
            forget_movement();
            fresh_ = false;
        }
        speed_ = 0.0;
        return true;
    }
    return false;
}

void Follower::support(BinIndex i) {
    if (!one_foot_) {
        if (share_ > alone_share || share_ < 1.0 - alone_share) {
            one_foot_ = share_ > 0.5 ? Side::left : Side::right;
            alone_from_ = i;
            back_bins_ = 0;
            if (moving_ == Moving::no) {
                speed_ = 0.0;
                new_level();
            }
            lowering_.reset();
            if (level_ == Level::up) {
                marks_.one_foot = one_foot_;
            } else if (level_ == Level::unknown && fresh_ && ready_ && moving_ == Moving::no) {
                // Perhaps a set that begins at the top: look for a descent when the other foot is back.
                marks_ = RepMarks{};
                marks_.floor = floor_;
                marks_.top = std::max(floor_, i - bins_in(0.6));
                marks_.one_foot = one_foot_;
            }
        }
        return;
    }
    const double other = *one_foot_ == Side::left ? 1.0 - share_ : share_;
    back_bins_ = other > back_share ? back_bins_ + 1 : 0;
    if (back_bins_ < back_confirm)
        return;
    const BinIndex back = i + 1 - back_bins_;
    const bool from_the_top = level_ == Level::unknown && fresh_ && marks_.one_foot && !marks_.has_rise;
    const Side stood = *one_foot_;
    const BinIndex back_before = std::exchange(came_back_, i);
    one_foot_.reset();
    speed_ = 0.0;
    const bool seen = level_ == Level::up || from_the_top;
    // Squats and chairs lean on a leg, too, but not wholly: only who stood on one leads to a rise that went unseen.
    const double left = history_.mean_left(alone_from_, back), both = history_.mean_total(alone_from_, back);
    const bool wholly = std::max(left, both - left) > wholly_alone * both;
    const bool look = wholly && back - alone_from_ >= bins_in(least_alone);
    if (!seen && !look)
        return new_level();
    if (!seen) {
        marks_ = RepMarks{};
        marks_.top = alone_from_;
        marks_.one_foot = stood;
    }
    rep_ended_ = back;
    marks_.alone_from = alone_from_;
    marks_.from_the_top = from_the_top;
    if (look)
        marks_.look_for_rise_from =
            std::max({floor_, look_from_, back_before, alone_from_ - bins_in(longest_before_alone), history_.begin()});
    propose(back, true, false);
}

void Follower::propose(BinIndex end, bool returned, bool left_plate) {
    RepMarks m = marks_;
    if (left_plate) {
        // The load's going away is no movement of the body.
        while (end > std::max(marks_.top, history_.begin()) && history_[end - 1].bin.total() < leaving_part * weight_)
            --end;
        end -= bins_in(0.1);
    }
    m.end = end;
    m.returned = returned;
    m.left_plate = left_plate;
    notice(end, m);
}

void Follower::settle_candidate(bool was_rep) {
    const bool next_has_begun = std::exchange(next_has_begun_, false);
    if (const auto suspect = std::exchange(suspect_, std::nullopt); suspect && !was_rep) {
        // Not with the suspect's own end: then before it, and it was a rise.
        lowering_->last = suspect->from - bins_in(settled_seconds) - 1;
        put_lowering_forward(suspect->from);
        next_has_begun_ = true;
        height_ = suspect->height;
        moved_from_ = suspect->from;
        begin_rep(suspect->to);
        new_level();
        return;
    }
    if (!was_rep) {
        if (next_has_begun || (level_ == Level::up && !marks_.one_foot))
            return;  // a descent on two feet may still go on
        if (level_ == Level::up && history_.end() - marks_.rise_to < bins_in(longest_top)) {
            marks_.one_foot.reset();
        } else {
            level_ = Level::unknown;
            marks_ = RepMarks{};
        }
        down_seen_ = false;
        if (!one_foot_) {
            speed_ = 0.0;
            new_level();
        }
        return;
    }
    had_rep_ = true;
    fresh_ = false;
    if (next_has_begun)
        return;
    level_ = Level::low;
    moving_ = Moving::no;
    marks_ = RepMarks{};
    floor_ = history_.end() - 1;
    below_ = 0.0;
    speed_ = 0.0;
    new_level();
    down_seen_ = false;
    lowering_.reset();
    came_back_ = history_.end() - 1;
    still_ = floor_;
}

/// How far the load wavers over 0.4 s, newtons: the range of four 0.1 s means.
double Follower::waver(BinIndex i) const {
    if (i + 1 < history_.begin() + still_bins)
        return 1e18;
    double least = 1e18, most = -1e18;
    constexpr BinIndex group = still_bins / 4;
    for (BinIndex g = 0; g < 4; ++g) {
        const double m = history_.mean_total(i + 1 - (g + 1) * group, i + 1 - g * group);
        least = std::min(least, m);
        most = std::max(most, m);
    }
    return most - least;
}

/// A load that stays level for 1.5 s beside its rest value is a shifted rest value: a movement's load would bend.
bool Follower::level_beside_rest(BinIndex i) const {
    if (i + 1 < history_.begin() + bins_in(1.5))
        return false;
    double least = 1e18, most = -1e18, sum = 0.0;
    for (BinIndex g = 0; g < 5; ++g) {
        const double m = history_.mean_total(i + 1 - (g + 1) * bins_in(0.3), i + 1 - g * bins_in(0.3));
        least = std::min(least, m);
        most = std::max(most, m);
        sum += m / 5.0;
    }
    return most - least < 0.0012 * weight_ && std::abs(sum - rest_) > 0.002 * weight_;
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

/// Follows how high the body has come since it last stood still at a known level; where it stops, that is a level
/// again.
void Follower::movement(BinIndex i) {
    const double before = i > history_.begin() ? history_[i - 1].speed : 0.0;
    const bool anchored = anchor_ == i;
    const bool stopped = anchored || (before > 0.0) != (speed_ > 0.0);
    height_ += 0.5 * (before + speed_) * bin_seconds;
    lowest_ = std::min(lowest_, height_);
    fastest_up_ = std::max(fastest_up_, speed_);

    // What the rise left over in the running speed is not yet a descent.
    const double own_error = 0.004 * static_cast<double>(i - anchor_) * bin_seconds;
    const double onset = one_foot_ ? onset_one_foot : i <= top_settled_ ? onset_after_rise : onset_two_feet + own_error;
    if (std::abs(speed_) < still_speed)
        still_ = i;
    if (moving_ == Moving::no && std::abs(speed_) > onset) {
        moving_ = speed_ > 0.0 ? Moving::up : Moving::down;
        if (!moved_from_)
            moved_from_ = std::max({still_, floor_, history_.begin()});
    } else if (moving_ != Moving::no && std::abs(speed_) < std::max(end_part * fastest_, end_speed)) {
        moving_ = Moving::no;
    }
    if (!stopped)
        return;
    moving_ = Moving::no;
    if (level_ == Level::up)
        stopped_from_the_top(i, anchored);
    else
        stopped_from_below(i, anchored);
}

/// A movement so slow that the running speed cannot be told from a creeping rest value, seen when it is over: between
/// two still moments the load's own mean is its rest value (domain.md 2.2), which leaves the height to plain
/// integration.
std::optional<Follower::SlowMovement> Follower::slow_movement(BinIndex i, BinIndex earliest, double direction) const {
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
        if (std::abs(history_[from].speed) > onset_two_feet)
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
        const auto slow = slow_movement(i, marks_.rise_to + bins_in(0.1), -1.0);
        if (slow && slow->height > enough_descent())
            see_lowering(i, slow->height, slow->from);
    } else if (level_ != Level::up && ready_) {
        const auto slow = slow_movement(i, std::max({floor_, look_from_, came_back_ + bins_in(0.5)}), +1.0);
        if (!slow || slow->height < least_slow_rise)
            return;
        height_ = slow->height;
        moved_from_ = slow->from;
        begin_rep(i);
        tentative_ = true;
        new_level();
    }
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
}

void Follower::stopped_from_the_top(BinIndex i, bool anchored) {
    if (down_seen_) {
        // Up again on the same foot: the next rep has begun without the other foot's return.
        // (What is quick is a rebound.)
        if (one_foot_ && height_ > least_rise_again && fastest_up_ > onset_one_foot && moved_from_ &&
            i - *moved_from_ > bins_in(least_time_again)) {
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
        const BinIndex bottom = std::max(lowering_->last, still_);
        lowering_->last = bottom - bins_in(settled_seconds) - 1;
        put_lowering_forward(bottom);
        moved_from_ = bottom;
        height_ -= lowest_;
        begin_rep(i);
        next_has_begun_ = true;
        new_level();
    } else if (!one_foot_ && height_ < -enough_descent()) {
        see_lowering(i, -height_, moved_from_.value_or(i));
    } else if (height_ > least_rise && !one_foot_ && moved_from_ &&
               (tentative_ || *moved_from_ - marks_.rise_to > bins_in(1.0))) {
        suspect_rise(i);
    } else if (height_ > 0.01 && !one_foot_ && !marks_.one_foot && !lowering_ && i - marks_.rise_to < bins_in(1.2)) {
        // The rise was not over yet.
        rise_height_ += height_;
        if (rise_height_ < most_rise) {
            marks_.rise_to = marks_.top = i;
            top_settled_ = i + bins_in(0.3);
        } else {
            level_ = Level::unknown;
        }
        new_level();
    } else if (anchored && std::abs(height_) < 0.005) {
        new_level();
    }
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

void Follower::put_lowering_forward(BinIndex bottom) {
    lowering_->asked = bottom + 1;
    marks_.descent_from = lowering_->from;
    marks_.settled = bottom - lowering_->last > bins_in(settled_seconds);
    propose(bottom + 1, false, false);
}

/// From here the height counts anew.
void Follower::new_level() {
    height_ = lowest_ = 0.0;
    fastest_up_ = 0.0;
    moved_from_.reset();
}

/// A descent on one foot is too slow for the running speed: every tenth of a second, what the stretch since the top
/// tells.
void Follower::watch_descent(BinIndex i) {
    if (level_ != Level::up || !one_foot_) {
        now_.reset();
        return;
    }
    if (i % bins_in(0.1) != 0)
        return;
    constexpr BinIndex longest = bins_in(12.0);
    const BinIndex from = std::max({marks_.top, alone_from_ - bins_in(0.8), i - longest, history_.begin()});
    if (i - from < bins_in(0.4))
        return;
    Knowledge known;
    known.system_weight = weight_;
    known.gain = gain_;
    known.gain_sd = gain_sd_ > 0.0 ? gain_sd_ : gain_unknown * weight_;
    Stretch stretch(history_, from, i + 1, rest_share_, known);
    MovementWindow& w = stretch.window;
    w.stance = Stance::one_leg;
    w.direction = -1;
    w.baseline = rest_;
    w.baseline_sd = 0.0015 * weight_;
    w.height_mean = rise_height_;
    w.height_sd = 0.2 * rise_height_;
    w.least_height = 0.2 * rise_height_;
    now_ = movement_now(w);
    now_from_ = from;
}

void Follower::show_phase(BinIndex i) {
    if (!present_)
        return set_phase(Phase::empty, i);
    if (!weighed() || !history_[i].bin.usable())
        return set_phase(Phase::unknown, i);
    if (level_ == Level::up) {
        if (came_back_ == i)
            return;  // whether that was a rep is being asked
        const double fuller = std::max(share_, 1.0 - share_);
        if (one_foot_) {
            if (now_ && now_->over > 0.6)
                return set_phase(Phase::bottom, std::min(i, now_from_ + bins_in(now_->end)), corrected);
            if (now_ && now_->started > 0.6 && phase_ != Phase::bottom)
                return set_phase(Phase::drop, std::min(i, now_from_ + bins_in(now_->start)), corrected);
            if (phase_ == Phase::drop || phase_ == Phase::bottom)
                return;
            return set_phase(Phase::transfer, transfer_began(i));
        }
        if (moving_ == Moving::down)
            return set_phase(Phase::drop, i);
        if (fuller > 0.65)
            return set_phase(Phase::transfer, transfer_began(i));
        return set_phase(Phase::top, i);
    }
    // Until the rise stops it is not known to be one, but a body that has come up is not standing on its heels.
    const bool coming_up = moving_ == Moving::up || (moved_from_ && height_ > 0.5 * least_rise);
    if (coming_up && ready_ && below_ == 0.0)
        return set_phase(Phase::rise, i);
    if (i - came_back_ < bins_in(0.3) && (phase_ == Phase::bottom || phase_ == Phase::drop || phase_ == Phase::homing))
        return set_phase(Phase::homing, i);
    set_phase(one_foot_ ? Phase::unknown : Phase::two_feet, i);
}

/// Where the share left what it was in the rise, by a tenth of the way to one leg: it is seen to go there only later.
BinIndex Follower::transfer_began(BinIndex i) const {
    const bool to_left = share_ > 0.5;
    const auto share = [&](BinIndex k) {
        const double left = left_share(history_[k].bin);
        return to_left ? left : 1.0 - left;
    };
    const BinIndex from = std::max({marks_.rise_from, floor_, history_.begin()});
    double before = 0.5;
    if (marks_.rise_to > from) {
        const double left = history_.mean_left(from, marks_.rise_to) / history_.mean_total(from, marks_.rise_to);
        before = to_left ? left : 1.0 - left;
    }
    const double level = before + 0.1 * (1.0 - before);
    BinIndex began = i;
    while (began > std::max(from, phase_start_) && share(began - 1) > level)
        --began;
    return began;
}

void Follower::set_phase(Phase phase, BinIndex at, BinIndex corrected_by) {
    if (phase == phase_ && std::abs(at - phase_start_) < corrected_by)
        return;
    phase_ = phase;
    phase_start_ = at;
    notice(at, phase);
}

}  // namespace heeldrop::motion
