// Hands that take or give load in a rep: before it, after its rise, or while the body lowers; and how much is missing.
#include <algorithm>
#include <cmath>
#include <limits>

#include "daemon/motion/accounting.hpp"
#include "daemon/motion/shares.hpp"

namespace heeldrop::motion {
namespace {

/// Seconds in which a rise's own force comes to nothing, or a percent.
constexpr double longer_than_a_rise = 2.0;

/// 2 x log of the likelihood ratio of a rise by force and pressure, of who then stood on one foot, before its drop is
/// asked, too.
constexpr double perhaps_hidden = 8.0;

/// Parts of a height, before looking; and seconds: a longer rise is not told among hands.
constexpr double anybodys_scatter = 0.33, usual_scatter = 0.15, longest_hidden = 4.0;

/// Seconds that a rise may begin after it seems to where hands let go about then, beside a second for their whole load.
constexpr double begins_within = 0.2;

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

/// The same against the reference, which drift and the pads' difference leave within a percent.
constexpr double spoiled_rise = 0.02;

/// Of the weight, between the halves of the stance on one foot: more is hands that go on taking or giving.
constexpr double unsteady_part = 0.015;

/// Of the weight: a mean force on one foot further from rest than this is hands'; and by how much in the log likelihood
/// it must be likelier that they take and give at their pleasure, then and where only what is left over hints at them:
/// of 20 such looks that came to 6 to 20, 18 were at people whose hands do nothing.
constexpr double hands_about = 0.012, surely_unsteady = 6.0, unsteady_by_leftover = 10.0;

/// The same of light ones; and where the drop's own numbers are still the better ones. On 1166 looks at simulated
/// people whose hands do nothing it came to over 5 one time in three, to over 12 one in twelve, and the numbers with
/// hands were off by twice as much; on 51 of others to over 12 three times in four, and there they were off by half.
constexpr double light_hands = 0.005, hint_of_light = 5.0, surely_light = 12.0;
/// Where they are asked for: of the weight; of what sway leaves over; standard deviations of the expected depth;
/// seconds.
constexpr double light_hands_about = 0.0015, like_sway = 1.8, unlikely_sd = 2.5, least_slow = 1.2;

}  // namespace

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

/// Whether hands took or gave load before the foot lifted, or since. A rise gives as much as it takes, and what they
/// carry all the while hides nothing.
bool Accounting::hands_changed(BinIndex from) const {
    const BinIndex lifted = history_.clamp(marks_.alone_from), step = bins_in(0.2), width = bins_in(longer_than_a_rise);
    double least = 1e18, most = 0.0;
    const auto level = [&](BinIndex begin, BinIndex end) {
        const double load = history_.mean_total(begin, end);
        least = std::min(least, load);
        most = std::max(most, load);
    };
    for (BinIndex i = from; i + width <= lifted; i += step)
        level(i, i + width);
    const BinIndex to = history_.clamp(marks_.end - bins_in(0.1)), alone = history_.clamp(lifted + step);
    if (to - alone > bins_in(1.0))
        level(alone, to);
    return most - least > hands_part * known_.system_weight;
}

/// Where hands take and give load the force says little of a rise, but the pressure goes to the toes all the same.
bool Accounting::find_rise_with_hands() {
    const BinIndex from = history_.clamp(*marks_.look_for_rise_from), to = history_.clamp(marks_.alone_from);
    if (!marks_.returned || to - from < bins_in(1.0) || !hands_changed(from))
        return false;
    const double share = left_share_over(history_, seconds(from), seconds(from + bins_in(0.3))).value_or(0.5);
    Stretch stretch(history_, from, to, share, known_);
    stretch.use_pressure(history_, from, std::nullopt, share);
    MovementWindow& w = stretch.window;
    w.stance = Stance::two_legs;
    w.direction = +1;
    w.baseline = history_.mean_total(from, to);
    double squares = 0.0;
    for (BinIndex i = from; i < to; ++i)
        squares += std::pow(history_[i].bin.total() - w.baseline, 2);
    w.unsteady_sd =
        std::max(unsteady_hands * known_.system_weight, std::sqrt(squares / static_cast<double>(to - from)));
    w.baseline_sd = w.unsteady_sd;
    w.height_mean = known_.usual_drop > 0.0 ? known_.usual_drop : anybodys_height;
    w.height_sd = (known_.usual_drop > 0.0 ? usual_scatter : anybodys_scatter) * w.height_mean;
    w.longest = longest_hidden;
    if (known_.usual_coupling_sd > 0.0) {
        w.coupling = known_.usual_coupling;
        w.coupling_sd = known_.usual_coupling_sd;
    }
    auto rise = fit_movement(w);
    if (!rise || rise->evidence < perhaps_hidden || rise->start < 0.0)
        return false;
    mark_rise(*rise, from, to);
    out_.rise_by_pressure = true;
    out_.rise_window = from;
    out_.rise = std::move(rise);
    tell_rise();
    return true;
}

/// A body that stands at both ends has no mean force of its own. What hands carry all the while spoils nothing.
bool Accounting::hands_in_rise() const {
    if (out_.rise_by_pressure)
        return true;
    const BinIndex begins = out_.rise_window + bins_in(out_.rise->start);
    const BinIndex ends = out_.rise_window + bins_in(out_.rise->end);
    const double mean = history_.mean_total(begins, ends);
    if (std::abs(mean - known_.reference) < spoiled_rise * known_.system_weight)
        return false;
    const double before = history_.mean_total(begins - bins_in(0.6), begins - bins_in(0.2));
    const BinIndex stands = ends + bins_in(0.2);
    const double after =
        history_.mean_total(stands, std::clamp(marks_.alone_from, stands + bins_in(0.1), stands + bins_in(0.3)));
    return std::max(std::abs(mean - before), std::abs(after - before)) > clean_rise * known_.system_weight;
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

/// A body that stands at both ends has no mean force of its own. Where there is one, hands took or gave load; and where
/// the stretch is likelier if they did so at their pleasure, it tells of the body what is left.
void Accounting::expect_unsteady_hands(MovementWindow& w, bool ask_anyway) {
    if (!marks_.one_foot || !marks_.returned || out_.drop_unseen)
        return;
    const double weight = known_.system_weight;
    const double mean = load_on_one_foot();
    const bool shows_in_mean = std::abs(mean - w.baseline) >= hands_about * weight;
    if (hands_unsteady_ == 0.0 && !hands_later_ && !ask_anyway && !shows_in_mean)
        return;
    MovementWindow unsteady = w;
    unsteady.unsteady_sd = std::max({hands_unsteady_, unsteady_hands * weight,
                                     hands_later_ ? std::abs(hands_later_->by) : 0.0, std::abs(mean - w.baseline)});
    unsteady.baseline_sd = std::max(w.baseline_sd, unsteady.unsteady_sd);
    const double enough = shows_in_mean ? surely_unsteady : unsteady_by_leftover;
    if (hands_unsteady_ == 0.0 && log_evidence(unsteady) - log_evidence(w) < enough)
        return;
    w = unsteady;
    w.partial = 0.0;  // and tells nothing of how much was left undone
    out_.hands_unsteady = true;
    reason(Reason::hand_force_changing);
}

/// Fingertips on something fixed are instructed, and take or give half a percent: as much as a slow descent's force.
/// They show in the mean force, in what is left over, or in a depth that its rise does not bear out. What was found is
/// a rep or none by the body's own force; only its numbers are told as such hands leave them.
std::optional<MovementFit> Accounting::with_light_hands(const MovementWindow& w, BinIndex from) {
    const MovementFit& drop = *out_.drop;
    if (!marks_.one_foot || !marks_.returned || rebound_ || out_.hands_unsteady || out_.drop_unseen ||
        drop.duration < least_slow || !drop.log_evidence ||
        std::ranges::any_of(w.unseen, [](double newtons) { return newtons > 0.0; }))
        return std::nullopt;  // nor where a fall's force lies between the samples
    const double weight = known_.system_weight;
    const bool unlikely = out_.rise && std::abs(drop.height - w.height_mean) > unlikely_sd * w.height_sd;
    const auto alone_from = static_cast<std::size_t>(std::max<BinIndex>(0, marks_.alone_from + bins_in(0.2) - from));
    if (!unlikely && drop.noise < like_sway &&
        std::abs(rest_alone(w, alone_from) - w.baseline) < light_hands_about * weight)
        return std::nullopt;
    MovementWindow light = w;
    light.unsteady_sd = light_hands * weight;
    light.baseline_sd = std::max(w.baseline_sd, light.unsteady_sd);
    const double likelier = log_evidence(light) - *drop.log_evidence;
    if (likelier < hint_of_light)
        return std::nullopt;
    out_.hint_of_hands = true;
    out_.light_hands = likelier > surely_light;
    return fit_movement(light);
}

/// Load missing on both pads together, with the movements' own acceleration taken out.
void Accounting::hands() {
    BinIndex from = rise_start_ ? static_cast<BinIndex>(*rise_start_ / bin_seconds) : marks_.top;
    // Those that let go as it began have a part in where it seems to begin.
    if (hands_ && hands_->by > 0.0)
        from += bins_in(begins_within + hands_->by / known_.system_weight);
    const BinIndex to = history_.clamp(marks_.end);
    std::vector<double> still;
    for (BinIndex i = history_.clamp(from); i < to; ++i) {
        double f = history_[i].bin.total();
        for (const auto& [fit, window] :
             {std::pair{&out_.rise, out_.rise_window}, std::pair{&out_.drop, out_.drop_window}}) {
            const auto k = i - window;
            if (*fit && k >= 0 && k < static_cast<BinIndex>((*fit)->acceleration.size()))
                f -= known_.mass() * (*fit)->acceleration[static_cast<std::size_t>(k)];
        }
        still.push_back(f);
    }
    // A fall's own force is too large to take out to a few percent.
    const bool fall = out_.drop->duration < 1.0;
    const auto width = static_cast<std::size_t>(bins_in(0.5));
    double sum = 0.0;
    std::size_t since = 0;
    for (std::size_t k = 0; k < still.size(); ++k) {
        const double t = seconds(history_.clamp(from) + static_cast<BinIndex>(k));
        if (fall && t > drop_start_ - 0.1 && t < drop_end_ + 0.5) {
            sum = 0.0;
            since = k + 1;
            continue;
        }
        sum += still[k];
        if (k >= since + width)
            sum -= still[k - width];
        if (rebound_ && t > rebound_->at - 0.1)
            break;  // its own force says nothing of hands
        if (k + 1 >= since + width)
            out_.least_load = std::min(out_.least_load, sum / static_cast<double>(width) / known_.reference);
    }
}

}  // namespace heeldrop::motion
