#include "daemon/motion/follower.hpp"

#include <utility>

#include "daemon/motion/follower_limits.hpp"

namespace heeldrop::motion {
namespace {

// A longer stretch without usable samples ends whatever was under way, seconds.
constexpr double longest_unknown = 3.0, longest_saturated_drop = 12.0;

// Presence. Before anybody is weighed the limit is absolute: a child's first contact is some 20 N (domain.md 2.4).
constexpr double on_newtons = 30.0, off_newtons = 15.0, off_part = 0.06;
constexpr BinIndex on_bins = bins_in(0.1), off_bins = bins_in(0.4);

// On one foot: entered above, left when the other pad carries 30 % again (design: return_end).
constexpr double alone_share = 0.78, back_share = 0.30;
// Metres: less may as well be the lifted hip, or knees that straighten.
constexpr double least_rise_in_shift = 0.045;
// Who stands one-sided at rest never puts so much on the other foot.
constexpr double one_sided_share = 0.31, most_of_rest = 0.9, least_back_share = 0.24;
constexpr BinIndex back_confirm = bins_in(0.06);

// Nobody stays on the toes for longer; a rise that nothing has come of since was none.
constexpr double longest_top = 12.0;
// A rise that went unseen is looked for when a foot comes back after so long, and so far before it lifted.
constexpr double wholly_alone = 0.9, least_alone = 1.2, longest_before_alone = 7.0;

// Nobody lowering a heel does this: flight, a landing, or the load going away to a chair.
constexpr double leaving_part = 0.85;
constexpr double flight_part = 0.12, landing_part = 2.4, seated_part = 0.5;

}  // namespace

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
    // Nobody knows what happened meanwhile: whoever stands there afterwards begins anew. But a pad that only the whole
    // body saturates is a rep's, until the other foot is back.
    unusable_bins_ = b.usable() ? 0 : unusable_bins_ + 1;
    const bool in_drop = b.saturated && !b.gap && level_ == Level::up && one_foot_;
    if (b.usable())
        forgot_under_way_ = false;
    if (!forgot_under_way_ && unusable_bins_ >= bins_in(in_drop ? longest_saturated_drop : longest_unknown)) {
        forgot_under_way_ = true;
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
        if (level_ == Level::up) {
            marks_.alone_from = alone_from_;
            propose(left, false, true);
        }
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

void Follower::finish() {
    if (!present_ || level_ != Level::up || !one_foot_)
        return;
    marks_.alone_from = alone_from_;
    propose(history_.end(), false, true);
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
            // Whoever shifts while coming to a stop has risen, or squatted, on two feet.
            if (moving_ == Moving::no && level_ != Level::up && (height_ < 0.0 || height_ > least_rise_in_shift))
                stopped_from_below(i, false);
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
    const double at_rest = *one_foot_ == Side::left ? 1.0 - standing_share_ : standing_share_;
    const double back_again =
        at_rest < one_sided_share ? std::max(least_back_share, most_of_rest * at_rest) : back_share;
    back_bins_ = other > back_again ? back_bins_ + 1 : 0;
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
    marks_.look_for_rise_from.reset();
    if (look)
        marks_.look_for_rise_from = std::max({floor_, look_from_ < alone_from_ ? look_from_ : floor_, back_before,
                                              alone_from_ - bins_in(longest_before_alone), history_.begin()});
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

void Follower::settle_candidate(bool was_rep, bool no_rise, std::optional<BinIndex> over) {
    const bool next_has_begun = std::exchange(next_has_begun_, false);
    if (const auto suspect = std::exchange(suspect_, std::nullopt); suspect && !was_rep) {
        // Not with the suspect's own end: then before it, and it was a rise.
        put_lowering_forward(suspect->from, true);
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
        if (level_ == Level::up && !no_rise && history_.end() - marks_.rise_to < bins_in(longest_top)) {
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
    floor_ = over.value_or(history_.end()) - 1;
    below_ = 0.0;
    if (!over)
        speed_ = 0.0;
    new_level();
    down_seen_ = false;
    lowering_.reset();
    came_back_ = still_ = floor_;
}

/// From here the height counts anew.
void Follower::new_level() {
    height_ = lowest_ = 0.0;
    fastest_up_ = 0.0;
    moved_from_.reset();
}

}  // namespace heeldrop::motion
