// Plain movements: a rough look everywhere, a close one where they were found; see search.hpp.
#include "daemon/motion/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace heeldrop::motion {
namespace {

/// Less probable shapes are not asked again.
constexpr double no_such_shape = 5e-3;
/// A posterior narrower than this part of the net's steps has fallen between its points.
constexpr double blind = 0.5;

/// The log of how likely it is, before looking, that the whole height is gone or a part.
struct Gone {
    double whole, part;
    explicit Gone(const MovementWindow& w) : whole(std::log(1.0 - w.partial)), part(std::log(w.partial)) {}
};

void weigh_as(Found& found, const Likelihood& like, Likelihood::Height as, const Candidate& c,
              const Likelihood::Seen& seen, double log_expected) {
    const double least = std::min(found.log_best, found.posterior.least_likelihood(log_expected));
    const double log_likelihood = like.log_likelihood(seen, as, least);
    if (!std::isfinite(log_likelihood))
        return;
    const Explanation e = like.explain(seen, as, log_likelihood);
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

/// `log_expected`: of how much of all that is expected the candidate stands for.
void weigh(Found& found, const Likelihood& like, const MovementWindow& w, const Candidate& c, double log_expected,
           const Gone& gone) {
    const Likelihood::Seen seen = like.seen(c);
    weigh_as(found, like, Likelihood::Height::whole, c, seen, log_expected + gone.whole);
    if (w.partial > 0.0)
        weigh_as(found, like, Likelihood::Height::part, c, seen, log_expected + gone.part);
}

struct Point {
    Candidate at;
    double worth = -std::numeric_limits<double>::infinity();  ///< before it is weighed; so where there is no movement
};

Point point(const Likelihood& like, const MovementWindow& w, double start, double end, std::size_t profile) {
    if (start < w.earliest || end - start < w.shortest || end - start > w.longest)
        return {};
    Point p{like.candidate(start, end - start, profile)};
    if (!lies_within(like, p.at))
        return {};
    p.worth = like.explain(p.at, Likelihood::Height::whole).log_likelihood;
    if (w.partial > 0.0)
        p.worth = std::max(p.worth, like.explain(p.at, Likelihood::Height::part).log_likelihood);
    return p;
}

/// Uphill in ever smaller steps.
Point climb(const Likelihood& like, const MovementWindow& w, Point top, double step, double least_step) {
    while (step >= least_step) {
        const Candidate around = top.at;
        bool higher = false;
        for (const double start : {-step, 0.0, step})
            for (const double end : {-step, 0.0, step})
                if (Point p = point(like, w, around.start + start, around.end() + end, around.profile);
                    p.worth > top.worth) {
                    top = std::move(p);
                    higher = true;
                }
        if (!higher)
            step *= 0.5;
    }
    return top;
}

/// Where a movement's force stands so far above sway that the likelihood is all peaks: the highest, climbed from the
/// best point of the net in every shape that counts.
std::optional<Candidate> highest_peak(const Likelihood& like, const MovementWindow& w, double start, double end,
                                      double start_step, double end_step, const ShapeWeights& likely) {
    Point highest;
    for (std::size_t p = 0; p < shapes; ++p) {
        if (!(likely[p] > 0.0))
            continue;
        Point best;
        for (int i = -4; i <= 4; ++i)
            for (int j = -4 + std::abs(i % 2); j <= 4; j += 2)
                if (Point here = point(like, w, start + i * start_step, end + j * end_step, p); here.worth > best.worth)
                    best = std::move(here);
        if (!std::isfinite(best.worth))
            continue;
        Point top = climb(like, w, std::move(best), 0.5 * std::max(start_step, end_step), 0.1 * like.bin());
        if (top.worth > highest.worth)
            highest = std::move(top);
    }
    return std::isfinite(highest.worth) ? std::optional(highest.at) : std::nullopt;
}

}  // namespace

Found scan(Likelihood& like, const MovementWindow& w) {
    struct Expected {
        Candidate candidate;
        double log_expected;
    };
    std::vector<Expected> all;
    constexpr double longer = 1.22;
    const double room_end = like.end() + 0.3;  // and within 20 % of its length
    for (double duration = std::max(w.shortest, 0.2); duration <= std::min(w.longest, room_end - like.begin());
         duration *= longer) {
        // Neighbours differ by whole bins, which spares sampling their shapes anew; short ones need half of one.
        const double least_step = duration < 4.0 * like.bin() ? 0.5 : 1.0;
        const double step = like.bin() * std::max(least_step, std::round(duration / 7.0 / like.bin()));
        const std::size_t profiles = duration < 8.0 * like.bin() ? 1 : rough_profiles;
        // Durations of any order of magnitude are equally expected.
        const double log_expected = std::log(step * (longer - 1.0) / static_cast<double>(profiles));
        const double first = std::max(w.earliest, like.begin() - 0.2 * duration);
        for (std::size_t p = 0; p < profiles; ++p)
            for (const double from : {first, first + step})
                for (double start = from; start + duration < room_end; start += 2.0 * step)
                    if (Candidate c = like.candidate(start, duration, p); lies_within(like, c))
                        all.push_back({std::move(c), log_expected});
    }
    // The scale is that of the best, which only it can tell.
    for (int pass = 0; pass < 2; ++pass) {
        Point best;
        Likelihood::Height height{};
        for (const Expected& each : all) {
            const Likelihood::Seen seen = like.seen(each.candidate);
            for (const auto as : {Likelihood::Height::whole, Likelihood::Height::part}) {
                if (as == Likelihood::Height::part && !(w.partial > 0.0))
                    continue;
                const double worth = like.log_likelihood(seen, as, best.worth);
                if (worth > best.worth) {
                    best = {each.candidate, worth};
                    height = as;
                }
            }
        }
        if (!std::isfinite(best.worth))
            return {};
        like.set_scale(like.scale_of(best.at, height));
    }
    const Gone gone(w);
    Found found;
    for (const Expected& each : all)
        weigh(found, like, w, each.candidate, each.log_expected, gone);
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
    ShapeWeights log_likely;
    std::transform(likely.begin(), likely.end(), log_likely.begin(), [&](double each) { return std::log(each / all); });
    const Gone gone(w);
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
                // Durations of any order of magnitude are equally expected.
                const double log_expected = std::log(start_step * end_step / (to - from));
                for (std::size_t p = 0; p < shapes; ++p)
                    if (likely[p] > 0.0)
                        if (const Candidate c = like.candidate(from, to - from, p); lies_within(like, c))
                            weigh(found, like, w, c, log_expected + log_likely[p], gone);
            }
        if (found.posterior.empty())
            return found;
        like.set_scale(like.scale_of(found.best, found.height));
        if (pass == 0 && found.posterior.start_sd() < blind * start_step &&
            found.posterior.end_sd() < blind * end_step) {
            if (const auto peak = highest_peak(like, w, start, end, start_step, end_step, likely)) {
                start = peak->start;
                end = peak->end();
                start_step = end_step = 0.2 * like.bin();
                continue;
            }
        }
        // A shape that says nothing now will not in the next pass.
        for (std::size_t p = 0; p < shapes; ++p)
            if (found.posterior.shapes()[p] < no_such_shape)
                likely[p] = 0.0;
        start = found.posterior.start();
        end = found.posterior.end();
        const double most = 0.2 * (end - start), least = 0.2 * like.bin();
        start_step = std::clamp(0.75 * found.posterior.start_sd(), least, std::max(least, most));
        end_step = std::clamp(0.75 * found.posterior.end_sd(), least, std::max(least, most));
    }
    return found;
}

}  // namespace heeldrop::motion
