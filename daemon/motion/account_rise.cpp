// A rep's rise: the one seen, or one looked for.
#include <algorithm>
#include <cmath>
#include <limits>

#include "daemon/motion/accounting.hpp"
#include "daemon/motion/shares.hpp"

namespace heeldrop::motion {
namespace {

/// Metres; a little more than a rep's.
constexpr double most_rise_height = 0.22;

/// Metres: the pressure's way in less says nothing of the person.
constexpr double least_known_height = 0.03;

/// A rise that goes so much further or less far than this person's is another's, or hands'.
constexpr double unusual_part = 0.25;

/// Seconds behind a rise in which the body that overshot its top has come down again.
constexpr double overshoot_seconds = 0.5;

/// Times the expected sway, that a whole rise on two feet leaves over at most.
constexpr double whole_rise_noise = 5.0;

/// Of a rise's time, as whose end the weight may begin to go over; and seconds, at most.
constexpr double before_shift = 0.75, longest_as_it_ends = 0.3;

/// Of the load, within one rise.
constexpr double most_shift_in_rise = 0.3;

}  // namespace

/// Whoever stood on one foot and lowered had risen before, seen or not. The nearest that is wholly in sight: what
/// lies further back may be hands that took load, or another movement.
void Accounting::find_rise() {
    find_rise_by_force();
    find_hidden_rise();
}

void Accounting::fit_seen_rise() {
    fit_rise();
    if (marks_.look_for_rise_from && marks_.one_foot)
        find_hidden_rise();
}

/// Hands may hide a rise, or be taken for one.
void Accounting::find_hidden_rise() {
    if ((out_.rise && as_usual()) || !find_rise_with_hands())
        return;
    hands_.reset();
    hands_later_.reset();
    hands_unsteady_ = 0.0;
}

/// Whether a rise goes as far as this person's do, or before the first, as anybody's.
bool Accounting::as_usual() const {
    const double height = out_.rise->net_height();
    if (known_.usual_drop == 0.0)
        return height > least_of_anybody && height < most_of_anybody;
    return std::abs(height * (1.0 + known_.further) - known_.usual_drop) < unusual_part * known_.usual_drop;
}

void Accounting::find_rise_by_force() {
    for (const double before : {1.5, 2.2, 2.9, 3.6, 4.3, 5.0, 5.7, 6.4, 7.0}) {
        const BinIndex from = history_.clamp(std::max(*marks_.look_for_rise_from, marks_.alone_from - bins_in(before)));
        if (find_rise_from(from) || from == history_.clamp(*marks_.look_for_rise_from))
            return;
    }
}

bool Accounting::find_rise_from(BinIndex from) {
    hands_ = hands_between(from);
    // Hands that come as the foot lifts leave the rise before it as it was.
    const BinIndex shift = shift_began(from);
    if (hands_ && hands_->at > shift - bins_in(lifting_seconds) && find_rise_within(from, shift)) {
        hands_after_rise();
        if (marks_.has_rise)
            return true;
        hands_ = hands_between(from);
    }
    // One that begins and ends as the other foot comes and goes is spoiled by both.
    return find_rise_within(from, history_.clamp(marks_.end)) || (!hands_ && find_rise_within(from, shift));
}

/// Where the load began to go to the foot that stood.
BinIndex Accounting::shift_began(BinIndex from) const {
    const auto share = [&](BinIndex i) { return std::abs(left_share(history_[i].bin) - 0.5); };
    BinIndex at = history_.clamp(marks_.alone_from);
    while (at > from + 1 && share(at - 1) > 0.5 * most_shift_in_rise)
        --at;
    return at;
}

bool Accounting::find_rise_within(BinIndex from, BinIndex to) {
    const bool on_two_feet = to < history_.clamp(marks_.end);
    if (to - from < bins_in(1.0))
        return false;
    const double share = left_share_over(history_, seconds(from), seconds(from + bins_in(0.3))).value_or(0.5);
    Stretch stretch(history_, from, to, share, known_);
    MovementWindow& w = stretch.window;
    w.stance = on_two_feet ? Stance::two_legs : Stance::one_leg;
    w.direction = +1;
    // Between two stands the mean load is that at rest.
    w.baseline = history_.mean_total(from, on_two_feet && !hands_ ? to : from + bins_in(0.3));
    w.baseline_sd = 0.006 * known_.system_weight;
    if (hands_ && !on_two_feet) {
        take_out(*hands_, stretch, from);
        w.baseline += hands_->by;
    } else if (!on_two_feet && history_.mean_total(from, to) < 0.97 * known_.reference) {
        // Hands carry a part, which may change.
        w.baseline = history_.mean_total(from, to);
        w.baseline_sd = 0.05 * known_.system_weight;
        w.slope_sd = 0.02 * known_.system_weight;
    }
    w.height_sd = 0.04;
    w.longest = 3.5;
    w.least_evidence = clear_evidence;
    const auto rise = fit_movement(w);
    const double still = on_two_feet ? 0.1 : 0.4;
    if (!rise || rise->evidence < clear_evidence || rise->height < 0.025 || rise->height > most_rise_height ||
        rise->start < 0.1 || rise->end > seconds(to - from) - still)
        return false;
    // A part of one leaves more over than sway.
    if (on_two_feet && !hands_ && rise->noise > whole_rise_noise)
        return false;
    // On one foot it was the hands.
    if (hands_ && from + static_cast<BinIndex>(rise->start / bin_seconds) > marks_.alone_from)
        return false;
    // Nobody rises while the load goes from one foot to the other, but it may begin to as the rise ends.
    const double shifts =
        seconds(from) + std::max(rise->start + before_shift * rise->duration, rise->end - longest_as_it_ends);
    const auto begins = left_share_over(history_, seconds(from) + rise->start - 0.1, seconds(from) + rise->start);
    const auto ends = left_share_over(history_, shifts - 0.1, shifts);
    if (!begins || !ends || std::abs(*ends - *begins) > most_shift_in_rise)
        return false;
    mark_rise(*rise, from, to);
    if (on_two_feet)
        hands_.reset();
    fit_rise();
    if (out_.rise && out_.rise->height > most_rise_height)
        forget_rise();  // hands had a part in where it was looked for
    return out_.rise.has_value();
}

void Accounting::forget_rise() {
    out_.rise.reset();
    out_.rise_looked_for = marks_.has_rise = false;
    out_.coupling.reset();
    rise_start_.reset();
    rise_end_.reset();
    Rep& r = out_.rep;
    r.rise_start.reset();
    r.rise_end.reset();
    r.rise_duration.reset();
}

/// One found in [from, to).
void Accounting::mark_rise(const MovementFit& rise, BinIndex from, BinIndex to) {
    marks_.has_rise = out_.rise_looked_for = true;
    marks_.floor = from;
    marks_.rise_from = from + static_cast<BinIndex>(rise.start / bin_seconds);
    marks_.rise_to = marks_.top = std::min(to, from + static_cast<BinIndex>(rise.end / bin_seconds) + 1);
}

/// On two feet its own edges tell where the still moments around it lie: the account does not hang on how early or late
/// the follower saw it.
void Accounting::fit_rise() {
    constexpr int passes = 3;
    for (int pass = 0; pass < passes; ++pass) {
        const bool integrated = fit_rise_as_marked();
        if (!out_.rise)
            return;
        const auto found = [&](double t) { return out_.rise_window + static_cast<BinIndex>(t / bin_seconds + 0.5); };
        const BinIndex begins = found(out_.rise->start), ends = found(out_.rise->end);
        if (!integrated || hands_later_ || (begins == marks_.rise_from && ends == marks_.rise_to))
            break;
        marks_.rise_from = begins;
        marks_.rise_to = ends;
    }
    tell_rise();
    if (const auto forward = pressure_went(std::nullopt); forward && !hands_ && !hands_later_)
        out_.coupling = *forward / std::max(least_known_height, out_.rise->net_height());
}

/// Its times and shares, once it is fitted.
void Accounting::tell_rise() {
    rise_start_ = seconds(out_.rise_window) + out_.rise->start;
    rise_end_ = seconds(out_.rise_window) + out_.rise->end;
    if (const auto left = left_share_over(history_, *rise_start_, *rise_end_))
        out_.rise_share = std::max(*left, 1.0 - *left);
    double least = 1.0, most = 0.0;
    over_bins(history_, *rise_start_, *rise_start_ + before_shift * out_.rise->duration, [&](const Bin& b, double) {
        if (!b.usable())
            return;
        least = std::min(least, left_share(b));
        most = std::max(most, left_share(b));
    });
    out_.rise_shift = std::max(0.0, most - least);
    Rep& r = out_.rep;
    r.rise_start = clock(*rise_start_);
    r.rise_end = clock(*rise_end_);
    r.rise_duration = Seconds{out_.rise->duration};
}

/// Millimetres towards the toes in the rise: of one foot, or of both together.
std::optional<double> Accounting::pressure_went(std::optional<Side> foot) const {
    const auto level = [&](double begin, double end) {
        double sum = 0.0, time = 0.0;
        over_bins(history_, begin, end, [&](const Bin& b, double width) {
            sum += width * pressure_of(b, foot);
            time += width;
        });
        return time > 0.0 ? sum / time : std::numeric_limits<double>::quiet_NaN();
    };
    const double forward = level(*rise_end_ + 0.05, *rise_end_ + 0.35) - level(*rise_start_ - 0.5, *rise_start_ - 0.05);
    return std::isfinite(forward) ? std::optional(forward) : std::nullopt;
}

/// True where plain integration found it.
bool Accounting::fit_rise_as_marked() {
    const BinIndex from = history_.clamp(std::max(marks_.floor, marks_.rise_from - bins_in(0.8)));
    // Its overshoot, but not what comes once the other foot has lifted.
    const BinIndex settled =
        marks_.one_foot ? std::min(marks_.rise_to + bins_in(overshoot_seconds), marks_.alone_from) : marks_.rise_to;
    BinIndex to = history_.clamp(std::min(marks_.end, std::max(settled, marks_.rise_to + bins_in(0.2))));
    if (hands_later_)
        to = std::clamp(hands_later_->from, marks_.rise_to, to);
    const double share =
        left_share_over(history_, seconds(from), seconds(std::min(to, from + bins_in(0.5)))).value_or(0.5);
    Stretch stretch(history_, from, to, share, known_);
    MovementWindow& w = stretch.window;
    w.direction = +1;
    w.baseline = rest_at(from);
    w.baseline_sd = 0.0015 * known_.system_weight;
    w.longest = 7.0;
    w.hint = {seconds(marks_.rise_from - from), seconds(marks_.rise_to - from)};
    if (hands_) {
        take_out(*hands_, stretch, from);
        w.baseline = load_on_one_foot();
        w.baseline_sd = 0.006 * known_.system_weight;
    }
    out_.rise_window = from;
    out_.rise.reset();
    if (w.stance == Stance::two_legs && !hands_)
        out_.rise = integrate_movement(w);
    if (out_.rise && out_.rise->height > most_rise_height) {
        // No body does: hands have a part in it.
        out_.rise.reset();
        w.unsteady_sd = unsteady_hands * known_.system_weight;
    }
    const bool integrated = out_.rise.has_value();
    if (!out_.rise)
        out_.rise = fit_movement(w);
    return integrated;
}

}  // namespace heeldrop::motion
