#include "calibration/lib/diagnosis.hpp"

#include <fmt/core.h>

#include <Eigen/LU>

#include <algorithm>
#include <cmath>

#include "calibration/lib/still_reading.hpp"

namespace heeldrop::calibration {
namespace {

Finding finding(std::string code, std::optional<Pad> pad, double amount, std::string message) {
    Finding f;
    f.code = std::move(code);
    f.pad = pad;
    f.amount = amount;
    f.message = std::move(message);
    return f;
}

Finding of_cell(std::string code, const Observations& seen, std::size_t cell, double amount, std::string message) {
    Finding f = finding(std::move(code), seen.cells[cell].pad, amount, std::move(message));
    f.cell = cell;
    return f;
}

/// What each placement put on each cell, in nominal newtons, and what a freely twisting plate would have.
struct Responses {
    std::vector<std::array<double, max_cells>> got, expected;
};

Responses responses(const Observations& seen) {
    Responses all;
    for (const Placement& p : seen.placements) {
        all.got.push_back(nominal_newtons(seen, p.reading));
        std::array<double, max_cells> expected{};
        const auto of_pad = cells_of_pad(seen.cells, p.pad);
        const auto shares = expected_shares(seen.cells, of_pad, p.x, p.y);
        for (std::size_t j = 0; j < of_pad.size(); ++j)
            expected[of_pad[j]] = shares[j] * weight_of(p.mass, seen.gravity).value;
        all.expected.push_back(expected);
    }
    return all;
}

void moving_loads(const Observations& seen, std::vector<Finding>& found) {
    for (const Placement& p : seen.placements) {
        const double worst = restlessness(p.reading, seen.cells).value;
        if (worst <= most_restless(weight_of(p.mass, seen.gravity)).value)
            continue;
        Finding f = finding("unstable_load", p.pad, worst,
                            fmt::format("The load of {} was not at rest: a corner moved by {:.1f} N while it was read. "
                                        "Set it down again, let go of it and wait until it is still.",
                                        describe(p), worst));
        f.placement = p.number;
        found.push_back(f);
    }
}

void wrong_pads(const Observations& seen, const Responses& all, std::vector<Finding>& found) {
    for (std::size_t i = 0; i < seen.placements.size(); ++i) {
        const Placement& p = seen.placements[i];
        double own = 0.0, other = 0.0;
        for (std::size_t c = 0; c < seen.cells.size(); ++c)
            (seen.cells[c].pad == p.pad ? own : other) += all.got[i][c];
        const double force = weight_of(p.mass, seen.gravity).value;
        if (std::abs(own) > 0.15 * force || other < 0.5 * force)
            continue;
        Finding f = finding("wrong_pad", p.pad, other,
                            fmt::format("{} stood on the other pad: that one carried {:.0f} N, this one {:.0f} N. "
                                        "Repeat it on the {} pad.",
                                        describe(p), other, own, name_of(p.pad)));
        f.placement = p.number;
        found.push_back(f);
    }
}

/// Cells whose responses fit the other's expectation far better than their own.
std::vector<std::pair<std::size_t, std::size_t>> swapped_pairs(const Observations& seen, const Responses& all) {
    const std::size_t cells = seen.cells.size();
    // The likeness of cell a's readings to what cell b should have carried, with a gain of its own.
    const auto misfit = [&](std::size_t a, std::size_t b) {
        double xy = 0.0, xx = 0.0, yy = 0.0;
        for (std::size_t i = 0; i < all.got.size(); ++i) {
            xy += all.got[i][a] * all.expected[i][b];
            xx += all.expected[i][b] * all.expected[i][b];
            yy += all.got[i][a] * all.got[i][a];
        }
        return xx > 0.0 && yy > 0.0 ? 1.0 - xy * std::abs(xy) / (xx * yy) : 1.0;  // 0 like, 1 unlike, 2 reversed
    };
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t a = 0; a < cells; ++a)
        for (std::size_t b = a + 1; b < cells; ++b) {
            const double as_is = misfit(a, a) + misfit(b, b), swapped = misfit(a, b) + misfit(b, a);
            if (swapped < 0.5 * as_is && as_is > 0.04)
                pairs.emplace_back(a, b);
        }
    return pairs;
}

void wiring(const Observations& seen, const Responses& all, std::vector<Finding>& found) {
    for (const auto& [a, b] : swapped_pairs(seen, all))
        found.push_back(of_cell("swapped_cells", seen, a, 0.0,
                                fmt::format("The cells {} and {} are swapped: each answers to loads over the other. "
                                            "Exchange their plugs at the converter and begin again.",
                                            name_of(seen.cells[a]), name_of(seen.cells[b]))));
    if (!found.empty())
        return;
    for (std::size_t c = 0; c < seen.cells.size(); ++c) {
        double carried = 0.0, expected = 0.0, likeness = 0.0;
        for (std::size_t i = 0; i < all.got.size(); ++i) {
            carried = std::max(carried, std::abs(all.got[i][c]));
            expected = std::max(expected, all.expected[i][c]);
            likeness += all.got[i][c] * all.expected[i][c];
        }
        if (expected <= 0.0)
            continue;
        if (carried < 0.15 * expected)
            found.push_back(of_cell(
                "dead_cell", seen, c, carried,
                fmt::format("The cell {} is dead: it read at most {:.1f} N where about {:.0f} N stood over it. Check "
                            "its plug and its wires; if they are sound, the cell is broken.",
                            name_of(seen.cells[c]), carried, expected)));
        else if (likeness < 0.0)
            found.push_back(of_cell(
                "inverted_cell", seen, c, carried,
                fmt::format("The cell {} is inverted: it reads less under load. Exchange its two signal wires, or turn "
                            "it over if it is mounted upside down.",
                            name_of(seen.cells[c]))));
    }
}

void places(const Observations& seen, std::vector<Finding>& found) {
    for (const Pad pad : {Pad::left, Pad::right}) {
        double low_x = 0, high_x = 0, low_y = 0, high_y = 0, lever_x = 0, lever_y = 0;
        int loads = 0;
        std::set<std::pair<int, int>> distinct;
        const auto of_pad = cells_of_pad(seen.cells, pad);
        for (const std::size_t c : of_pad) {
            lever_x = std::max(lever_x, std::abs(seen.cells[c].x.value));
            lever_y = std::max(lever_y, std::abs(seen.cells[c].y.value));
        }
        Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
        for (const Placement& p : seen.placements) {
            if (p.pad != pad || p.role == Role::verify)
                continue;
            ++loads;
            low_x = std::min(low_x, p.x.value);
            high_x = std::max(high_x, p.x.value);
            low_y = std::min(low_y, p.y.value);
            high_y = std::max(high_y, p.y.value);
            const Eigen::Vector3d place(1.0, p.x.value / std::max(1.0, lever_x), p.y.value / std::max(1.0, lever_y));
            normal += place * place.transpose();
        }
        if (of_pad.size() < 3) {
            found.push_back(finding("too_few_cells", pad, static_cast<double>(of_pad.size()),
                                    fmt::format("The {} pad has {} cells; a centre of pressure needs three.",
                                                name_of(pad), of_pad.size())));
        } else if (loads < 5) {
            found.push_back(
                finding("too_few_points", pad, loads,
                        fmt::format("The {} pad was loaded {} times; put at least five loads up and down on "
                                    "its centre and one on each corner.",
                                    name_of(pad), loads)));
        } else if (normal.determinant() / std::pow(loads, 3) < 1e-4) {
            found.push_back(finding(
                "degenerate_positions", pad, normal.determinant() / std::pow(loads, 3),
                fmt::format("The loads on the {} pad stood on one spot or one line, from which no centre of pressure "
                            "can be found. Put a load on each of its four corners as well.",
                            name_of(pad))));
        }
    }
}

double rate_per_minute(const MeanReading& from, const MeanReading& to, std::size_t cell, const Cell& of) {
    return (to.mean[cell] - from.mean[cell]) / std::abs(of.gain.value) / ((to.t - from.t).value / 60.0);
}

}  // namespace

