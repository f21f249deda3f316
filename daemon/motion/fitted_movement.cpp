// A movement by the likelihood of every start, end and shape; see movement.hpp. README.md derives it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "daemon/motion/likelihood.hpp"

namespace heeldrop::motion {
namespace {

constexpr std::size_t coarse_group = 6, fine_group = 2;  // grid bins: 0.12 s hold all of a slow movement
constexpr std::size_t most_groups = 128;
/// What a log likelihood is worth: nobody moves quite as any of the shapes does, and under a model that is wrong the
/// plain one is too sure of itself (Grunwald and van Ommen 2017). Below 0.6 errors grow.
constexpr double worth = 0.8;
/// Above this a movement's force is no longer far above sway, and coarse bins hold it.
constexpr double slow_seconds = 1.2;
/// One person in so many lowers in hitches, before looking.
constexpr double hitched_part = 0.2;
/// Seconds between the starts, and the ends, of hitched movements at first.
constexpr double hitched_step = 0.3;
/// Below this length nobody hesitates on the way.
constexpr double shortest_hitched = 0.9;
/// Less probable shapes are not asked again.
constexpr double no_such_shape = 5e-3;
/// Profiles whose flanks leave room for hitches.
constexpr std::array<std::size_t, 2> hitched_profiles{1, 4};

/// Weighted mean and spread of a quantity over the candidates.
struct Moments {
    double sum = 0.0, squares = 0.0;
    void add(double w, double value, double variance = 0.0) {
        sum += w * value;
        squares += w * (value * value + variance);
    }
    double mean(double weight) const { return sum / weight; }
    double sd(double weight) const { return std::sqrt(std::max(0.0, squares / weight - mean(weight) * mean(weight))); }
    void absorb(const Moments& other, double factor) {
        sum += factor * other.sum;
        squares += factor * other.squares;
    }
};

/// All candidates, each weighed by its likelihood and by the room it stands for.
class Posterior {
 public:
    void add(double log_weight, std::size_t profile, double start, double end, double height, double height_var,
             double peak, double gain, double gain_var) {
        if (!(log_weight > least()))
            return;
        if (log_weight > reference_ + 30.0 || weight_ == 0.0)
            rescale(log_weight);
        const double w = std::exp(log_weight - reference_);
        weight_ += w;
        shapes_[profile] += w;
        start_.add(w, start);
        end_.add(w, end);
        duration_.add(w, end - start);
        height_.add(w, height, height_var);
        peak_.add(w, peak);
        gain_.add(w, gain, gain_var);
    }
    void absorb(const Posterior& other) {
        if (other.empty())
            return;
        if (empty() || other.reference_ > reference_)
            rescale(other.reference_);
        const double factor = std::exp(other.reference_ - reference_);
        weight_ += factor * other.weight_;
        start_.absorb(other.start_, factor);
        end_.absorb(other.end_, factor);
        duration_.absorb(other.duration_, factor);
        height_.absorb(other.height_, factor);
        peak_.absorb(other.peak_, factor);
        gain_.absorb(other.gain_, factor);
    }
    /// The log of a weight below which none counts.
    double least() const { return reference_ - 30.0; }
    bool empty() const { return !(weight_ > 0.0); }
    double log_weight() const {
        return empty() ? -std::numeric_limits<double>::infinity() : reference_ + std::log(weight_);
    }
    double start() const { return start_.mean(weight_); }
    double end() const { return end_.mean(weight_); }
    double start_sd() const { return start_.sd(weight_); }
    double end_sd() const { return end_.sd(weight_); }
    double duration() const { return duration_.mean(weight_); }
    ShapeWeights shapes() const {
        ShapeWeights each = shapes_;
        for (double& w : each)
            w /= weight_;
        return each;
    }

    MovementFit fit() const {
        MovementFit fit;
        fit.start = start();
        fit.end = end();
        fit.start_sd = start_sd();
        fit.end_sd = end_sd();
        fit.duration = duration();
        fit.duration_sd = duration_.sd(weight_);
        fit.height = height_.mean(weight_);
        fit.height_sd = height_.sd(weight_);
        fit.peak_speed = peak_.mean(weight_);
        fit.gain = gain_.mean(weight_);
        fit.gain_sd = gain_.sd(weight_);
        return fit;
    }

