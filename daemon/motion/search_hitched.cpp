// Movements in hitches: a glance, a look everywhere, a close one; see search.hpp.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "daemon/motion/search.hpp"

namespace heeldrop::motion {
namespace {

/// Below this length nobody hesitates on the way.
constexpr double shortest_hitched = 0.9;
/// Profiles whose flanks leave room for hitches.
constexpr std::array<std::size_t, 2> hitched_profiles{1, 4};

std::vector<double> net(double centre, double step, int half) {
    std::vector<double> out;
    for (int i = -half; i <= half; ++i)
        out.push_back(centre + i * step);
    return out;
}

void weigh(FoundHitched& found, Likelihood& like, const Candidate& c, double room) {
    if (!lies_within(like, c))
        return;
    const double log_expected = std::log(room / c.duration);
    const double least = std::min(found.best.log_likelihood, found.posterior.least_likelihood(log_expected));
    const HitchedExplanation e = like.explain_hitched(c, least);
    if (!std::isfinite(e.log_likelihood))
        return;
    found.posterior.add(Posterior::log_weight(e.log_likelihood, log_expected), c.profile, e.start, e.end, e.height,
                        e.height_var, e.peak_speed, e.nuisance(1), e.gain_var);
    if (e.log_likelihood > found.best.log_likelihood)
        found.best = e;
}

/// Hitched movements of every second one of these starts and ends, as on a chessboard; `room`: how much of both each
/// stands for.
FoundHitched over(Likelihood& like, const MovementWindow& w, const std::vector<double>& starts,
                  const std::vector<double>& ends, double room, std::span<const std::size_t> profiles) {
    FoundHitched found;
    for (std::size_t i = 0; i < starts.size(); ++i)
        for (std::size_t j = i % 2; j < ends.size(); j += 2) {
            const double from = starts[i], to = ends[j];
            if (from >= w.earliest && to - from > shortest_hitched && to - from < w.longest)
                for (const std::size_t p : profiles)
                    weigh(found, like, like.candidate(from, to - from, p),
                          2.0 * room / static_cast<double>(profiles.size()));
        }
    return found;
}

}  // namespace

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
                weigh(glance, like, like.candidate(from, to - from, hitched_profiles[0]), 1.0);
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

}  // namespace heeldrop::motion
