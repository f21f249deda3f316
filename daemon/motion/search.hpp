// Where in a stretch its likeliest movements lie: the steps of fit_movement, private to it. README.md derives them.
// Each leaves the noise's scale of its Likelihood at what its best leaves over, look_for_hitches as it was.
#pragma once

#include <limits>
#include <optional>

#include "daemon/motion/likelihood.hpp"
#include "daemon/motion/posterior.hpp"

namespace heeldrop::motion {

/// Movements of the plain shapes.
struct Found {
    Posterior posterior;
    Candidate best;
    Likelihood::Height height{};  ///< of the best
    double log_best = -std::numeric_limits<double>::infinity();
};

/// Movements in which the body also hesitates and hurries on its way.
struct FoundHitched {
    Posterior posterior;
    HitchedExplanation best;
    double scale = 1.0;  ///< of the noise

    FoundHitched() { best.log_likelihood = -std::numeric_limits<double>::infinity(); }
};

/// Most of it, so that the stretch can say something of it.
inline bool lies_within(const Likelihood& like, const Candidate& c) {
    return c.start > like.begin() - 0.2 * c.duration && c.end() < like.end() + 0.2 * c.duration;
}

/// Seconds between the starts, and the ends, of hitched movements at first.
inline constexpr double hitched_step = 0.3;

/// Everywhere in the stretch, at every length, in a few shapes.
Found scan(Likelihood& like, const MovementWindow& w);

/// A close look at where the movement was found: nets of three standard deviations to each side, in every shape.
Found refine(Likelihood& like, const MovementWindow& w, double start, double end, double start_step, double end_step,
             int passes);

/// The same where the body hesitates and hurries on its way. Costs more, so only where a first look finds it likely.
std::optional<FoundHitched> look_for_hitches(Likelihood& like, const MovementWindow& w, const Found& smooth);

/// A close look at where hitches were found; none where it finds none.
std::optional<FoundHitched> refine(Likelihood& like, const MovementWindow& w, FoundHitched found, double most_step);

}  // namespace heeldrop::motion