std::vector<Finding> faults_before_fit(const Observations& seen) {
    std::vector<Finding> found;
    if (seen.gravity < least_gravity || seen.gravity > most_gravity)
        found.push_back(
            finding("bad_gravity", {}, seen.gravity.value,
                    fmt::format("Gravity is set to {:g} m/s2; on Earth it is {} to {}. Look up your town's.",
                                seen.gravity.value, least_gravity.value, most_gravity.value)));
    const bool zero_first =
        !seen.empties.empty() && std::all_of(seen.placements.begin(), seen.placements.end(),
                                             [&](const Placement& p) { return seen.empties.front().t < p.reading.t; });
    if (!zero_first) {
        found.push_back(
            finding("no_zero", {}, 0.0, "The empty plate was not read before the first load. Begin again."));
        return found;
    }
    places(seen, found);
    if (!found.empty())
        return found;
    const Responses all = responses(seen);
    wrong_pads(seen, all, found);
    if (found.empty())
        wiring(seen, all, found);
    if (found.empty())
        moving_loads(seen, found);
    return found;
}

std::vector<Finding> faults_of_zero(const Observations& seen, const Limits& limits) {
    std::vector<Finding> found;
    const auto drift = idle_drift(seen).value_or(std::array<double, max_cells>{});
    for (const Pad pad : {Pad::left, Pad::right}) {
        const auto of_pad = cells_of_pad(seen.cells, pad);
        Seconds first_load{1e300};
        for (const Placement& p : seen.placements)
            first_load = std::min(first_load, p.reading.t);
        Seconds first_here{1e300};
        for (const Placement& p : seen.placements)
            if (p.pad == pad)
                first_here = std::min(first_here, p.reading.t);
        const MeanReading& start = seen.empties.front();

        // A zero that runs while nothing has been on the plate yet is no creep and no friction.
        const MeanReading* before = nullptr;
        for (const MeanReading& e : seen.empties)
            if (e.t < first_load && (e.t - start.t).value >= 30.0)
                before = &e;
        double of_sum = 0.0, worst = 0.0;
        std::size_t worst_cell = of_pad.front();
        // Over all empty readings: the part of their variation that is a straight line in time.
        double line_rate = 0.0, line_part = 0.0, line_total = 0.0;
        {
            double n = 0, st = 0, sz = 0, stt = 0, stz = 0, szz = 0;
            for (const MeanReading& e : seen.empties) {
                double z = 0.0;
                for (const std::size_t c : of_pad)
                    z += (e.mean[c] - start.mean[c]) / seen.cells[c].gain.value;
                const double t = (e.t - start.t).value / 60.0;
                n += 1, st += t, sz += z, stt += t * t, stz += t * z, szz += z * z;
            }
            const double tt = stt - st * st / n, tz = stz - st * sz / n, zz = szz - sz * sz / n;
            if (n >= 5 && tt > 0.0 && zz > 0.0) {
                line_rate = tz / tt;
                line_part = tz * tz / (tt * zz);
                line_total = std::abs(line_rate) * (seen.empties.back().t - start.t).value / 60.0;
            }
        }
        if (before != nullptr)
            for (const std::size_t c : of_pad) {
                const double rate = rate_per_minute(start, *before, c, seen.cells[c]);
                of_sum += rate;
                if (std::abs(rate) > std::abs(worst)) {
                    worst = rate;
                    worst_cell = c;
                }
            }
        const double rate = std::abs(of_sum) > std::abs(worst) ? of_sum : worst;
        if (std::abs(rate) > limits.zero_drift.value || (line_part > 0.9 && line_total > limits.zero_return.value &&
                                                         std::abs(line_rate) > limits.zero_drift.value)) {
            const double told = std::abs(rate) > limits.zero_drift.value ? rate : line_rate;
            found.push_back(of_cell(
                "drifting_zero", seen, worst_cell, told,
                fmt::format(
                    "The zero of the {} pad drifts by {:.1f} N a minute on the empty plate, most at {}; {:g} is "
                    "allowed. Let it warm up longer, keep sun and draught off it, and see whether something "
                    "leans on it.",
                    name_of(pad), told, name_of(seen.cells[worst_cell]), limits.zero_drift.value)));
            continue;
        }
        // Friction: after the first load one corner keeps what the others let go, besides a drift that is allowed.
        std::vector<double> kept(of_pad.size(), 0.0);
        for (std::size_t j = 0; j < of_pad.size(); ++j) {
            std::vector<double> shifts;
            for (const MeanReading& e : seen.empties)
                if (e.t > first_here)
                    shifts.push_back(
                        (e.mean[of_pad[j]] - start.mean[of_pad[j]] - drift[of_pad[j]] * (e.t - start.t).value) /
                        seen.cells[of_pad[j]].gain.value);
            if (shifts.empty())
                continue;
            std::nth_element(shifts.begin(), shifts.begin() + static_cast<std::ptrdiff_t>(shifts.size() / 2),
                             shifts.end());
            kept[j] = shifts[shifts.size() / 2];
        }
        const auto most = static_cast<std::size_t>(
            std::max_element(kept.begin(), kept.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }) -
            kept.begin());
        double next = 0.0;
        for (std::size_t j = 0; j < kept.size(); ++j)
            if (j != most)
                next = std::max(next, std::abs(kept[j]));
        if (std::abs(kept[most]) > limits.zero_return.value && std::abs(kept[most]) > 3.0 * next)
            found.push_back(of_cell(
                "sticky_corner", seen, of_pad[most], kept[most],
                fmt::format(
                    "The corner {} sticks: it keeps {:.1f} N after the loads are gone, the other corners {:.1f} "
                    "N at most. See whether the plate touches its frame there, or the cell's screw or foot "
                    "binds.",
                    name_of(seen.cells[of_pad[most]]), kept[most], next)));
    }
    return found;
}

}  // namespace heeldrop::calibration
