// What is shown live: how a descent on one foot goes on, and the phase.
#include "daemon/motion/follower.hpp"

#include <cmath>

#include "daemon/motion/follower_limits.hpp"

namespace heeldrop::motion {
namespace {

// How a descent on one foot goes on is asked so often; a live beginning is told again when known better by so much.
constexpr BinIndex now_every = bins_in(0.1), corrected = bins_in(0.08);
// And one that seems to be over is looked at closely so often.
constexpr BinIndex closely_every = bins_in(0.4), surely_over = bins_in(0.08);

}  // namespace

/// A descent on one foot is too slow for the running speed: every tenth of a second, what the stretch since the
/// top tells.
void Follower::watch_descent(BinIndex i) {
    if (!watched_ || level_ != Level::up || !one_foot_) {
        now_.reset();
        drop_.reset();
        return;
    }
    if (i % now_every != 0)
        return;
    constexpr BinIndex longest = bins_in(12.0);
    const BinIndex from = std::max({marks_.top, alone_from_ - bins_in(0.8), i - longest, history_.begin()});
    if (i - from < bins_in(0.4))
        return;
    Stretch stretch(history_, from, i + 1, rest_share_, knowledge());
    // Whoever rose on one foot is still slowing down.
    if (alone_from_ <= marks_.rise_to)
        for (std::size_t k = 0; k < stretch.noise.size(); ++k)
            stretch.noise[k] += 0.05 * weight_ * std::exp(-(static_cast<double>(k) + 0.5) * bin_seconds / 0.15);
    MovementWindow& w = stretch.window;
    w.stance = Stance::one_leg;
    w.direction = -1;
    w.baseline = rest_;
    w.baseline_sd = 0.0015 * weight_;
    w.height_mean = rise_height_ * (1.0 + further_);
    w.height_sd = rise_height_ * std::hypot(0.2, further_sd_);
    w.least_height = 0.2 * rise_height_;
    w.log_duration_mean = usual_log_duration_;
    w.log_duration_sd = usual_log_duration_sd_;
    stretch.use_pressure(history_, from, one_foot_);
    now_ = movement_now(w);
    now_from_ = from;
}

Knowledge Follower::knowledge() const {
    Knowledge known;
    known.system_weight = weight_;
    known.reference = reference_;
    known.further = further_;
    known.further_sd = further_sd_;
    known.gain = gain_;
    known.gain_sd = gain_sd_ > 0.0 ? gain_sd_ : gain_unknown * weight_;
    return known;
}

/// The rise that has just come to its end is told as its rep's account will tell it.
void Follower::place_rise(BinIndex i) {
    top_shown_ = i;
    if (!watched_)
        return;
    RepMarks so_far = marks_;
    so_far.end = i + 1;
    const auto rise = rise_of(history_, so_far, knowledge());
    if (!rise)
        return;
    if (phase_ != Phase::top)
        set_phase(Phase::rise, bin_at(rise->from), corrected);
    top_shown_ = bin_at(rise->to);
}

/// A descent on one foot that seems to be over is looked at as closely as its rep's account will look at it.
void Follower::place_drop(BinIndex i) {
    // Once it is known well, more of the bottom tells little that is new.
    if (drop_ && i - drop_asked_ < std::max(closely_every, drop_asked_ - bin_at(drop_->to)))
        return;
    drop_asked_ = i;
    RepMarks so_far = marks_;
    so_far.alone_from = alone_from_;
    so_far.end = i + 1;
    drop_ = drop_of(history_, so_far, knowledge());
    if (!drop_)
        drop_ = Span{static_cast<double>(now_from_) * bin_seconds + now_->start,
                     static_cast<double>(now_from_) * bin_seconds + now_->end};
}

void Follower::show_phase(BinIndex i) {
    if (!present_)  // nor is it known who stands on a pad that tells nothing
        return set_phase(history_[i].bin.saturated ? Phase::unknown : Phase::empty, i);
    if (!weighed() || !history_[i].bin.usable())
        return set_phase(Phase::unknown, i);
    if (level_ == Level::up) {
        if (came_back_ == i)
            return;  // whether that was a rep is being asked
        const double fuller = std::max(share_, 1.0 - share_);
        if (one_foot_) {
            if (now_ && now_->over > 0.6) {
                place_drop(i);
                const BinIndex bottom = bin_at(drop_->to);
                const bool over = i - bottom >= surely_over;
                if (phase_ != Phase::bottom)
                    set_phase(Phase::drop, bin_at(drop_->from), corrected);
                if (over)
                    set_phase(Phase::bottom, bottom, corrected);
                return;
            }
            if (now_ && now_->started > 0.6 && phase_ != Phase::bottom)
                return set_phase(Phase::drop, std::min(i, now_from_ + bins_in(now_->start)), corrected);
            if (phase_ == Phase::drop || phase_ == Phase::bottom)
                return;
        }
        if (!one_foot_ && lowering_)
            return set_phase(Phase::drop, lowering_->from, corrected);
        if (!one_foot_ && moving_ == Moving::down)
            return set_phase(Phase::drop, std::max(phase_start_, moved_from_.value_or(i)), corrected);
        if (fuller > 0.65)
            if (const auto began = transfer_began(i))
                return set_phase(Phase::transfer, *began);
        if (i == top_settled_)
            place_rise(i);
        return set_phase(Phase::top, top_shown_, corrected);
    }
    // Until the rise stops it is not known to be one, but a body that has come up is not standing on its heels.
    const bool coming_up = moving_ == Moving::up || (moved_from_ && height_ > 0.5 * least_rise);
    if (coming_up && ready_ && below_ == 0.0)
        return set_phase(Phase::rise, i);
    const bool lowered = !watched_ || phase_ == Phase::bottom || phase_ == Phase::drop || phase_ == Phase::homing;
    if (i - came_back_ < bins_in(0.3) && lowered)
        return set_phase(Phase::homing, i);
    set_phase(one_foot_ ? Phase::unknown : Phase::two_feet, i);
}

/// Where the share left what it was in the rise, by a tenth of the way to one leg: it is seen to go there only later.
/// None while it has not, as where somebody rose on one leg. A transfer that is shown already began when it was shown
/// to.
std::optional<BinIndex> Follower::transfer_began(BinIndex i) const {
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
    if (share(i) <= level)
        return std::nullopt;
    if (phase_ == Phase::transfer)
        return phase_start_;
    BinIndex began = i;
    while (began > std::max(from, phase_start_) && share(began - 1) > level)
        --began;
    return began;
}

void Follower::set_phase(Phase phase, BinIndex at, BinIndex corrected_by) {
    const BinIndex earliest = phase == phase_ ? phase_before_start_ : phase_start_;
    at = std::max(at, earliest);
    if (phase == phase_ && std::abs(at - phase_start_) < corrected_by)
        return;
    phase_ = phase;
    phase_start_ = at;
    phase_before_start_ = earliest;
    notice(at, phase);
}

}  // namespace heeldrop::motion