 private:
    void rescale(double reference) {
        const double factor = empty() ? 0.0 : std::exp(reference_ - reference);
        weight_ *= factor;
        for (double& w : shapes_)
            w *= factor;
        for (Moments* m : {&start_, &end_, &duration_, &height_, &peak_, &gain_}) {
            m->sum *= factor;
            m->squares *= factor;
        }
        reference_ = reference;
    }

    double reference_ = -std::numeric_limits<double>::infinity();
    double weight_ = 0.0;
    ShapeWeights shapes_{};
    Moments start_, end_, duration_, height_, peak_, gain_;
};

/// Most of it, so that the stretch can say something of it.
bool lies_within(const Likelihood& like, const Candidate& c) {
    return c.start > like.begin() - 0.2 * c.duration && c.end() < like.end() + 0.2 * c.duration;
}

/// How much of all that is expected a candidate stands for, that the whole height is gone or a part.
struct Expected {
    double log_whole, log_part;
    /// `room`: how much of start and duration. Durations of any order of magnitude are equally expected.
    Expected(const MovementWindow& w, double room, double duration)
        : log_whole(std::log(room / duration * (1.0 - w.partial))), log_part(std::log(room / duration * w.partial)) {}
};

struct Found {
    Posterior posterior;
    Candidate best;
    Likelihood::Height height{};  ///< of the best
    double log_best = -std::numeric_limits<double>::infinity();

    void weigh(const Likelihood& like, const MovementWindow& w, const Candidate& c, double room) {
        if (lies_within(like, c))
            weigh(like, w, c, Expected(w, room, c.duration));
    }
    void weigh(const Likelihood& like, const MovementWindow& w, const Candidate& c, const Expected& expected) {
        weigh_as(like, Likelihood::Height::whole, c, expected.log_whole);
        if (w.partial > 0.0)
            weigh_as(like, Likelihood::Height::part, c, expected.log_part);
    }

