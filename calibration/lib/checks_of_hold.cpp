// A load left alone and taken off again: creep, measured or carried on to thirty minutes, and the zero's return.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "calibration/lib/check_making.hpp"

namespace heeldrop::calibration {
namespace {

constexpr double minute = 60.0;
constexpr double creep_time_s = 30 * minute, zero_return_time_s = 5 * minute;
/// Readings are half a minute after the load at first, and a minute apart: what a hold of `least_hold` gives.
constexpr double least_held_s = least_hold.value - 1.5 * minute;

/// What may have crept from the first reading to 30 minutes: the best guess, and all that the readings do not rule out.
struct Creep {
    double best = 0.0, low = 0.0, high = 0.0;
};

/// By a + b (1 - exp(-t / tau)) through the readings, for every tau from 1 to 30 min. With `noise` the standard
/// deviation of a reading, or the readings' own scatter about the best curve where that is more, a curve is not ruled
/// out (k = 2) while the sum of squares it leaves is within (2 noise)^2 of the least.
Creep carried_on(const std::vector<double>& t, const std::vector<double>& f, double noise) {
    struct Curve {
        double squares, crept, sd_of_noise;
    };
    std::vector<Curve> curves;
    for (double tau = 60.0; tau <= 1800.0; tau *= 1.25) {
        double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
        for (std::size_t i = 0; i < t.size(); ++i) {
            const double x = 1.0 - std::exp(-t[i] / tau);
            n += 1;
            sx += x;
            sy += f[i];
            sxx += x * x;
            sxy += x * f[i];
        }
        const double spread = std::max(1e-12, sxx - sx * sx / n);
        const double b = (sxy - sx * sy / n) / spread, a = (sy - b * sx) / n;
        double squares = 0.0;
        for (std::size_t i = 0; i < t.size(); ++i)
            squares += std::pow(f[i] - a - b * (1.0 - std::exp(-t[i] / tau)), 2);
        const double rest = std::exp(-t.front() / tau) - std::exp(-creep_time_s / tau);
        curves.push_back({squares, b * rest, rest / std::sqrt(spread)});
    }
    const Curve& least =
        *std::min_element(curves.begin(), curves.end(), [](auto& l, auto& r) { return l.squares < r.squares; });
    const double freedom = std::max(1.0, static_cast<double>(t.size()) - 3.0);
    const double variance = std::max(noise * noise, least.squares / freedom);
    Creep creep{least.crept, least.crept, least.crept};
    for (const Curve& c : curves) {
        const double room = 4.0 * variance - (c.squares - least.squares);
        if (room < 0.0)
            continue;
        const double either_way = c.sd_of_noise * std::sqrt(room);
        creep.low = std::min(creep.low, c.crept - either_way);
        creep.high = std::max(creep.high, c.crept + either_way);
    }
    return creep;
}

/// Standard deviation of a reading's force, by its samples' noise.
double noise_of(const PadFit& fit, const MeanReading& reading) {
    double variance = 0.0;
    for (std::size_t k = 0; k < fit.map().cells.size(); ++k)
        variance += std::pow(fit.map().force[k] * reading.noise[fit.map().cells[k]], 2);
    return std::sqrt(variance / std::max<double>(1.0, static_cast<double>(reading.samples)));
}

/// By a hold of 24 min or more as it is; else carried on, which passes only where all that is not ruled out does.
Check creep_of(const PadFit& fit, const Hold& hold, const MeanReading& zero, const Limits& limits) {
    const Check creep = check(fit, "creep", 100 * limits.creep.value, "% FS");
    std::vector<double> t, force;
    double noise = 0.0;
    for (const MeanReading& r : hold.readings) {
        t.push_back((r.t - hold.loaded).value);
        force.push_back(fit.read(counts_above(zero.mean, r)).force.value);
        noise = std::max(noise, noise_of(fit, r));
    }
    const double full = fit.range().value / 100;
    const std::string held = fmt::format("{:.1f} min under {:g} kg", t.back() / minute, hold.mass.value);
    if (t.back() > 0.8 * creep_time_s)
        return judged(creep, (force.back() - force.front()) / full, held);
    if (t.back() < least_held_s)
        return not_measured(creep, fmt::format("{}: too short to be carried on to 30 min, leave the load for {:g} min",
                                               held, least_hold.value / minute));
    const Creep crept = carried_on(t, force, noise);
    const std::string range =
        fmt::format("{}, carried on to 30 min: {:+.2f} to {:+.2f} % FS", held, crept.low / full, crept.high / full);
    Check c = judged(creep, crept.best / full, range);
    const bool all_within = std::max(-crept.low, crept.high) <= limits.creep.value * fit.range().value;
    if (c.verdict == Verdict::passed && !all_within) {
        c.verdict = Verdict::not_measured;
        c.note += ", which does not tell; leave the load for longer";
    }
    return c;
}

}  // namespace

std::vector<Check> checks_of_hold(const Observations& seen, const PadFit& fit, const Limits& limits) {
    std::vector<Check> checks;
    Check creep = check(fit, "creep", 100 * limits.creep.value, "% FS");
    Check zero_return = check(fit, "zero_return", limits.zero_return.value, "N");
    const auto hold = std::find_if(seen.holds.begin(), seen.holds.end(),
                                   [&](const Hold& h) { return h.pad == fit.map().pad && h.readings.size() >= 3; });
    const MeanReading *before = nullptr, *after = nullptr;
    if (hold != seen.holds.end()) {
        for (const MeanReading& e : seen.empties) {
            if (e.t < hold->loaded)
                before = &e;
            const double since = (e.t - hold->readings.back().t).value;
            const auto off = [&](const MeanReading& r) {
                return std::abs((r.t - hold->readings.back().t).value - zero_return_time_s);
            };
            if (since > least_zero_return.value && (after == nullptr || off(e) < off(*after)))
                after = &e;
        }
    }
    if (before == nullptr) {
        checks.push_back(not_measured(creep, "no load was left alone"));
        checks.push_back(not_measured(zero_return, "no load was left alone"));
        return checks;
    }
    checks.push_back(creep_of(fit, *hold, *before, limits));
    if (after == nullptr)
        checks.push_back(not_measured(zero_return, "the pad was not left empty for 5 min after the hold"));
    else
        checks.push_back(judged(zero_return, fit.read(counts_above(before->mean, *after)).force.value,
                                fmt::format("{:.1f} min after {:g} kg came off",
                                            (after->t - hold->readings.back().t).value / minute, hold->mass.value)));
    return checks;
}

}  // namespace heeldrop::calibration
