// A movement by plain integration between still moments; see movement.hpp.
#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/motion/movement.hpp"

namespace heeldrop::motion {
namespace {

/// Newtons per kilogram that the load at rest is not known better than.
constexpr double least_level_sd = 0.01;

double square(double x) {
    return x * x;
}

/// Metres from edge to edge that what happened between two samples may come to, as it is nothing over the whole.
double hidden_way(const MovementWindow& w, std::size_t first, std::size_t last) {
    double all = 0.0, way = 0.0, both = 0.0;
    for (std::size_t k = 0; k < w.unseen.size(); ++k) {
        const double each = square(w.unseen[k] * bin_seconds / w.mass);
        const double goes_on = bin_seconds * static_cast<double>(last - std::clamp(k, first, last));
        all += each;
        way += goes_on * goes_on * each;
        both += goes_on * each;
    }
    return all > 0.0 ? std::sqrt(std::max(0.0, way - both * both / all)) : 0.0;
}

}  // namespace

std::optional<MovementFit> integrate_movement(const MovementWindow& w) {
    const std::size_t n = w.force.size();
    if (static_cast<double>(n) * bin_seconds < 0.3)
        return std::nullopt;
    std::vector<double> excess(n);
    double mean = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
        excess[k] = w.force[k] - w.gain * w.share_shift[k];
        mean += excess[k] / static_cast<double>(n);
    }
    // The body is still at both ends: what impulse is left over belongs to the load at rest, or to what happened
    // between two samples, by what either may be off.
    if (w.unseen.size() == n) {
        double unseen = 0.0;
        for (const double newtons : w.unseen)
            unseen += newtons * newtons;
        const double level = square(static_cast<double>(n) * std::max(w.baseline_sd, least_level_sd * w.mass));
        const double left_over = static_cast<double>(n) * (mean - w.baseline) * unseen / (unseen + level);
        for (std::size_t k = 0; k < n && unseen > 0.0; ++k)
            excess[k] -= left_over * square(w.unseen[k]) / unseen;
        mean -= left_over / static_cast<double>(n);
    }
    std::vector<double> speed(n + 1, 0.0);  // at the bins' edges, along the asked direction
    std::size_t peak_at = 0;
    for (std::size_t k = 0; k < n; ++k) {
        speed[k + 1] = speed[k] + w.direction * (excess[k] - mean) / w.mass * bin_seconds;
        if (speed[k + 1] > speed[peak_at] && static_cast<double>(k) * bin_seconds < w.turns)
            peak_at = k + 1;
    }
    const double limit = 0.1 * speed[peak_at];
    if (limit <= 0.0)
        return std::nullopt;
    // Outwards from the peak to where it is below 10 % and stays there for longer than a hesitation within one
    // movement.
    const auto hesitation = static_cast<std::size_t>(w.hesitation / bin_seconds);
    const auto walk = [&](int step) {
        std::size_t at = peak_at, below = 0;
        for (std::size_t k = peak_at; step > 0 ? k < n : k > 0;) {
            k = step > 0 ? k + 1 : k - 1;
            if (speed[k] >= limit) {
                at = k;
                below = 0;
            } else if (++below > hesitation || speed[k] < -limit) {
                break;
            }
        }
        return at;
    };
    const std::size_t first = walk(-1), last = walk(+1);
    const auto edge = [&](std::size_t inside, int step) {
        if (inside == 0 || inside == n)
            return static_cast<double>(inside);
        const std::size_t outside = step > 0 ? inside + 1 : inside - 1;
        return static_cast<double>(inside) + step * (speed[inside] - limit) / (speed[inside] - speed[outside]);
    };
    MovementFit fit;
    fit.start = edge(first, -1) * bin_seconds;
    fit.end = edge(last, +1) * bin_seconds;
    fit.duration = fit.end - fit.start;
    for (std::size_t k = first; k < last; ++k)
        fit.height += 0.5 * (speed[k] + speed[k + 1]) * bin_seconds;
    // From the crossings to the first and the last edge within: millimetres of a quick drop.
    fit.height += 0.5 * (limit + speed[first]) * (static_cast<double>(first) * bin_seconds - fit.start) +
                  0.5 * (limit + speed[last]) * (fit.end - static_cast<double>(last) * bin_seconds);
    if (fit.height < w.least_height)
        return std::nullopt;
    // What goes back next to it, where that is as clear as the movement's own edges are: its way, and where it ends.
    const auto back_beyond = [&](std::size_t edge_at, int step) {
        const auto more = [&](std::size_t k) { return step > 0 ? k < n : k > 0; };
        std::size_t k = edge_at;
        while (more(k) && speed[k] > 0.0)
            k = step > 0 ? k + 1 : k - 1;
        double way = 0.0, fastest = 0.0;
        for (; speed[k] <= 0.0; k = step > 0 ? k + 1 : k - 1) {
            way -= speed[k] * bin_seconds;
            fastest = std::max(fastest, -speed[k]);
            if (!more(k))
                break;
        }
        return fastest > limit ? std::pair{way, k} : std::pair{0.0, edge_at};
    };
    const double dip = back_beyond(first, -1).first;
    const auto [overshoot, overshoot_to] = back_beyond(last, +1);
    fit.back = dip + overshoot;
    fit.peak_speed = speed[peak_at];
    // Sway's share in the speed: what the quiet rest of the stretch shows, at least a millimetre a second.
    double quiet = 0.0;
    std::size_t still = 0;
    for (std::size_t k = 0; k <= n; ++k) {
        if (k >= first && k <= last)
            continue;
        quiet += std::min(speed[k] * speed[k], limit * limit);
        ++still;
    }
    const double speed_sd = std::max(0.001, still > 0 ? std::sqrt(quiet / static_cast<double>(still)) : 0.002);
    const double slope = fit.peak_speed / (0.25 * fit.duration);  // how steeply speed crosses the limit, roughly
    fit.start_sd = fit.end_sd = std::max(0.25 * bin_seconds, speed_sd / slope);
    fit.duration_sd = std::hypot(fit.start_sd, fit.end_sd);
    fit.height_sd = speed_sd * fit.duration / std::sqrt(2.0);
    fit.hidden_height_sd = hidden_way(w, first, last);
    fit.gain = w.gain;
    fit.gain_sd = w.gain_sd;
    fit.evidence = 2.0 * square(fit.height / std::max(1e-4, fit.height_sd));
    fit.baseline.assign(n, mean);
    fit.acceleration.assign(n, 0.0);
    fit.speed.assign(n, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
        fit.baseline[k] += w.gain * w.share_shift[k];
        if (k + 1 >= first && k <= std::max(last + 1, overshoot_to))
            fit.acceleration[k] = (excess[k] - mean) / w.mass;
        if (k + 1 >= first && k <= last + 1)
            fit.speed[k] = speed[k];
    }
    return fit;
}

}  // namespace heeldrop::motion
