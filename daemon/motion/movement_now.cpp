// A movement that may still be going on; see movement.hpp. For display: coarse and cheap.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "daemon/motion/likelihood.hpp"

namespace heeldrop::motion {

MovementNow movement_now(const MovementWindow& w) {
    constexpr std::size_t least_group = 6, most = 48;
    const std::size_t bins = w.force.size();
    MovementNow now;
    if (bins < 3 * least_group)
        return now;
    Likelihood like(w, std::max(least_group, (bins + most - 1) / most), 0, bins);
    constexpr double still_to_come = 5.0;  // seconds within which a body that stands on one foot begins to lower
    constexpr std::array durations{0.35, 0.5, 0.9, 1.4, 2.0, 2.8, 4.0, 5.6};
    constexpr std::array<std::size_t, 2> used_profiles{0, 4};
    const double length = like.end() - like.begin();
    const double step = std::max(like.bin(), length / 30.0);
    const double prior_each =
        step / (length + still_to_come) / static_cast<double>(durations.size() * used_profiles.size());
    std::vector<Candidate> all;
    for (double start = like.begin(); start < like.end(); start += step)
        for (const double duration : durations)
            for (const std::size_t profile : used_profiles)
                all.push_back(like.candidate(start, duration, profile));
    // The sway's scale is what the likeliest leaves over, or the stretch if nothing moved.
    double best = like.at_rest(), scale = like.scale_at_rest();
    for (const Candidate& c : all)
        if (const Explanation e = like.explain(c, Likelihood::Height::whole); e.log_likelihood > best) {
            best = e.log_likelihood;
            scale = like.scale_of(c, Likelihood::Height::whole);
        }
    like.set_scale(scale);
    double total = still_to_come / (length + still_to_come);
    for (const Candidate& c : all) {
        const Explanation e = like.explain(c, Likelihood::Height::whole);
        const double weight = prior_each * std::exp(std::min(300.0, e.log_likelihood - like.at_rest()));
        if (!(weight > 0.0))
            continue;
        const SpeedProfile& profile = speed_profiles()[c.profile];
        const double whole = c.duration / profile.width();
        const double x = (like.end() - c.start) / whole + profile.from();
        total += weight;
        now.started += weight;
        now.start += weight * c.start;
        now.speed += weight * e.height * profile.speed(x) / whole;
        now.height += weight * e.height * profile.way(x);
        if (c.end() < like.end()) {
            now.over += weight;
            now.end += weight * c.end();
        }
    }
    if (now.started > 0.0)
        now.start /= now.started;
    if (now.over > 0.0)
        now.end /= now.over;
    for (double* part : {&now.started, &now.over, &now.speed, &now.height})
        *part /= total;
    return now;
}

}  // namespace heeldrop::motion