    void weigh_as(const Likelihood& like, Likelihood::Height as, const Candidate& c, double log_expected) {
        const double least = std::min(log_best, (posterior.least() - log_expected) / worth);
        const Explanation e = like.explain(c, as, least);
        if (!std::isfinite(e.log_likelihood))
            return;
        const double log_weight = worth * e.log_likelihood + log_expected;
        const SpeedProfile& profile = speed_profiles()[c.profile];
        posterior.add(log_weight, c.profile, c.start, c.end(), e.height, e.height_var,
                      e.height * profile.peak() * profile.width() / c.duration, e.nuisance(1), e.gain_var);
        if (e.log_likelihood > log_best) {
            log_best = e.log_likelihood;
            best = c;
            height = as;
        }
    }
};

std::vector<double> net(double centre, double step, int half) {
    std::vector<double> out;
    for (int i = -half; i <= half; ++i)
        out.push_back(centre + i * step);
    return out;
}

/// Everywhere in the stretch, at every length, in a few shapes.
Found scan(Likelihood& like, const MovementWindow& w) {
    struct Weighed {
        Candidate candidate;
        Expected expected;
    };
    std::vector<Weighed> all;
    constexpr double longer = 1.22;
    const double room_end = like.end() + 0.3;  // and within 20 % of its length
    for (double duration = std::max(w.shortest, 0.2); duration <= std::min(w.longest, room_end - like.begin());
         duration *= longer) {
        const double step = std::max(0.8 * like.bin(), duration / 7.0);
        const std::size_t profiles = duration < 4.0 * like.bin() ? 1 : rough_profiles;
        const Expected each(w, step * duration * (longer - 1.0) / static_cast<double>(profiles), duration);
        for (double start = std::max(w.earliest, like.begin() - 0.2 * duration); start + duration < room_end;
             start += step)
            for (std::size_t p = 0; p < profiles; ++p)
                if (Candidate c = like.candidate(start, duration, p); lies_within(like, c))
                    all.push_back({std::move(c), each});
    }
    Found found;
    for (int pass = 0; pass < 3; ++pass) {
        found = {};
        for (const Weighed& each : all)
            found.weigh(like, w, each.candidate, each.expected);
        if (found.posterior.empty())
            return found;
        if (pass < 2)
            like.set_scale(like.scale_of(found.best, found.height));
    }
    return found;
}

/// A close look at where the movement was found: nets of three standard deviations to each side, in every shape.
Found refine(Likelihood& like, const MovementWindow& w, double start, double end, double start_step, double end_step,
             int passes) {
    Found found;
    ShapeWeights likely;
    likely.fill(1.0);
    if (w.shapes)
        likely = *w.shapes;
    const double all = std::accumulate(likely.begin(), likely.end(), 0.0);
    for (int pass = 0; pass < passes; ++pass) {
        found = {};
        for (int i = -4; i <= 4; ++i)
            for (int j = -4; j <= 4; ++j) {
                // At first every second one, as on a chessboard.
                if (pass == 0 && (i + j) % 2 != 0)
                    continue;
                const double from = start + i * start_step, to = end + j * end_step;
                if (from < w.earliest || to - from < w.shortest || to - from > w.longest)
                    continue;
                for (std::size_t p = 0; p < shapes; ++p)
                    if (likely[p] > 0.0)
                        found.weigh(like, w, like.candidate(from, to - from, p),
                                    start_step * end_step * likely[p] / all);
            }
        if (found.posterior.empty())
            return found;
        // A shape that says nothing now will not in the next pass.
        for (std::size_t p = 0; p < shapes; ++p)
            if (found.posterior.shapes()[p] < no_such_shape)
                likely[p] = 0.0;
        like.set_scale(like.scale_of(found.best, found.height));
        start = found.posterior.start();
        end = found.posterior.end();
        const double most = 0.2 * (end - start), least = 0.2 * like.bin();
        start_step = std::clamp(0.75 * found.posterior.start_sd(), least, std::max(least, most));
        end_step = std::clamp(0.75 * found.posterior.end_sd(), least, std::max(least, most));
    }
    return found;
}

struct FoundHitched {
    Posterior posterior;
    HitchedExplanation best;
    double scale = 1.0;

