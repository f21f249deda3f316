#include "calibration/lib/observations.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

namespace heeldrop::calibration {

std::string_view name_of(Pad pad) {
    return pad == Pad::left ? "left" : "right";
}

std::string_view name_of(Corner corner) {
    switch (corner) {
        case Corner::front_left:
            return "FL";
        case Corner::front_right:
            return "FR";
        case Corner::rear_left:
            return "RL";
        case Corner::rear_right:
            return "RR";
    }
    return "?";
}

std::string_view name_of(Role role) {
    switch (role) {
        case Role::up:
            return "up";
        case Role::down:
            return "down";
        case Role::corner:
            return "corner";
        case Role::verify:
            return "verify";
        case Role::repeat:
            return "repeat";
    }
    return "?";
}

std::string name_of(const Cell& cell) {
    return fmt::format("{} {}", name_of(cell.pad), name_of(cell.corner));
}

std::string describe(const Placement& p) {
    return fmt::format("placement {} ({} pad, {:g} kg, {} at x {:g}, y {:g} mm)", p.number, name_of(p.pad),
                       p.mass.value, name_of(p.role), p.x.value, p.y.value);
}

std::vector<std::size_t> cells_of_pad(const std::vector<Cell>& cells, Pad pad) {
    std::vector<std::size_t> list;
    for (std::size_t c = 0; c < cells.size(); ++c)
        if (cells[c].pad == pad)
            list.push_back(c);
    return list;
}

std::array<double, max_cells> zero_at(const std::vector<MeanReading>& empties, Seconds t) {
    assert(!empties.empty());
    const auto after = std::find_if(empties.begin(), empties.end(), [t](const auto& e) { return e.t >= t; });
    if (after == empties.begin())
        return empties.front().mean;
    if (after == empties.end())
        return empties.back().mean;
    const MeanReading& before = *std::prev(after);
    const double part = (t - before.t) / (after->t - before.t);
    std::array<double, max_cells> zero{};
    for (std::size_t c = 0; c < max_cells; ++c)
        zero[c] = before.mean[c] + part * (after->mean[c] - before.mean[c]);
    return zero;
}

std::optional<std::array<double, max_cells>> idle_drift(const Observations& seen) {
    constexpr Seconds least_idle{300.0};
    const auto loaded_between = [&](Pad pad, Seconds from, Seconds to) {
        const auto within = [&](Pad of, Seconds t) { return of == pad && t > from && t < to; };
        return std::any_of(seen.placements.begin(), seen.placements.end(),
                           [&](const Placement& p) { return within(p.pad, p.reading.t); }) ||
               std::any_of(seen.holds.begin(), seen.holds.end(),
                           [&](const Hold& h) { return within(h.pad, h.loaded); }) ||
               std::any_of(seen.spots.begin(), seen.spots.end(),
                           [&](const SpotCheck& s) { return within(s.pad, s.reading.t); });
    };
    std::array<double, max_cells> rate{};
    for (const Pad pad : {Pad::left, Pad::right}) {
        Seconds idle{0.0};
        for (std::size_t i = 1; i < seen.empties.size(); ++i) {
            const MeanReading &from = seen.empties[i - 1], &to = seen.empties[i];
            if (loaded_between(pad, from.t, to.t))
                continue;
            idle += to.t - from.t;
            for (const std::size_t c : cells_of_pad(seen.cells, pad))
                rate[c] += to.mean[c] - from.mean[c];
        }
        if (idle < least_idle)
            return std::nullopt;
        for (const std::size_t c : cells_of_pad(seen.cells, pad))
            rate[c] /= idle.value;
    }
    return rate;
}

std::array<double, max_cells> counts_above(const std::array<double, max_cells>& zero, const MeanReading& reading) {
    std::array<double, max_cells> counts{};
    for (std::size_t c = 0; c < max_cells; ++c)
        counts[c] = reading.mean[c] - zero[c];
    return counts;
}

std::array<double, max_cells> nominal_newtons(const Observations& seen, const MeanReading& reading) {
    auto newtons = counts_above(zero_at(seen.empties, reading.t), reading);
    for (std::size_t c = 0; c < seen.cells.size(); ++c)
        newtons[c] /= seen.cells[c].gain.value;
    return newtons;
}

std::vector<double> expected_shares(const std::vector<Cell>& cells, const std::vector<std::size_t>& of_pad,
                                    Millimetres x, Millimetres y) {
    std::vector<double> shares;
    double sum = 0.0;
    for (const std::size_t c : of_pad) {
        // Each lever as a part of the way between the sides; never below nothing, as feet do not pull.
        const double a = std::abs(cells[c].x.value), b = std::abs(cells[c].y.value);
        const double right = a > 0.0 ? std::clamp(0.5 + 0.5 * x.value / a, 0.0, 1.0) : 0.5;
        const double front = b > 0.0 ? std::clamp(0.5 + 0.5 * y.value / b, 0.0, 1.0) : 0.5;
        shares.push_back((cells[c].x.value > 0.0 ? right : 1.0 - right) *
                         (cells[c].y.value > 0.0 ? front : 1.0 - front));
        sum += shares.back();
    }
    for (double& share : shares)
        share /= sum > 0.0 ? sum : 1.0;
    return shares;
}

}  // namespace heeldrop::calibration
