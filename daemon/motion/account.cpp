#include "daemon/motion/account.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heeldrop::motion {
namespace {

/// 2 x log likelihood ratio of a movement that nobody expected.
constexpr double clear_evidence = 40.0;
/// One descent in so many takes back only a part of its rise, before looking.
constexpr double shallow_part = 0.1;

// A rebound: the body goes up at more than this, m/s, within a moment and not out of a fall; sway never does.
constexpr double rebound_speed = 0.1, rebound_after_fall = 0.15, longest_rebound = 1.6;
/// It is over when the body has sunk back by most of what it went up and stands, seconds.
constexpr double sunk_back = 0.5, calm_speed = 0.035, calm_seconds = 0.16;

/// What a duration is off by because nobody moves quite as any of the shapes does, of itself. Without it two standard
/// uncertainties cover nine errors in ten on simulated people of unlike manners, with it nineteen in twenty.
constexpr double unlike_any_shape = 0.04;

/// Of the load, within one rise.
constexpr double most_shift_in_rise = 0.3;

/// The load at rest before a rise and on one foot after it differ by more only where hands took or gave some; while
/// they do, the load says nothing of the body.
constexpr double hands_part = 0.025, hands_take_seconds = 0.4;

/// Below this, and above this speed, a drop's force is far above sway.
constexpr double quick_seconds = 1.3, quick_speed = 0.09;

/// Walks whole and partial bins of [from, to) seconds from bin 0 with their widths.
template <class F>
void over_bins(const History& history, double from, double to, F&& f) {
    const auto first = static_cast<BinIndex>(std::floor(from / bin_seconds));
    const auto last = static_cast<BinIndex>(std::ceil(to / bin_seconds));
    for (BinIndex i = std::max(first, history.begin()); i < std::min(last, history.end()); ++i) {
        const double begin = std::max(from, static_cast<double>(i) * bin_seconds);
        const double end = std::min(to, static_cast<double>(i + 1) * bin_seconds);
        if (end > begin)
            f(history[i].bin, end - begin);
    }
}

/// The time at which the share's rise towards the working leg passes `level`, between bins; searched backwards from
/// `last` so that an earlier push the other way is passed over. None if it was above all the way to `first`.
std::optional<double> last_crossing_up(const History& history, BinIndex first, BinIndex last, Side side, double level) {
    const auto share = [&](BinIndex i) {
        const double s = left_share(history[i].bin);
        return side == Side::left ? s : 1.0 - s;
    };
    for (BinIndex i = last; i > first; --i) {
        const double before = share(i - 1), after = share(i);
        if (before < level && after >= level)
            return (static_cast<double>(i) - 0.5 + (level - before) / (after - before)) * bin_seconds;
    }
    return std::nullopt;
}

std::optional<double> first_crossing_up(const History& history, BinIndex first, BinIndex last, Side side,
                                        double level) {
    const auto share = [&](BinIndex i) {
        const double s = left_share(history[i].bin);
        return side == Side::left ? s : 1.0 - s;
    };
    for (BinIndex i = first + 1; i <= last; ++i) {
        const double before = share(i - 1), after = share(i);
        if (before < level && after >= level)
            return (static_cast<double>(i) - 0.5 + (level - before) / (after - before)) * bin_seconds;
    }
    return std::nullopt;
}

class Accounting {
 public:
    Accounting(const History& history, double origin, const RepMarks& marks, const Knowledge& known,
               const Criteria& criteria)
        : history_(history), origin_(origin), marks_(marks), known_(known), criteria_(criteria) {}

    Account run() {
        if (marks_.has_rise && marks_.look_for_rise_from && hands_between(marks_.rise_from - bins_in(0.5)))
            marks_.has_rise = false;  // taken for one, or at least spoilt
        if (marks_.has_rise)
            fit_rise();
        else if (marks_.look_for_rise_from)
            find_rise();
        fit_drop();
        if (!out_.drop)
            return std::move(out_);
        which_leg();
        forces();
        transfer_and_return();
        bounce();
        hands();
        what_was_missing();
        return std::move(out_);
    }

 private:
    Seconds clock(double from_bin_zero) const { return Seconds{origin_ + from_bin_zero}; }
    double seconds(BinIndex i) const { return static_cast<double>(i) * bin_seconds; }
    double rest_at(BinIndex i) const { return history_[std::clamp(i, history_.begin(), history_.end() - 1)].rest; }
    void reason(Reason r) { out_.rep.reasons.push_back(r); }

