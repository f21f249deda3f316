// A movement by the likelihood of every start, end and shape; see movement.hpp. README.md derives it.
#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <vector>

#include "daemon/motion/search.hpp"

namespace heeldrop::motion {
namespace {

constexpr std::size_t coarse_group = 6, fine_group = 2;  // grid bins: 0.12 s hold all of a slow movement
constexpr std::size_t most_groups = 128;
/// Above this a movement's force is no longer far above sway, and coarse bins hold it.
constexpr double slow_seconds = 1.2;
/// Of the evidence that is asked for: where a rough look finds less, a close one does not find all of it. Of 286
/// looks at simulated people that found less than 6, none came to 34, and none at a descent to 20.
constexpr double by_rough_look = 0.125;
/// One person in so many lowers in hitches, before looking.
constexpr double hitched_part = 0.2;

/// 2 x log of how much likelier the best makes the stretch than rest does.
double evidence_of(const Likelihood& like, const Found& smooth) {
    return 2.0 * (like.explain(smooth.best, smooth.height).log_likelihood - like.at_rest());
}

double log_evidence_of(const Likelihood& like, const Found& rough) {
    return rough.posterior.log_weight() + Posterior::worth * like.log_norm();
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
        fit.evidence = evidence_of(like, smooth);
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

/// `log_evidence`: of the whole stretch, where all of it is looked at.
std::optional<MovementFit> find_movement(const MovementWindow& w, std::optional<double>& log_evidence) {
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
        if (rough.posterior.empty() || evidence_of(like, rough) < by_rough_look * w.least_evidence)
            return std::nullopt;
        log_evidence = log_evidence_of(like, rough);
        start = rough.posterior.start();
        end = rough.posterior.end();
        // Where the force is far above sway, the rough look's own steps are an error that its posterior knows nothing
        // of.
        const double most = 0.2 * (end - start), least = end - start > slow_seconds ? 0.01 : 0.25 * most;
        start_step = std::clamp(0.75 * rough.posterior.start_sd(), least, most);
        end_step = std::clamp(0.75 * rough.posterior.end_sd(), least, most);
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

}  // namespace

double log_evidence(const MovementWindow& w) {
    const std::size_t bins = w.force.size();
    Likelihood like(w, std::max(coarse_group, (bins + most_groups - 1) / most_groups), 0, bins);
    return log_evidence_of(like, scan(like, w));
}

std::optional<MovementFit> fit_movement(const MovementWindow& w) {
    std::optional<double> evidence;
    auto fit = find_movement(w, evidence);
    if (fit)
        fit->log_evidence = evidence;
    return fit;
}

}  // namespace heeldrop::motion