    FoundHitched() { best.log_likelihood = -std::numeric_limits<double>::infinity(); }
    void weigh(Likelihood& like, const Candidate& c, double room) {
        if (!lies_within(like, c))
            return;
        const double log_expected = std::log(room / c.duration);
        const double least = std::min(best.log_likelihood, (posterior.least() - log_expected) / worth);
        const HitchedExplanation e = like.explain_hitched(c, least);
        if (!std::isfinite(e.log_likelihood))
            return;
        posterior.add(worth * e.log_likelihood + log_expected, c.profile, e.start, e.end, e.height, e.height_var,
                      e.peak_speed, e.nuisance(1), e.gain_var);
        if (e.log_likelihood > best.log_likelihood)
            best = e;
    }
};

/// Hitched movements of all these starts and ends; `room`: how much of both each stands for.
FoundHitched over(Likelihood& like, const MovementWindow& w, const std::vector<double>& starts,
                  const std::vector<double>& ends, double room, std::span<const std::size_t> profiles) {
    FoundHitched found;
    for (const double a : starts)
        for (const double b : ends)
            if (a >= w.earliest && b - a > shortest_hitched && b - a < w.longest)
                for (const std::size_t p : profiles)
                    found.weigh(like, like.candidate(a, b - a, p), room / static_cast<double>(profiles.size()));
    return found;
}

/// A close look at where hitches were found; none where it finds none.
std::optional<FoundHitched> refine(Likelihood& like, const MovementWindow& w, FoundHitched found, double most_step) {
    for (int pass = 0; pass < 2; ++pass) {
        const Posterior at = found.posterior;
        const double start_step = std::clamp(1.3 * at.start_sd(), 0.05, most_step);
        const double end_step = std::clamp(1.3 * at.end_sd(), 0.05, most_step);
        found = over(like, w, net(at.start(), start_step, 2), net(at.end(), end_step, 2), start_step * end_step,
                     hitched_profiles);
        if (found.posterior.empty())
            return std::nullopt;
        like.set_scale(like.scale_of(found.best));
    }
    found.scale = like.scale();
    return found;
}

/// The same where the body hesitates and hurries on its way. Costs more, so only where a first look finds it likely.
std::optional<FoundHitched> look_for_hitches(Likelihood& like, const MovementWindow& w, const Found& smooth) {
    const double first = std::max({w.earliest, like.begin(), w.expected_from - 0.5});
    const double last = std::min(like.end(), w.expected_to + 0.5);
    if (last - first < shortest_hitched)
        return std::nullopt;
    const double smooth_scale = like.scale();
    // A part of the way may be one hitch of the whole: then it is always asked.
    const bool part = smooth.height == Likelihood::Height::part;
    const double asked = part ? -std::numeric_limits<double>::infinity() : smooth.log_best - 4.0;
    FoundHitched glance;
    for (const double scale : {1.0, smooth_scale}) {
        like.set_scale(scale);
        for (const auto& [from, to] : {std::pair{smooth.best.start, smooth.best.end()},
                                       std::pair{std::max(first, w.expected_from), std::min(last, w.expected_to)},
                                       std::pair{first + 0.1 * (last - first), last - 0.1 * (last - first)},
                                       std::pair{first + 0.3 * (last - first), last - 0.05 * (last - first)},
                                       std::pair{first + 0.05 * (last - first), last - 0.3 * (last - first)}})
            if (to - from > shortest_hitched)
                glance.weigh(like, like.candidate(from, to - from, hitched_profiles[0]), 1.0);
    }
    std::optional<FoundHitched> found;
    if (glance.best.log_likelihood > asked) {
        like.set_scale(like.scale_of(glance.best));
        const double step = std::max(hitched_step, (last - first) / 14.0);
        std::vector<double> starts, ends;
        for (double t = first; t < last; t += step) {
            starts.push_back(t);
            ends.push_back(t + step);
        }
        // At first in one shape.
        FoundHitched rough = over(like, w, starts, ends, step * step, std::span(hitched_profiles).first(1));
        if (!rough.posterior.empty()) {
            like.set_scale(like.scale_of(rough.best));
            found = refine(like, w, std::move(rough), step);
        }
    }
    like.set_scale(smooth_scale);
    return found;
}

/// Speed, acceleration and baseline of the likeliest movement, laid out over the window's own bins.
void lay_out(MovementFit& fit, const MovementWindow& w, const Likelihood& like, const Eigen::Vector3d& nuisance,
             const auto& speed) {
    const double middle = 0.5 * (like.begin() + like.end());
    for (std::size_t k = 0; k < w.force.size(); ++k) {
        const double t = static_cast<double>(k) * bin_seconds;
        fit.speed.push_back(speed(t));
        fit.acceleration.push_back(w.direction * (speed(t + bin_seconds) - speed(t)) / bin_seconds);
        fit.baseline.push_back(w.baseline + nuisance(0) + nuisance(1) * w.share_shift[k] +
                               nuisance(2) * (t + 0.5 * bin_seconds - middle));
    }
}

MovementFit result(const MovementWindow& w, Likelihood& like, const Found& smooth,
                   const std::optional<FoundHitched>& hitched) {
    Posterior both = smooth.posterior;
    double hitches = 0.0;
    if (hitched) {
        const double odds =
            hitched_part / (1.0 - hitched_part) *
            std::exp(std::clamp(hitched->posterior.log_weight() - smooth.posterior.log_weight(), -50.0, 50.0));
        hitches = odds / (1.0 + odds);
        both = {};
        if (hitches < 0.999)
            both.absorb(smooth.posterior);
        if (hitches > 0.001)
            both.absorb(hitched->posterior);
    }
    MovementFit fit = both.fit();
    fit.hitches = hitches;
    fit.shapes = smooth.posterior.shapes();
    for (double& probability : fit.shapes)
        probability *= 1.0 - hitches;
    fit.noise = hitches > 0.5 ? hitched->scale : like.scale();
    if (hitches > 0.5) {
        const HitchedExplanation& e = hitched->best;
        like.set_scale(hitched->scale);
        fit.evidence = 2.0 * (e.log_likelihood - like.at_rest());
        lay_out(fit, w, like, e.nuisance, [&](double t) {
            const double at = (t - like.begin()) / like.bin();
            if (at <= 0.0 || at >= static_cast<double>(like.bins()))
                return 0.0;
            const auto k = static_cast<Eigen::Index>(at);
            return e.speed(k) + (at - static_cast<double>(k)) * (e.speed(k + 1) - e.speed(k));
        });
    } else {
        const Explanation e = like.explain(smooth.best, smooth.height);
        fit.evidence = 2.0 * (e.log_likelihood - like.at_rest());
        const SpeedProfile& profile = speed_profiles()[smooth.best.profile];
        const double whole = smooth.best.duration / profile.width();
        const double begin = smooth.best.start - profile.from() * whole;
        lay_out(fit, w, like, e.nuisance,
                [&](double t) { return e.height * profile.speed((t - begin) / whole) / whole; });
    }
    return fit;
}

/// The fine bins around a movement known to lie about there.
Likelihood close_by(const MovementWindow& w, double start, double end) {
    const double room = 1.0;
    const auto bins = w.force.size();
    const auto at = [&](double t) {
        return static_cast<std::size_t>(std::clamp(t / bin_seconds, 0.0, static_cast<double>(bins)));
    };
    std::size_t from = at(start - room), to = at(end + room);
    if (to - from < 20) {
        from = from > 10 ? from - 10 : 0;
        to = std::min(bins, from + 20);
    }
    const std::size_t group = std::max(fine_group, (to - from + most_groups - 1) / most_groups);
    return {w, group, from, to};
}

}  // namespace

double log_evidence(const MovementWindow& w) {
    const std::size_t bins = w.force.size();
    Likelihood like(w, std::max(coarse_group, (bins + most_groups - 1) / most_groups), 0, bins);
    return scan(like, w).posterior.log_weight() + worth * like.log_norm();
}

std::optional<MovementFit> fit_movement(const MovementWindow& w) {
    const std::size_t bins = w.force.size();
    if (static_cast<double>(bins) * bin_seconds < 0.3)
        return std::nullopt;
    double start, end, start_step, end_step;
    if (w.hint) {
        std::tie(start, end) = *w.hint;
        start_step = end_step = std::max(0.02, 0.07 * (end - start));
    } else {
        Likelihood like(w, std::max(coarse_group, (bins + most_groups - 1) / most_groups), 0, bins);
        const Found rough = scan(like, w);
        if (rough.posterior.empty())
            return std::nullopt;
        start = rough.posterior.start();
        end = rough.posterior.end();
        const double most = 0.2 * (end - start);
        start_step = std::clamp(0.75 * rough.posterior.start_sd(), 0.01, std::max(0.01, most));
        end_step = std::clamp(0.75 * rough.posterior.end_sd(), 0.01, std::max(0.01, most));
        const auto hitched = look_for_hitches(like, w, rough);
        if (end - start > slow_seconds) {
            const Found smooth = refine(like, w, start, end, start_step, end_step, 3);
            if (smooth.posterior.empty())
                return std::nullopt;
            return result(w, like, smooth, hitched);
        }
        if (hitched && hitched->posterior.log_weight() > rough.posterior.log_weight()) {
            // Quick or not: fine bins tell.
            Likelihood like_both =
                close_by(w, std::min(start, hitched->posterior.start()), std::max(end, hitched->posterior.end()));
            const Found smooth = refine(like_both, w, start, end, start_step, end_step, 4);
            if (smooth.posterior.empty())
                return std::nullopt;
            const double smooth_scale = like_both.scale();
            like_both.set_scale(hitched->scale);
            auto again = refine(like_both, w, *hitched, hitched_step);
            like_both.set_scale(smooth_scale);
            return result(w, like_both, smooth, again);
        }
    }
    Likelihood like = close_by(w, start, end);
    const Found smooth = refine(like, w, start, end, start_step, end_step, 4);
    if (smooth.posterior.empty())
        return std::nullopt;
    return result(w, like, smooth, std::nullopt);
}

}  // namespace heeldrop::motion
