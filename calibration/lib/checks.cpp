#include "calibration/lib/checks.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "calibration/lib/check_making.hpp"

namespace heeldrop::calibration {
namespace {

/// The pad's placements that count, each with its residual.
struct Seen {
    const Placement* placement;
    const Residual* residual;
};

std::vector<Seen> counted(const Observations& seen, const PadFit& fit, const std::set<int>& excluded) {
    std::vector<Seen> list;
    for (const Residual& r : fit.residuals())
        for (const Placement& p : seen.placements)
            if (p.number == r.placement && excluded.count(p.number) == 0)
                list.push_back({&p, &r});
    return list;
}

Check points(const std::vector<Seen>& list, const PadFit& fit, const Limits& limits) {
    std::set<double> up, down;
    for (const Seen& s : list) {
        if (s.placement->role == Role::up)
            up.insert(s.placement->mass.value);
        if (s.placement->role == Role::down)
            down.insert(s.placement->mass.value);
    }
    // The largest load belongs to both series and is put on once.
    if (!up.empty())
        down.insert(*up.rbegin());
    Check c = check(fit, "points", limits.points, "loads");
    c.value = static_cast<double>(std::min(up.size(), down.size()));
    c.verdict = c.value >= c.limit ? Verdict::passed : Verdict::failed;
    c.note = fmt::format("{} different loads up, {} down", up.size(), down.size());
    return c;
}

Check range(const Observations& seen, const PadFit& fit, const Limits& limits) {
    Check c = check(fit, "range", limits.range.value, "kg");
    c.value = fit.range().value / seen.gravity.value;
    c.verdict = c.value >= c.limit - 1e-9 ? Verdict::passed : Verdict::failed;
    c.note = "the largest load";
    return c;
}

Check test_load(const std::vector<Seen>& list, const PadFit& fit, const Limits& limits, const Observations& seen) {
    Check c = check(fit, "test_load", 100 * limits.test_load.value, "% FS");
    double least = 1e9;
    for (const Seen& s : list)
        if (s.placement->role == Role::corner || s.placement->role == Role::verify)
            least = std::min(least, weight_of(s.placement->mass, seen.gravity) / fit.range());
    if (least > 1e8)
        return not_measured(c, "no load stood in a corner");
    c.value = 100 * least;
    c.verdict = c.value >= c.limit - 1e-9 ? Verdict::passed : Verdict::failed;
    c.note = "the lightest load away from the centre";
    return c;
}

/// Means of up and down at each mass of the series, and their difference.
void series(const std::vector<Seen>& list, const PadFit& fit, const Limits& limits, std::vector<Check>& checks) {
    struct Both {
        std::vector<double> up, down;
    };
    std::map<double, Both> of_mass;
    for (const Seen& s : list) {
        if (s.placement->role == Role::up)
            of_mass[s.placement->mass.value].up.push_back(s.residual->force.value);
        if (s.placement->role == Role::down)
            of_mass[s.placement->mass.value].down.push_back(s.residual->force.value);
    }
    const auto mean = [](const std::vector<double>& v) {
        double sum = 0.0;
        for (const double x : v)
            sum += x;
        return sum / static_cast<double>(v.size());
    };
    double bent = 0.0, apart = 0.0, bent_at = 0.0, apart_at = 0.0;
    int pairs = 0, singles = 0;
    for (const auto& [mass, both] : of_mass) {
        if (both.up.empty() && both.down.empty())
            continue;
        ++singles;
        const double centre = both.up.empty()     ? mean(both.down)
                              : both.down.empty() ? mean(both.up)
                                                  : (mean(both.up) + mean(both.down)) / 2;
        if (std::abs(centre) >= std::abs(bent)) {
            bent = centre;
            bent_at = mass;
        }
        if (both.up.empty() || both.down.empty())
            continue;
        ++pairs;
        const double difference = mean(both.down) - mean(both.up);
        if (std::abs(difference) >= std::abs(apart)) {
            apart = difference;
            apart_at = mass;
        }
    }
    const double full = fit.range().value / 100;
    Check line = check(fit, "non_linearity", 100 * limits.non_linearity.value, "% FS");
    checks.push_back(singles < 3 ? not_measured(line, "fewer than three loads in the series")
                                 : judged(line, bent / full, fmt::format("largest at {:g} kg", bent_at)));
    Check loop = check(fit, "hysteresis", 100 * limits.hysteresis.value, "% FS");
    checks.push_back(pairs < 1 ? not_measured(loop, "no load was put on both up and down")
                               : judged(loop, apart / full, fmt::format("down less up, largest at {:g} kg", apart_at)));
}

Check repeatability(const std::vector<Seen>& list, const PadFit& fit, const Limits& limits) {
    Check c = check(fit, "repeatability", 100 * limits.repeatability.value, "% FS");
    double widest = -1.0;
    std::string at;
    for (const Seen& a : list)
        for (const Seen& b : list) {
            const bool again = a.placement->role == Role::repeat &&
                               (b.placement->role == Role::repeat || b.placement->role == Role::up) &&
                               a.placement->mass == b.placement->mass && a.placement->number != b.placement->number;
            if (!again)
                continue;
            const double apart = std::abs((a.residual->force - b.residual->force).value);
            if (apart > widest) {
                widest = apart;
                at = fmt::format("{:g} kg, placements {} and {}", a.placement->mass.value, b.placement->number,
                                 a.placement->number);
            }
        }
    if (widest < 0.0)
        return not_measured(c, "no load was put on again");
    return judged(c, widest / fit.range().value * 100, at);
}

Check corner_spread(const std::vector<Seen>& list, const PadFit& fit, const Limits& limits) {
    Check c = check(fit, "corner_spread", 100 * limits.corner_spread.value, "% FS");
    double low = 1e9, high = -1e9;
    int corners = 0;
    for (const Seen& s : list)
        if (s.placement->role == Role::corner) {
            low = std::min(low, s.residual->force.value);
            high = std::max(high, s.residual->force.value);
            ++corners;
        }
    if (corners < 3)
        return not_measured(c, "fewer than three corners were loaded");
    return judged(c, (high - low) / fit.range().value * 100, fmt::format("of {} corner loads", corners));
}

Check place_map(const Observations& seen, const std::vector<Seen>& list, const PadFit& fit, const Limits& limits) {
    struct Sum {
        double x = 0.0, y = 0.0, weight = 0.0;
    };
    std::map<std::pair<double, double>, Sum> of_place;
    for (const Seen& s : list) {
        // A light load's place says little; its moment counts by its mass.
        Sum& sum = of_place[{s.placement->x.value, s.placement->y.value}];
        const double mass = s.placement->mass.value;
        sum.x += mass * s.residual->x.value;
        sum.y += mass * s.residual->y.value;
        sum.weight += mass;
    }
    double worst = -1.0, worst_limit = limits.place.value;
    std::string at;
    for (const auto& [place, sum] : of_place) {
        const double error = std::hypot(sum.x, sum.y) / sum.weight;
        const double limit =
            place_limit(seen.cells, fit.map().cells, Millimetres{place.first}, Millimetres{place.second}, limits).value;
        if (worst < 0.0 || error / limit > worst / worst_limit) {
            worst = error;
            worst_limit = limit;
            at = fmt::format("{} places, worst at x {:g}, y {:g} mm", of_place.size(), place.first, place.second);
        }
    }
    Check c = check(fit, "place_map", worst_limit, "mm");
    if (static_cast<int>(of_place.size()) < limits.map_places) {
        c.value = worst;
        return not_measured(
            c, fmt::format("loads stood in {} places, the map needs {}", of_place.size(), limits.map_places));
    }
    return judged(c, worst, at);
}

}  // namespace

Millimetres place_limit(const std::vector<Cell>& cells, const std::vector<std::size_t>& of_pad, Millimetres x,
                        Millimetres y, const Limits& limits) {
    double lever_x = 0.0, lever_y = 0.0;
    for (const std::size_t cell : of_pad) {
        lever_x = std::max(lever_x, std::abs(cells[cell].x.value));
        lever_y = std::max(lever_y, std::abs(cells[cell].y.value));
    }
    const bool edge = std::abs(x.value) > 0.7 * lever_x || std::abs(y.value) > 0.7 * lever_y;
    return edge ? limits.place_edge : limits.place;
}

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::passed:
            return "passed";
        case Verdict::failed:
            return "failed";
        case Verdict::not_measured:
            return "not_measured";
    }
    return "?";
}

