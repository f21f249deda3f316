// A rep's rise: the one seen, or one looked for; and hands that take or give load before it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "daemon/motion/accounting.hpp"
#include "daemon/motion/shares.hpp"

namespace heeldrop::motion {
namespace {

/// Metres; a little more than a rep's.
constexpr double most_rise_height = 0.22;

/// Of the load, within one rise.
constexpr double most_shift_in_rise = 0.3;

/// Hands are done after so long.
constexpr double hands_take_seconds = 0.4;

/// Of what hands take or give until the body stands on one foot: less until the top is none of it.
constexpr double at_the_top = 0.4;

/// Of the weight: nearer than this to a level the load is there. On two feet it sways by a tenth of a percent, on one
/// by a third over so many bins.
constexpr double there_on_two_feet = 0.005, there_on_one = 0.015;
constexpr BinIndex there_bins = 7;

/// Of the weight: a rise's mean force, as well as its ends are known.
constexpr double clean_rise = 0.01;

/// As a foot lifts: so long before the load shifts.
constexpr double lifting_seconds = 1.0;

/// Of the weight, between the halves of the stance on one foot: more is hands that go on taking or giving.
constexpr double unsteady_part = 0.015;

}  // namespace

/// Whoever stood on one foot and lowered had risen before, seen or not. The nearest that is wholly in sight: what
/// lies further back may be hands that took load, or another movement.
void Accounting::find_rise() {
    for (const double before : {1.5, 2.2, 2.9, 3.6, 4.3, 5.0, 5.7, 6.4, 7.0}) {
        const BinIndex from = history_.clamp(std::max(*marks_.look_for_rise_from, marks_.alone_from - bins_in(before)));
        if (find_rise_from(from) || from == history_.clamp(*marks_.look_for_rise_from))
            return;
    }
}

/// Hands that took load, or gave some, between `from` and the lifting of the foot.
std::optional<Accounting::HandsChange> Accounting::hands_between(BinIndex from) const {
    from = history_.clamp(from);
    const BinIndex lifted = history_.clamp(marks_.alone_from), to = history_.clamp(marks_.end);
    const double before = history_.mean_total(from, from + bins_in(0.3));
    const double after = history_.mean_total(lifted + bins_in(0.2), to - bins_in(0.1));
    if (!marks_.returned || to - lifted < bins_in(1.0) || lifted - from < bins_in(0.6) ||
        std::abs(after - before) < hands_part * known_.system_weight ||
        std::min(before, after) > (1.0 - hands_part) * known_.reference)
        return std::nullopt;
    // Where one level gives way to the other, by least squares.
    double best = 0.0, sum = 0.0;
    BinIndex at = from;
    for (BinIndex i = from; i < lifted; ++i) {
        const double load = history_[i].bin.total();
        sum += (load - before) * (load - before) - (load - after) * (load - after);
        if (sum < best) {
            best = sum;
            at = i + 1;
        }
    }
    return HandsChange{at, after - before, at - bins_in(hands_take_seconds), at + bins_in(hands_take_seconds)};
}

/// Hands that took or gave load once the body was up leave the rise as it was; those before it were perhaps taken for
/// one, or at least spoil it.
void Accounting::hands_after_rise() {
    hands_later_ = hands_between(marks_.rise_from - bins_in(0.5));
    if (!hands_later_)
        return;
    // A rise by itself has no mean force; and at its top the load is still as it was, or already as it will be.
    const double before = history_.mean_total(marks_.rise_from - bins_in(0.5), marks_.rise_from - bins_in(0.2));
    const BinIndex up = marks_.rise_to + 2;
    const double top = history_.mean_total(up, std::max(up + 5, std::min(up + bins_in(0.3), marks_.alone_from)));
    const double within = history_.mean_total(marks_.rise_from, marks_.rise_to);
    if (std::abs(within - before) > clean_rise * known_.system_weight &&
        std::abs(top - before) > at_the_top * std::abs(hands_later_->by)) {
        hands_later_.reset();
        marks_.has_rise = false;
        return;
    }
    // They may take their time: from where the load leaves the one level to where it is near the other.
    HandsChange& hands = *hands_later_;
    const BinIndex lifted = history_.clamp(marks_.alone_from + bins_in(0.2));
    const BinIndex to = history_.clamp(marks_.end - bins_in(0.1));
    hands.by = history_.mean_total(to - (to - lifted) * 2 / 5, to) - before;
    const auto off = [&](BinIndex i, double level) {
        return std::abs(history_.mean_total(i - there_bins, i + there_bins + 1) - level) / known_.system_weight;
    };
    hands.from = std::max(hands.from, marks_.rise_to);
    while (hands.from > marks_.rise_to && off(hands.from, before) > there_on_two_feet)
        --hands.from;
    while (hands.to < to && off(hands.to, before + hands.by) > there_on_one)
        ++hands.to;
    // A body that stands at both ends has no mean force of its own, and little in either half.
    const BinIndex since = std::max(lifted, hands.to), middle = (since + to) / 2;
    const double change = std::abs(history_.mean_total(middle, to) - history_.mean_total(since, middle));
    if (to - since < bins_in(1.0))
        hands_unsteady_ = 0.5 * std::abs(hands.by);
    else if (change > unsteady_part * known_.system_weight)
        hands_unsteady_ = change;
}

/// As if the hands had carried all along what they carry after; what happened meanwhile is left out.
void Accounting::take_out(const HandsChange& hands, Stretch& stretch, BinIndex from) {
    for (std::size_t k = 0; k < stretch.force.size(); ++k) {
        const BinIndex at = from + static_cast<BinIndex>(k);
        if (at < hands.at)
            stretch.force[k] += hands.by;
        if (at > hands.from && at < hands.to)
            stretch.noise[k] = std::numeric_limits<double>::infinity();
    }
}

bool Accounting::find_rise_from(BinIndex from) {
    hands_ = hands_between(from);
    // Hands that come as the foot lifts leave the rise before it as it was.
    const BinIndex shift = shift_began(from);
    if (hands_ && hands_->at > shift - bins_in(lifting_seconds) && find_rise_within(from, shift)) {
        hands_.reset();
        hands_after_rise();
        if (marks_.has_rise)
            return true;
        hands_ = hands_between(from);
    }
    return find_rise_within(from, history_.clamp(marks_.end));
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
    w.baseline = history_.mean_total(from, from + bins_in(0.3));
    w.baseline_sd = 0.006 * known_.system_weight;
    if (on_two_feet) {
        // As it is.
    } else if (hands_) {
        take_out(*hands_, stretch, from);
        w.baseline += hands_->by;
    } else if (history_.mean_total(from, to) < 0.97 * known_.reference) {
        // Hands carry a part, which may change.
        w.baseline = history_.mean_total(from, to);
        w.baseline_sd = 0.05 * known_.system_weight;
        w.slope_sd = 0.02 * known_.system_weight;
    }
    w.height_sd = 0.04;
    w.longest = 3.5;
    const auto rise = fit_movement(w);
    const double still = on_two_feet ? 0.1 : 0.4;
    if (!rise || rise->evidence < clear_evidence || rise->height < 0.025 || rise->height > most_rise_height ||
        rise->start < 0.1 || rise->end > seconds(to - from) - still)
        return false;
    // Nobody rises while the load goes from one foot to the other.
    const auto begins = left_share_over(history_, seconds(from) + rise->start - 0.1, seconds(from) + rise->start);
    const auto ends = left_share_over(history_, seconds(from) + rise->end, seconds(from) + rise->end + 0.1);
    if (!begins || !ends || std::abs(*ends - *begins) > most_shift_in_rise)
        return false;
    marks_.has_rise = out_.rise_looked_for = true;
    marks_.floor = from;
    marks_.rise_from = from + static_cast<BinIndex>(rise->start / bin_seconds);
    marks_.rise_to = marks_.top = std::min(to, from + static_cast<BinIndex>(rise->end / bin_seconds) + 1);
    if (on_two_feet)
        hands_.reset();
    fit_rise();
    return out_.rise.has_value();
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
    rise_start_ = seconds(out_.rise_window) + out_.rise->start;
    rise_end_ = seconds(out_.rise_window) + out_.rise->end;
    if (const auto left = left_share_over(history_, *rise_start_, *rise_end_))
        out_.rise_share = std::max(*left, 1.0 - *left);
    double least = 1.0, most = 0.0;
    over_bins(history_, *rise_start_, *rise_end_, [&](const Bin& b, double) {
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

/// True where plain integration found it.
bool Accounting::fit_rise_as_marked() {
    const BinIndex from = history_.clamp(std::max(marks_.floor, marks_.rise_from - bins_in(0.8)));
    BinIndex to = history_.clamp(std::min(marks_.end, marks_.rise_to + bins_in(0.2)));
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
        w.baseline = history_.mean_total(marks_.alone_from + bins_in(0.2), marks_.end - bins_in(0.1));
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
