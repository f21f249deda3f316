// What is measured once both movements are known: leg, shares, forces, transfer, bounce.
#include <algorithm>
#include <cmath>

#include "daemon/motion/accounting.hpp"
#include "daemon/motion/shares.hpp"

namespace heeldrop::motion {
namespace {

/// 2 x log of how much likelier a drop makes the stretch than rest, or one that what is missing hides, and the part of
/// its rise and usual way below that it came down by: then nothing of it was hidden. Seconds.
constexpr double plain_beside_gap = 12.0, whole_beside_gap = 0.85, around_movement = 0.3;

}  // namespace

void Accounting::which_leg() {
    const auto share = left_share_over(history_, drop_start_, drop_end_);
    if (!share)
        return;
    Rep& r = out_.rep;
    if (*share > 0.55)
        r.side = Side::left;
    else if (*share < 0.45)
        r.side = Side::right;
    else if (criteria_.side == PrescribedSide::both)
        reason(Reason::side_ambiguous);
    else
        r.side = criteria_.side == PrescribedSide::left ? Side::left : Side::right;
    const Side working = r.side.value_or(*share >= 0.5 ? Side::left : Side::right);
    r.working_share_drop = Fraction{working == Side::left ? *share : 1.0 - *share};
    if (rise_start_)
        if (const auto rise = left_share_over(history_, *rise_start_, *rise_end_))
            r.working_share_rise = Fraction{working == Side::left ? *rise : 1.0 - *rise};
    working_ = working;
}

void Accounting::forces() {
    double impulse = 0.0, peak = 0.0;
    over_bins(history_, drop_start_, drop_end_, [&](const Bin& b, double width) {
        const double f = working_ == Side::left ? b.left : b.right;
        impulse += f * width;
        peak = std::max(peak, f);
    });
    Rep& r = out_.rep;
    r.impulse = NewtonSeconds{impulse};
    r.peak_force = Newtons{peak};
    if (drop_end_ > drop_start_)
        r.mean_force = Newtons{impulse / (drop_end_ - drop_start_)};
}

void Accounting::transfer_and_return() {
    Rep& r = out_.rep;
    const BinIndex last = history_.clamp(marks_.end) - 1;
    if (!marks_.one_foot || r.working_share_drop->value < criteria_.min_working_share.value) {
        reason(Reason::no_transfer);
    } else {
        double before;
        BinIndex first;
        if (rise_start_) {
            before = r.working_share_rise.value_or(Fraction{0.5}).value;
            first = static_cast<BinIndex>(*rise_start_ / bin_seconds);
        } else {
            first = std::max(marks_.floor, marks_.top - bins_in(0.5));
            const double left = left_share_over(history_, seconds(first), seconds(marks_.top)).value_or(0.5);
            before = working_ == Side::left ? left : 1.0 - left;
        }
        const double change = r.working_share_drop->value - before;
        // A rise that was on the working leg already leaves nothing to transfer.
        if (change > 0.1) {
            const BinIndex by = std::min(last, static_cast<BinIndex>(0.5 * (drop_start_ + drop_end_) / bin_seconds));
            const auto middle = last_crossing_up(history_, history_.clamp(first), by, working_, before + 0.5 * change);
            if (middle) {
                const auto at = static_cast<BinIndex>(*middle / bin_seconds);
                const auto begin =
                    last_crossing_up(history_, history_.clamp(first), at + 1, working_, before + 0.1 * change);
                const auto end = first_crossing_up(history_, std::max(history_.begin(), at - 1), last, working_,
                                                   before + 0.9 * change);
                if (begin)
                    r.transfer_start = clock(*begin);
                if (end)
                    r.transfer_end = clock(*end);
            }
        }
        if (!r.transfer_start || !r.transfer_end)
            reason(Reason::no_transfer);
    }
    if (!marks_.one_foot)
        return;
    if (!marks_.returned) {
        reason(Reason::no_return);
        return;
    }
    const Side other = working_ == Side::left ? Side::right : Side::left;
    const BinIndex from = std::max(history_.begin(), marks_.end - bins_in(0.5));
    if (const auto back = last_crossing_up(history_, from, history_.clamp(marks_.end + 1) - 1, other, 0.3))
        r.return_end = clock(*back);
    else
        r.return_end = clock(seconds(marks_.end));
}

/// Upward speed of what the fitted descent leaves over, soon after the bottom and before the other foot takes 15 %.
void Accounting::bounce() {
    if (out_.hands_unsteady)
        return;  // it is not the body alone that pushes
    const MovementFit& fit = *out_.drop;
    const auto bottom = static_cast<BinIndex>(drop_end_ / bin_seconds);
    const BinIndex until =
        std::min(history_.clamp(bottom + bins_in(criteria_.bounce_window.value)), history_.clamp(marks_.end));
    if (rebound_) {
        // Below 10 % of its speed the body sinks on, for as long as such shapes do: only then it is at the bottom. Two
        // standard uncertainties hold where that is.
        double lowest = drop_end_ + 2.0 * fit.end_sd;
        for (std::size_t p = 0; p < shapes; ++p)
            lowest += fit.shapes[p] * fit.duration * speed_profiles()[p].after();
        if (rebound_->at < lowest + criteria_.bounce_window.value)
            out_.bounce_speed = rebound_->speed;
        return;
    }
    double speed = -0.1 * fit.peak_speed;  // what it has left at the window's end
    for (BinIndex i = std::max(bottom, out_.drop_window); i < until; ++i) {
        const auto k = static_cast<std::size_t>(i - out_.drop_window);
        if (k >= fit.baseline.size())
            break;
        const Bin& b = history_[i].bin;
        const double s = left_share(b);
        if ((working_ == Side::left ? s : 1.0 - s) < 0.85)
            break;
        // Of the first bin only what lies behind the bottom: a quick drop is braked hard before it.
        const double since = std::min(bin_seconds, seconds(i + 1) - drop_end_);
        speed += (b.total() - fit.baseline[k]) / known_.mass() * since;
        out_.bounce_speed = std::max(out_.bounce_speed, speed);
    }
}

/// Beside the rise and the drop what is missing hides nothing of them, where that shows that it was the drop.
void Accounting::what_was_missing() {
    if (!marks_.has_rise)
        reason(Reason::no_rise);
    const bool plain = out_.rise && out_.drop->evidence > plain_beside_gap &&
                       out_.drop->height > whole_beside_gap * out_.rise->net_height() * (1.0 + known_.further);
    const auto matters = [&](double t) {
        const bool in_rise = rise_start_ && t < *rise_end_ + around_movement;
        const bool in_drop = t > drop_start_ - around_movement && t < drop_end_ + criteria_.bounce_window.value;
        return !plain || in_rise || in_drop;
    };
    bool gap = false, saturated = false;
    const BinIndex from = rise_start_ ? static_cast<BinIndex>(*rise_start_ / bin_seconds) : marks_.top;
    for (BinIndex i = history_.clamp(from); i < history_.clamp(marks_.end); ++i) {
        if (!matters(seconds(i)))
            continue;
        gap |= history_[i].bin.gap;
        saturated |= history_[i].bin.saturated;
    }
    if (gap)
        reason(Reason::gap);
    if (saturated)
        reason(Reason::saturated);
}

}  // namespace heeldrop::motion