std::vector<Check> checks_of_pad(const Observations& seen, const PadFit& fit, const std::set<int>& excluded,
                                 const Limits& limits) {
    const auto list = counted(seen, fit, excluded);
    std::vector<Check> checks{points(list, fit, limits), range(seen, fit, limits), test_load(list, fit, limits, seen)};
    Check gain = check(fit, "gain", 100 * limits.gain.value, "%");
    checks.push_back(judged(gain, 100 * (fit.gain_of_nominal() - 1.0), "of the pad against its data sheet"));
    series(list, fit, limits, checks);
    checks.push_back(repeatability(list, fit, limits));
    checks.push_back(corner_spread(list, fit, limits));
    checks.push_back(place_map(seen, list, fit, limits));
    const auto held = checks_of_hold(seen, fit, limits);
    checks.insert(checks.end(), held.begin(), held.end());
    return checks;
}

std::vector<Check> checks_of_plate(const Observations& seen, const PadFit& left, const PadFit& right,
                                   const Limits& limits) {
    Check agreement, spot;
    agreement.code = "agreement";
    agreement.limit = 100 * limits.agreement.value;
    spot.code = "spot_check";
    spot.limit = 100 * limits.spot.value;
    agreement.unit = spot.unit = "%";
    double part[2] = {0.0, 0.0};  // read over expected
    for (const SpotCheck& s : seen.spots) {
        const PadFit& fit = s.pad == Pad::left ? left : right;
        const auto zero = zero_at(seen.empties, s.reading.t);
        part[s.pad == Pad::left ? 0 : 1] =
            fit.read(counts_above(zero, s.reading)).force / weight_of(s.mass, seen.gravity);
        spot.limit = 100 * (limits.spot.value + seen.tolerance.person / s.mass);
    }
    if (part[0] == 0.0 || part[1] == 0.0)
        return {not_measured(agreement, "nobody stood on each pad in turn"),
                not_measured(spot, "nobody of known mass stood on each pad in turn")};
    const double worse = std::abs(part[0] - 1.0) > std::abs(part[1] - 1.0) ? part[0] : part[1];
    return {judged(agreement, 100 * (part[0] - part[1]) / ((part[0] + part[1]) / 2),
                   "left less right under the same person"),
            judged(spot, 100 * (worse - 1.0), worse == part[0] ? "the left pad" : "the right pad")};
}

}  // namespace heeldrop::calibration