    /// Whoever stood on one foot and lowered had risen before, seen or not. The nearest that is wholly in sight: what
    /// lies further back may be hands that took load, or another movement.
    void find_rise() {
        for (const double before : {1.5, 2.2, 2.9, 3.6, 4.3, 5.0, 5.7, 6.4, 7.0}) {
            const BinIndex from =
                history_.clamp(std::max(*marks_.look_for_rise_from, marks_.alone_from - bins_in(before)));
            if (find_rise_from(from) || from == history_.clamp(*marks_.look_for_rise_from))
                return;
        }
    }

    struct HandsChange {
        BinIndex at;
        double by;  ///< newtons
    };

    /// Hands that took load, or gave some, between `from` and the lifting of the foot.
    std::optional<HandsChange> hands_between(BinIndex from) const {
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
        return HandsChange{at, after - before};
    }

    /// As if the hands had carried all along what they carry after; what happened meanwhile is left out.
    static void take_out(const HandsChange& hands, Stretch& stretch, BinIndex from) {
        for (std::size_t k = 0; k < stretch.force.size(); ++k) {
            const BinIndex at = from + static_cast<BinIndex>(k);
            if (at < hands.at)
                stretch.force[k] += hands.by;
            if (std::abs(at - hands.at) < bins_in(hands_take_seconds))
                stretch.noise[k] = std::numeric_limits<double>::infinity();
        }
    }

