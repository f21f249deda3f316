// A rep's descent: the fit, what is expected of it, and what is kept out of it: the rise's tail and a rebound.
#include <algorithm>
#include <cmath>
#include <limits>

#include "daemon/motion/accounting.hpp"
#include "daemon/motion/shares.hpp"

namespace heeldrop::motion {
namespace {

/// One descent in so many takes back only a part of its rise, before looking.
constexpr double shallow_part = 0.1;

/// What a duration is off by because nobody moves quite as any of the shapes does, of itself. Without it two standard
/// uncertainties cover nine errors in ten on simulated people of unlike manners, with it nineteen in twenty.
constexpr double unlike_any_shape = 0.028;

/// A longer movement has less force, and so sway contradicts it less: what is expected lies too long, by this part of
/// the duration's standard deviation. So it is on the simulated people of two generators alike, the more the less is
/// known.
constexpr double sway_adds = 0.28;

/// A rise's height where hands had a part in it, to this part.
constexpr double spoiled_height = 0.3;

/// What the pressure's way in the rise is off by for that in the drop, millimetres.
constexpr double rise_wander_mm = 7.0;

/// m/s: nobody springs up so from one foot; it was hands that took or gave load.
constexpr double fastest_rebound = 0.8;
/// What so many times the expected sway is left over of is no sway.
constexpr double unlike_sway = 3.0;

/// What a bob of the shifting weight is at most: part of the rise, seconds; it begins so soon after half of the weight
/// went over. The whole drop behind it: part of the rise, 2 x log of the likelihood ratio.
constexpr double bob_part = 0.35, longest_bob = 1.2, bob_after_shift = 0.8, whole_way = 0.6, evidence_behind_bob = 15.0,
                 bob_end_error = 0.1;

/// Seconds that a body stands at the bottom before it leaves the plate, at least: a descent that ends later than that
/// was cut off.
constexpr double stands_before_leaving = 0.2;

/// Seconds: what a stretch may lack of a rise that it holds the beginning of.
constexpr double rest_of_a_rise = 1.0;
/// And what it may hold of it.
constexpr double most_of_a_rise = 1.2;

/// Seconds before the weight stands on one foot in which a drop begins at the earliest.
constexpr double shift_before_drop = 0.5;

void take_off_what_sway_adds(MovementFit& drop) {
    const double added = sway_adds * drop.duration_sd;
    drop.start += 0.5 * added;
    drop.end -= 0.5 * added;
    drop.duration -= added;
}

}  // namespace

void Accounting::fit_drop() {
    // Whoever is in doubt whether the body still rises, over a gap, sees the foot lifted.
    BinIndex from = marks_.one_foot && rise_end_ ? std::min(marks_.top, marks_.alone_from) : marks_.top;
    // The rise's own tail does not belong to the descent's stretch.
    if (rise_end_)
        from = std::max(from, static_cast<BinIndex>(*rise_end_ / bin_seconds) + 1);
    // Nor does what hands hide of a rise that only the pressure told.
    if (out_.rise_by_pressure)
        from = std::max(from, marks_.alone_from - bins_in(lifting_seconds));
    const bool two_feet = marks_.descent_from && !marks_.one_foot;
    if (two_feet)
        from = std::max(from, *marks_.descent_from - bins_in(1.2));  // it is seen late
    from = history_.clamp(std::min(from, marks_.end - bins_in(0.4)));
    const BinIndex to = history_.clamp(marks_.end + (marks_.left_plate ? 0 : 1));
    out_.drop_unseen = mostly_unusable(from, to);
    const double share =
        left_share_over(history_, seconds(std::max(marks_.floor, from - bins_in(0.6))), seconds(from + 2))
            .value_or(0.5);
    Stretch stretch(history_, from, to, share, known_);
    if (two_feet)
        stretch.lowers_on_two_feet(history_, from, known_.system_weight);
    if (out_.rise)
        take_out_rise(stretch, from);
    MovementWindow& w = stretch.window;
    w.direction = -1;
    w.baseline = rest_at(marks_.has_rise ? marks_.rise_from : from);
    w.baseline_sd = 0.002 * known_.system_weight;
    if (out_.rise && std::abs(rise_rest() - w.baseline) > 0.01 * known_.system_weight) {
        // Hands carry a part.
        w.baseline = rise_rest();
        w.baseline_sd = 0.01 * known_.system_weight;
    }
    if (out_.rise_by_pressure) {
        // It does not tell what hands carry; who stands at both ends of a stance has no mean force of its own.
        w.baseline = load_on_one_foot();
        w.baseline_sd = 0.01 * known_.system_weight;
    }
    if (hands_later_) {
        const BinIndex last = marks_.end - bins_in(0.1);
        w.baseline = history_.mean_total(std::min(hands_later_->to, last - bins_in(0.5)), last);
        w.baseline_sd = 0.01 * known_.system_weight;
        take_out(*hands_later_, stretch, from);
    }
    if (out_.rise) {
        const double rise = counted_rise(*out_.rise);
        w.height_mean = rise * (1.0 + known_.further);
        w.height_sd = std::max(0.005, rise * known_.further_sd);
        const bool in_a_set = known_.usual_drop > 0.0, unusual = in_a_set && !as_usual();
        if (hands_in_rise() || (out_.rise_looked_for && unusual)) {
            if (unusual)
                w.height_mean = 0.5 * (w.height_mean + known_.usual_drop);
            else if (!in_a_set && out_.rise_by_pressure)
                w.height_mean = 0.5 * (w.height_mean + anybodys_height);
            w.height_sd = spoiled_height * w.height_mean;
        } else
            out_.drop_expected = {w.height_mean, w.height_sd};
        w.partial = shallow_part;
        if (const auto undone = height_undone(from)) {
            // What went up came down, in two parts.
            w.height_mean = std::max(0.015, rise - undone->first);
            w.height_sd = std::max(0.004, std::hypot(0.05 * out_.rise->height, undone->second));
            w.least_height = 0.004;
            w.partial = 0.0;
            out_.drop_expected.reset();
            out_.sank_after = undone->first;
        }
    }
    if (!out_.rise)
        w.least_evidence = evidence_with_hands;
    if (!out_.rise && known_.usual_drop > 0.0) {
        w.height_mean = known_.usual_drop;
        w.height_sd = 0.25 * known_.usual_drop;
        w.partial = shallow_part;
    }
    if (marks_.one_foot && marks_.returned)
        expect_on_one_foot(w, from, to);
    // What is left of a drop that was for the most part undone shows little: not before the weight has gone over.
    if (out_.sank_after > 0.0)
        w.earliest = std::max(w.earliest, w.expected_from - shift_before_drop);
    expect_unsteady_hands(w, out_.rise_by_pressure);
    if (!out_.hands_unsteady) {
        const MovementWindow before = w;
        const auto expected_before = out_.drop_expected;
        find_rebound(w, from);
        if (rebound_ && rebound_->speed > fastest_rebound) {
            rebound_.reset();
            w = before;
            out_.drop_expected = expected_before;
            out_.sprang_up = 0.0;
            expect_unsteady_hands(w, true);
        }
    }
    if (marks_.one_foot && marks_.returned && !rebound_ && !out_.hands_unsteady)
        if (const auto end = static_cast<std::size_t>(before_return(from, to) - from);
            known_.left_undone() || is_lifted(w, from, end))
            stretch.end_after(end);
    w.log_duration_mean = known_.usual_log_duration;
    w.log_duration_sd = known_.usual_log_duration_sd;
    w.shapes = known_.usual_shapes;
    if (marks_.one_foot || two_feet)
        ask_pressure(stretch, from);
    out_.drop = fit_movement(w);
    if (!out_.hands_unsteady && !rebound_ && !marks_.left_plate && out_.drop && out_.drop->noise > unlike_sway) {
        expect_unsteady_hands(w, true);
        if (out_.hands_unsteady)
            out_.drop = fit_movement(w);
    }
    if (out_.drop && two_feet && rather_rises(w))
        out_.drop.reset();
    if (!out_.drop)
        return;
    look_behind_bob(stretch);
    sharpen_if_quick(w, from);
    out_.drop_window = from;
    expect_hidden(*out_.drop, w);
    const auto with_hands = with_light_hands(w, from);
    if (!out_.hands_unsteady)
        take_off_what_sway_adds(*out_.drop);
    if (out_.light_hands)
        reason(Reason::hand_force_changing);
    const MovementFit& fit = out_.light_hands ? *with_hands : *out_.drop;
    drop_start_ = seconds(from) + fit.start;
    drop_end_ = seconds(from) + fit.end;
    out_.drop_over = drop_end_ < seconds(to) - stands_before_leaving;
    Rep& r = out_.rep;
    r.drop_start = clock(drop_start_);
    r.drop_end = clock(drop_end_);
    r.drop_duration = Seconds{fit.duration};
    const double by_light_hands = with_hands ? 0.5 * (with_hands->duration - out_.drop->duration) : 0.0;
    r.drop_duration_uncertainty =
        Seconds{std::hypot(fit.duration_sd, 0.01 + unlike_any_shape * fit.duration, by_light_hands)};
    // Hands may take their part of the body's acceleration, too, or leave it all to the plate.
    const double carried = std::clamp(1.0 - history_.mean_total(from, to) / known_.reference, 0.0, 0.5);
    const double by_hands = carried > hands_part ? 0.5 * carried : 0.0;
    // As to the depth, people with such hands gain more by their account than others lose.
    r.drop_depth = Metres{(with_hands ? with_hands->height : fit.height) / (1.0 - by_hands)};
    const double perhaps_by_hands =
        with_hands && !out_.light_hands ? 0.5 * (with_hands->height - out_.drop->height) : 0.0;
    r.drop_depth_uncertainty =
        Metres{std::hypot(std::hypot(fit.height_sd, fit.hidden_height_sd), 0.002 + 0.02 * fit.height,
                          std::hypot(by_hands * fit.height, perhaps_by_hands))};
    r.peak_drop_speed = MetresPerSecond{fit.peak_speed};
    if ((out_.hands_unsteady || out_.light_hands) && r.drop_depth->value > beyond_any_drop) {
        r.drop_depth.reset();
        r.drop_depth_uncertainty.reset();
        r.peak_drop_speed.reset();
    }
}

bool Accounting::mostly_unusable(BinIndex from, BinIndex to) const {
    BinIndex unusable = 0;
    for (BinIndex i = from; i < to; ++i)
        unusable += history_[i].bin.usable() ? 0 : 1;
    return unusable > (to - from) / 2;
}

/// What stops a descent pushes up, as what begins the next rise does, of which the stretch may hold no more than that:
/// the likelier of both it was.
bool Accounting::rather_rises(MovementWindow w) {
    const auto and_then = [](std::span<const double> seen, double unknown) {
        std::vector<double> all(seen.begin(), seen.end());
        if (!all.empty())
            all.insert(all.end(), static_cast<std::size_t>(bins_in(rest_of_a_rise)), unknown);
        return all;
    };
    constexpr double unknown = std::numeric_limits<double>::infinity();
    const double seen = static_cast<double>(w.force.size()) * bin_seconds;
    const auto force = and_then(w.force, w.baseline), shift = and_then(w.share_shift, 0.0),
               noise = and_then(w.noise, unknown), unseen = and_then(w.unseen, 0.0),
               pressure = and_then(w.pressure, std::numeric_limits<double>::quiet_NaN());
    w.force = force;
    w.share_shift = shift;
    w.noise = noise;
    w.unseen = unseen;
    w.pressure = pressure;
    const double lowers = log_evidence(w);
    w.direction = +1;
    w.earliest = std::max(w.earliest, seen - most_of_a_rise);  // else it would be over, or seen to go on
    w.partial = 0.0;
    w.log_duration_sd = 0.0;
    w.shapes.reset();
    return log_evidence(w) > lowers;
}

/// As the weight goes over the body bobs by a centimetre or two: clearer than a slow descent, but not what came down.
/// Where the whole way lies behind it, that is the drop.
void Accounting::look_behind_bob(Stretch& stretch) {
    const MovementFit& bob = *out_.drop;
    MovementWindow& w = stretch.window;
    if (!out_.rise || !marks_.one_foot || !marks_.returned || marks_.undone || rebound_ || out_.hands_unsteady ||
        bob.height > bob_part * out_.rise->height || bob.duration > longest_bob ||
        bob.start > w.expected_from + bob_after_shift)
        return;
    const auto over = static_cast<std::size_t>(std::max(0.0, bob.end / bin_seconds)) + 1;
    std::fill_n(stretch.noise.begin(), std::min(over, stretch.noise.size()), std::numeric_limits<double>::infinity());
    auto behind = fit_movement(w);
    // Within the bob only the expectation would speak.
    if (behind && behind->start > bob.end - bob_end_error && behind->height > whole_way * out_.rise->height &&
        behind->evidence > evidence_behind_bob)
        out_.drop = std::move(behind);
}

/// The heel's way is the pressure's way back: as far as it went under the same foot in the rise, where that was seen.
void Accounting::ask_pressure(Stretch& stretch, BinIndex from) const {
    stretch.use_pressure(history_, from, marks_.one_foot);
    if (!out_.rise)
        return;
    const auto forward = pressure_went(marks_.one_foot);
    if (!forward)
        return;
    const double height = std::max(0.03, out_.rise->net_height());
    stretch.window.coupling = *forward / height;
    stretch.window.coupling_sd = std::hypot(rise_wander_mm, 0.25 * *forward) / height;
}

/// The load at rest as the rise shows it.
double Accounting::rise_rest() const {
    double sum = 0.0;
    for (const double newtons : out_.rise->baseline)
        sum += newtons;
    return sum / static_cast<double>(out_.rise->baseline.size());
}

/// One shifts, then lowers, then puts the other foot down: where sway leaves it open, the descent lies in between.
void Accounting::expect_on_one_foot(MovementWindow& w, BinIndex from, BinIndex to) const {
    const double fullest = share_alone((from + to) / 2);
    const double before = share_alone(from);
    for (BinIndex i = from; i < to; ++i) {
        if (share_alone(i) < before + 0.5 * (fullest - before))
            continue;
        w.expected_from = seconds(i - from);
        break;
    }
    for (BinIndex i = to - 1; i > from; --i) {
        if (share_alone(i) < 0.9 * fullest)
            continue;
        w.expected_to = seconds(i - from);
        break;
    }
}

/// The rise ends in a tail below 10 % of its speed. What the fit knows of it is taken out; what it does not is
/// allowed for as noise that fades with it, lest a quiet stance's small sway makes it look like a descent.
void Accounting::take_out_rise(Stretch& stretch, BinIndex from) {
    const double misfit = 0.3 * known_.mass() * out_.rise->peak_speed / std::max(0.2, out_.rise->duration);
    for (std::size_t k = 0; k < stretch.force.size(); ++k) {
        const auto in_rise = from - out_.rise_window + static_cast<BinIndex>(k);
        if (in_rise < static_cast<BinIndex>(out_.rise->acceleration.size()))
            stretch.force[k] -= known_.mass() * out_.rise->acceleration[static_cast<std::size_t>(in_rise)];
        stretch.noise[k] += misfit * std::exp(-(static_cast<double>(k) + 0.5) * bin_seconds / 0.15);
    }
}

}  // namespace heeldrop::motion
