// Plain movements: a rough look everywhere, a close one where they were found; see search.hpp.
#include "daemon/motion/search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace heeldrop::motion {
namespace {

/// Less probable shapes are not asked again.
constexpr double no_such_shape = 5e-3;

/// How much of all that is expected a candidate stands for, that the whole height is gone or a part.
struct Expected {
    double log_whole, log_part;
    /// `room`: how much of start and duration. Durations of any order of magnitude are equally expected.
    Expected(const MovementWindow& w, double room, double duration)
        : log_whole(std::log(room / duration * (1.0 - w.partial))), log_part(std::log(room / duration * w.partial)) {}
};

void weigh_as(Found& found, const Likelihood& like, Likelihood::Height as, const Candidate& c, double log_expected) {
    const double least = std::min(found.log_best, found.posterior.least_likelihood(log_expected));
    const Explanation e = like.explain(c, as, least);
    if (!std::isfinite(e.log_likelihood))
        return;
    const SpeedProfile& profile = speed_profiles()[c.profile];
    found.posterior.add(Posterior::log_weight(e.log_likelihood, log_expected), c.profile, c.start, c.end(), e.height,
                        e.height_var, e.height * profile.peak() * profile.width() / c.duration, e.nuisance(1),
                        e.gain_var);
    if (e.log_likelihood > found.log_best) {
        found.log_best = e.log_likelihood;
        found.best = c;
        found.height = as;
    }
}

void weigh(Found& found, const Likelihood& like, const MovementWindow& w, const Candidate& c,
           const Expected& expected) {
    weigh_as(found, like, Likelihood::Height::whole, c, expected.log_whole);
    if (w.partial > 0.0)
        weigh_as(found, like, Likelihood::Height::part, c, expected.log_part);
}

}  // namespace

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
        // Neighbours differ by whole bins, which spares sampling their shapes anew; short ones need half of one.
        const double least_step = duration < 4.0 * like.bin() ? 0.5 : 1.0;
        const double step = like.bin() * std::max(least_step, std::round(duration / 7.0 / like.bin()));
        const std::size_t profiles = duration < 8.0 * like.bin() ? 1 : rough_profiles;
        const Expected each(w, step * duration * (longer - 1.0) / static_cast<double>(profiles), duration);
        const double first = std::max(w.earliest, like.begin() - 0.2 * duration);
        for (std::size_t p = 0; p < profiles; ++p)
            for (const double from : {first, first + step})
                for (double start = from; start + duration < room_end; start += 2.0 * step)
                    if (Candidate c = like.candidate(start, duration, p); lies_within(like, c))
                        all.push_back({std::move(c), each});
    }
    Found found;
    for (int pass = 0; pass < 3; ++pass) {
        found = {};
        for (const Weighed& each : all)
            weigh(found, like, w, each.candidate, each.expected);
        if (found.posterior.empty())
            return found;
        if (pass < 2)
            like.set_scale(like.scale_of(found.best, found.height));
    }
    return found;
}

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
                // Every second one, as on a chessboard: the posterior is that smooth.
                if (pass + 1 < passes && (i + j) % 2 != 0)
                    continue;
                const double from = start + i * start_step, to = end + j * end_step;
                if (from < w.earliest || to - from < w.shortest || to - from > w.longest)
                    continue;
                for (std::size_t p = 0; p < shapes; ++p)
                    if (likely[p] > 0.0)
                        if (const Candidate c = like.candidate(from, to - from, p); lies_within(like, c))
                            weigh(found, like, w, c, Expected(w, start_step * end_step * likely[p] / all, c.duration));
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

}  // namespace heeldrop::motion