    bool find_rise_from(BinIndex from) {
        const BinIndex to = history_.clamp(marks_.end);
        if (to - from < bins_in(1.0))
            return false;
        hands_ = hands_between(from);
        const double share = left_share_over(history_, seconds(from), seconds(from + bins_in(0.3))).value_or(0.5);
        Stretch stretch(history_, from, to, share, known_);
        MovementWindow& w = stretch.window;
        w.stance = Stance::one_leg;
        w.direction = +1;
        w.baseline = history_.mean_total(from, from + bins_in(0.3));
        w.baseline_sd = 0.006 * known_.system_weight;
        if (hands_) {
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
        if (!rise || rise->evidence < clear_evidence || rise->height < 0.025 || rise->height > 0.22 ||
            rise->start < 0.1 || rise->end > seconds(to - from) - 0.4)
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
        fit_rise();
        return out_.rise.has_value();
    }

    void fit_rise() {
        const BinIndex from = history_.clamp(std::max(marks_.floor, marks_.rise_from - bins_in(0.8)));
        const BinIndex to = history_.clamp(std::min(marks_.end, marks_.rise_to + bins_in(0.2)));
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
        if (w.stance == Stance::two_legs && !hands_)
            out_.rise = integrate_movement(w);
        if (!out_.rise)
            out_.rise = fit_movement(w);
        if (!out_.rise)
            return;
        out_.rise_window = from;
        rise_start_ = seconds(from) + out_.rise->start;
        rise_end_ = seconds(from) + out_.rise->end;
        Rep& r = out_.rep;
        r.rise_start = clock(*rise_start_);
        r.rise_end = clock(*rise_end_);
        r.rise_duration = Seconds{out_.rise->duration};
    }

    void fit_drop() {
        BinIndex from = marks_.top;
        // The rise's own tail does not belong to the descent's stretch.
        if (rise_end_)
            from = std::max(from, static_cast<BinIndex>(*rise_end_ / bin_seconds) + 1);
        const bool two_feet = marks_.descent_from && !marks_.one_foot;
        if (two_feet)
            from = std::max(from, *marks_.descent_from - bins_in(1.2));  // it is seen late
        from = history_.clamp(std::min(from, marks_.end - bins_in(0.4)));
        const BinIndex to = history_.clamp(marks_.end + (marks_.left_plate ? 0 : 1));
        const double share =
            left_share_over(history_, seconds(std::max(marks_.floor, from - bins_in(0.6))), seconds(from + 2))
                .value_or(0.5);
        Stretch stretch(history_, from, to, share, known_);
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
        if (out_.rise) {
            w.height_mean = std::clamp(out_.rise->height, 0.03, 0.2);
            w.height_sd = std::max(0.006, 0.1 * w.height_mean);
            w.partial = shallow_part;
            if (const auto undone = height_undone()) {
                // What went up came down, in two parts.
                w.height_mean = std::max(0.015, w.height_mean - undone->first);
                w.height_sd = std::max(0.004, std::hypot(0.05 * out_.rise->height, undone->second));
                w.least_height = 0.004;
                w.partial = 0.0;
            }
        }
        if (!out_.rise && known_.usual_drop > 0.0) {
            w.height_mean = known_.usual_drop;
            w.height_sd = 0.25 * known_.usual_drop;
            w.partial = shallow_part;
        }
        if (marks_.one_foot && marks_.returned)
            expect_on_one_foot(w, from, to);
        find_rebound(w, from);
        out_.drop = fit_movement(w);
        if (!out_.drop)
            return;
        sharpen_if_quick(w);
        out_.drop_window = from;
        const MovementFit& fit = *out_.drop;
        drop_start_ = seconds(from) + fit.start;
        drop_end_ = seconds(from) + fit.end;
        out_.drop_over = drop_end_ < seconds(to) + 0.05;
        Rep& r = out_.rep;
        r.drop_start = clock(drop_start_);
        r.drop_end = clock(drop_end_);
        r.drop_duration = Seconds{fit.duration};
        r.drop_duration_uncertainty = Seconds{std::hypot(fit.duration_sd, 0.01 + unlike_any_shape * fit.duration)};
        // Hands may take their part of the body's acceleration, too, or leave it all to the plate.
        const double carried = std::clamp(1.0 - history_.mean_total(from, to) / known_.reference, 0.0, 0.5);
        const double by_hands = carried > hands_part ? 0.5 * carried : 0.0;
        r.drop_depth = Metres{fit.height / (1.0 - by_hands)};
        r.drop_depth_uncertainty = Metres{std::hypot(fit.height_sd, 0.002 + 0.02 * fit.height, by_hands * fit.height)};
        r.peak_drop_speed = MetresPerSecond{fit.peak_speed};
    }

    /// A quick rebound at the end of a slow descent outweighs it in force: it is measured by itself, from where the
    /// body turns, and its bins say nothing of the descent.
    void find_rebound(MovementWindow& w, BinIndex from) {
        const auto n = w.force.size();
        if (!marks_.one_foot || n < 50)
            return;
        noise_without_rebound_.assign(w.noise.begin(), w.noise.end());
        // Speed, forgetting over half a second what came before.
        std::vector<double> speed(n + 1, 0.0);
        for (std::size_t k = 0; k < n; ++k) {
            const double force = std::isfinite(w.noise[k]) ? w.force[k] - w.baseline - w.gain * w.share_shift[k] : 0.0;
            speed[k + 1] = speed[k] * (1.0 - bin_seconds / 0.5) + force / w.mass * bin_seconds;
        }
        const auto alone_from = static_cast<std::size_t>(
            std::clamp<BinIndex>(marks_.alone_from + bins_in(0.2) - from, 0, static_cast<BinIndex>(n)));
        for (std::size_t k = alone_from; k < n; ++k) {
            if (speed[k] < rebound_speed)
                continue;
            std::size_t turn = k;
            while (turn > 0 && speed[turn] > 0.01)
                --turn;
            std::size_t over = turn;
            BinIndex calm = 0;
            double up = 0.0, height = 0.0, fastest = 0.0, highest = 0.0;
            while (over < n && (over <= k || calm < bins_in(calm_seconds)) &&
                   over < turn + static_cast<std::size_t>(bins_in(longest_rebound))) {
                up += (w.force[over] - w.baseline - w.gain * w.share_shift[over]) / w.mass * bin_seconds;
                height += up * bin_seconds;
                fastest = std::max(fastest, up);
                highest = std::max(highest, height);
                calm = std::abs(up) < calm_speed && height < (1.0 - sunk_back) * highest ? calm + 1 : 0;
                ++over;
            }
            const std::size_t before = turn > 30 ? turn - 30 : 0;
            const double fall = -*std::min_element(speed.begin() + static_cast<std::ptrdiff_t>(before),
                                                   speed.begin() + static_cast<std::ptrdiff_t>(turn) + 1);
            if (fall > rebound_after_fall) {
                k = std::max(k, over);
                continue;
            }
            rebound_ = Rebound{seconds(from + static_cast<BinIndex>(turn)), fastest};
            for (std::size_t j = turn > 3 ? turn - 3 : 0; j < std::min(n, over + 3); ++j)
                noise_without_rebound_[j] = std::numeric_limits<double>::infinity();
            w.noise = noise_without_rebound_;
            // What rebounds has come down until then.
            w.expected_to = seconds(static_cast<BinIndex>(turn));
            w.ends_there = true;
            return;
        }
    }

    /// The load at rest as the rise shows it.
    double rise_rest() const {
        double sum = 0.0;
        for (const double newtons : out_.rise->baseline)
            sum += newtons;
        return sum / static_cast<double>(out_.rise->baseline.size());
    }

    /// Metres sunk on two feet after the return, and their standard uncertainty.
    std::optional<std::pair<double, double>> height_undone() const {
        if (!marks_.undone)
            return std::nullopt;
        const BinIndex from = history_.clamp(marks_.undone->first), to = history_.clamp(marks_.undone->second);
        const double share = left_share_over(history_, seconds(to - bins_in(0.3)), seconds(to)).value_or(0.5);
        Stretch stretch(history_, from, to, share, known_);
        MovementWindow& w = stretch.window;
        w.stance = Stance::two_legs;
        w.direction = -1;
        w.baseline = history_.mean_total(to - bins_in(0.3), to);
        w.baseline_sd = 0.003 * known_.system_weight;
        w.height_mean = 0.6 * out_.rise->height;
        w.height_sd = 0.3 * out_.rise->height;
        w.least_height = 0.008;
        const auto sunk = fit_movement(w);
        if (!sunk || sunk->evidence < clear_evidence)
            return std::nullopt;
        return std::pair{sunk->height, std::hypot(sunk->height_sd, 0.003)};
    }

    /// One shifts, then lowers, then puts the other foot down: where sway leaves it open, the descent lies in between.
    void expect_on_one_foot(MovementWindow& w, BinIndex from, BinIndex to) const {
        const auto share = [&](BinIndex i) {
            return *marks_.one_foot == Side::left ? left_share(history_[i].bin) : 1.0 - left_share(history_[i].bin);
        };
        const double fullest = share((from + to) / 2);
        const double before = share(from);
        for (BinIndex i = from; i < to; ++i) {
            if (share(i) < before + 0.5 * (fullest - before))
                continue;
            w.expected_from = seconds(i - from);
            break;
        }
        for (BinIndex i = to - 1; i > from; --i) {
            if (share(i) < 0.9 * fullest)
                continue;
            w.expected_to = seconds(i - from);
            break;
        }
    }

    /// A quick drop stands far above sway: plain integration between the still moments around it asks nothing of its
    /// shape and is the better account. Its own edges tell in turn where those moments lie.
    void sharpen_if_quick(const MovementWindow& w) {
        if (out_.drop->duration > quick_seconds || out_.drop->peak_speed < quick_speed)
            return;
        for (int pass = 0; pass < 3; ++pass) {
            const MovementFit& rough = *out_.drop;
            const auto n = static_cast<BinIndex>(w.force.size());
            const auto from = std::clamp<BinIndex>(static_cast<BinIndex>((rough.start - 0.5) / bin_seconds), 0, n);
            const auto to = std::clamp<BinIndex>(static_cast<BinIndex>((rough.end + 0.5) / bin_seconds), from, n);
            MovementWindow around = w;
            around.force = w.force.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
            around.share_shift =
                w.share_shift.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
            around.least_height = 0.5 * rough.height;
            around.hesitation = 0.1;  // on one leg a longer one joins a twitch to the fall
            auto sharp = integrate_movement(around);
            if (!sharp || sharp->duration > 2.0 * quick_seconds)
                return;
            sharp->start += seconds(from);
            sharp->end += seconds(from);
            sharp->gain = rough.gain;
            sharp->gain_sd = rough.gain_sd;
            sharp->evidence = rough.evidence;
            // Laid out over the whole window again, for whoever reads it bin by bin.
            std::vector<double> acceleration(w.force.size(), 0.0), baseline = rough.baseline;
            std::copy(sharp->acceleration.begin(), sharp->acceleration.end(), acceleration.begin() + from);
            std::copy(sharp->baseline.begin(), sharp->baseline.end(), baseline.begin() + from);
            sharp->acceleration = std::move(acceleration);
            sharp->baseline = std::move(baseline);
            out_.drop = std::move(sharp);
        }
    }

    /// The rise ends in a tail below 10 % of its speed. What the fit knows of it is taken out; what it does not is
    /// allowed for as noise that fades with it, lest a quiet stance's small sway makes it look like a descent.
    void take_out_rise(Stretch& stretch, BinIndex from) {
        const double misfit = 0.3 * known_.mass() * out_.rise->peak_speed / std::max(0.2, out_.rise->duration);
        for (std::size_t k = 0; k < stretch.force.size(); ++k) {
            const auto in_rise = from - out_.rise_window + static_cast<BinIndex>(k);
            if (in_rise < static_cast<BinIndex>(out_.rise->acceleration.size()))
                stretch.force[k] -= known_.mass() * out_.rise->acceleration[static_cast<std::size_t>(in_rise)];
            stretch.noise[k] += misfit * std::exp(-(static_cast<double>(k) + 0.5) * bin_seconds / 0.15);
        }
    }

    void which_leg() {
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

    void forces() {
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

    void transfer_and_return() {
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
                const BinIndex by =
                    std::min(last, static_cast<BinIndex>(0.5 * (drop_start_ + drop_end_) / bin_seconds));
                const auto middle =
                    last_crossing_up(history_, history_.clamp(first), by, working_, before + 0.5 * change);
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
    void bounce() {
        const MovementFit& fit = *out_.drop;
        const auto bottom = static_cast<BinIndex>(drop_end_ / bin_seconds);
        const BinIndex until =
            std::min(history_.clamp(bottom + bins_in(criteria_.bounce_window.value)), history_.clamp(marks_.end));
        if (rebound_) {
            if (rebound_->at < drop_end_ + criteria_.bounce_window.value)
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

    /// Load missing on both pads together, with the movements' own acceleration taken out.
    void hands() {
        const BinIndex from = rise_start_ ? static_cast<BinIndex>(*rise_start_ / bin_seconds) : marks_.top;
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
        if (out_.drop->duration < 1.0)
            return;  // a fall's own force is too large to take out to a few percent
        const auto width = static_cast<std::size_t>(bins_in(0.5));
        double sum = 0.0;
        for (std::size_t k = 0; k < still.size(); ++k) {
            sum += still[k];
            if (k >= width)
                sum -= still[k - width];
            const double t = seconds(history_.clamp(from) + static_cast<BinIndex>(k));
            if (rebound_ && t > rebound_->at - 0.1)
                break;  // its own force says nothing of hands
            if (k + 1 >= width)
                out_.least_load = std::min(out_.least_load, sum / static_cast<double>(width) / known_.reference);
        }
    }

    void what_was_missing() {
        if (!marks_.has_rise)
            reason(Reason::no_rise);
        bool gap = false, saturated = false;
        const BinIndex from = rise_start_ ? static_cast<BinIndex>(*rise_start_ / bin_seconds) : marks_.top;
        for (BinIndex i = history_.clamp(from); i < history_.clamp(marks_.end); ++i) {
            gap |= history_[i].bin.gap;
            saturated |= history_[i].bin.saturated;
        }
        if (gap)
            reason(Reason::gap);
        if (saturated)
            reason(Reason::saturated);
    }

    const History& history_;
    double origin_;
    RepMarks marks_;
    const Knowledge& known_;
    const Criteria& criteria_;
    Account out_;
    struct Rebound {
        double at, speed;  ///< seconds from bin 0, m/s up
    };
    std::optional<Rebound> rebound_;
    std::optional<HandsChange> hands_;
    std::vector<double> noise_without_rebound_;
    Side working_ = Side::left;
    std::optional<double> rise_start_, rise_end_;  // seconds from bin 0
    double drop_start_ = 0.0, drop_end_ = 0.0;
};

}  // namespace

std::optional<double> left_share_over(const History& history, double from, double to) {
    double left = 0.0, both = 0.0;
    over_bins(history, from, to, [&](const Bin& b, double width) {
        left += b.left * width;
        both += b.total() * width;
    });
    if (both <= 0.0)
        return std::nullopt;
    // An empty pad's drift may read a little below nothing; a share is a part all the same.
    return std::clamp(left / both, 0.0, 1.0);
}

Account account_for(const History& history, double origin, const RepMarks& marks, const Knowledge& known,
                    const Criteria& criteria) {
    return Accounting(history, origin, marks, known, criteria).run();
}

}  // namespace heeldrop::motion
