// Which placement does not belong, and whether its mass or its place was typed wrongly: each explanation is tried, and
// the one that leaves least unexplained is told, if it explains far more than chance and than a steady hand.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "calibration/lib/diagnosis.hpp"

namespace heeldrop::calibration {
namespace {

/// Below these nobody mistyped anything: the limits of the checks speak.
constexpr double least_mass_error = 0.008;
constexpr double least_force_of_range = 0.002;
constexpr double least_place_error_mm = 10.0;
constexpr Newtons least_friction{2.0};
/// Of the load and of the range: more than any creep and bending that is still to be called that.
constexpr double least_hold_error = 0.02;
/// How many times the fit's remaining misfit per figure an explanation must take away.
constexpr double clearly = 12.0;

Finding mistyped(const Placement& p, double factor) {
    Finding f;
    f.code = "mistyped_weight";
    f.pad = p.pad;
    f.placement = p.number;
    const double mass = p.mass.value * factor;
    f.amount = p.mass.value - mass;
    const char* hint = std::abs(factor - 0.4536) < 0.02 ? " (it looks typed in pounds)" : "";
    f.message = fmt::format(
        "{}: the plate says that {:.2f} kg stood there, {:+.2f} kg off what was typed{}. Correct the mass, or weigh it "
        "and repeat this placement.",
        describe(p), mass, f.amount, hint);
    return f;
}

Finding off_mark(const Placement& p, double x, double y) {
    Finding f;
    f.code = "off_mark";
    f.pad = p.pad;
    f.placement = p.number;
    f.amount = std::hypot(x - p.x.value, y - p.y.value);
    f.message = fmt::format(
        "{}: the weight stood at about x {:.0f}, y {:.0f} mm, {:.0f} mm off its mark. Set it on its mark and repeat "
        "this placement.",
        describe(p), x, y, f.amount);
    return f;
}

Finding sticky(const Observations& seen, std::size_t cell, Newtons kept) {
    Finding f;
    f.code = "sticky_corner";
    f.pad = seen.cells[cell].pad;
    f.cell = cell;
    f.amount = kept.value;
    f.message = fmt::format(
        "The corner {} sticks: it reads {:.1f} N less under a load put on than under one that others were taken from. "
        "See whether the plate touches its frame there, or the cell's screw or foot binds.",
        name_of(seen.cells[cell]), kept.value);
    return f;
}

}  // namespace

std::vector<Finding> suspect_placements(const Observations& seen, Pad pad, std::set<int>& excluded) {
    std::vector<Finding> found;
    constexpr int most_told = 6;
    for (int round = 0; round < most_told; ++round) {
        const PadFit fit(seen, pad, excluded);
        const double whole = fit.explain({}).cost;
        std::optional<Finding> best;
        double best_cost = whole;
        int figures = 0;
        for (const Residual& r : fit.residuals())
            figures += 3 * (r.fitted ? 1 : 0);
        for (const Placement& p : seen.placements) {
            if (p.pad != pad || p.role == Role::verify || excluded.count(p.number) != 0)
                continue;
            const double force_of_range = weight_of(p.mass, seen.gravity) / fit.range();
            const auto mass = fit.explain({PadFit::Doubt::mass, p.number, 0});
            const double error = std::abs(mass.mass_factor - 1.0);
            if (mass.cost < best_cost && error > least_mass_error && error * force_of_range > least_force_of_range) {
                best_cost = mass.cost;
                best = mistyped(p, mass.mass_factor);
            }
            // One figure more is free than with the mass: it must earn its keep.
            const auto place = fit.explain({PadFit::Doubt::place, p.number, 0});
            if (place.cost + 4.0 < best_cost &&
                std::hypot((place.x - p.x).value, (place.y - p.y).value) > least_place_error_mm) {
                best_cost = place.cost + 4.0;
                best = off_mark(p, place.x.value, place.y.value);
            }
        }
        const auto of_pad = cells_of_pad(seen.cells, pad);
        for (std::size_t j = 0; j < of_pad.size(); ++j) {
            const auto stuck = fit.explain({PadFit::Doubt::friction, 0, j});
            if (stuck.cost < best_cost && stuck.kept > least_friction) {
                best_cost = stuck.cost;
                best = sticky(seen, of_pad[j], stuck.kept);
            }
        }
        const double rest = std::max(1.0, best_cost / std::max(1, figures));
        if (!best || whole - best_cost < 2.0 * clearly || whole - best_cost < clearly * rest)
            break;
        found.push_back(*best);
        if (!best->placement)
            return found;  // the plate is to blame: what else does not fit follows from that
        excluded.insert(*best->placement);
        int left = 0;
        for (const Residual& r : fit.residuals())
            left += r.fitted ? 1 : 0;
        if (left - 1 < 5)
            break;
    }
    // Those that only verify are held against the fit of the others.
    const PadFit fit(seen, pad, excluded);
    for (const Residual& r : fit.residuals())
        for (const Placement& p : seen.placements) {
            if (p.number != r.placement || p.role != Role::verify)
                continue;
            const double force = weight_of(p.mass, seen.gravity).value;
            const double part = r.force.value / force;
            if (std::abs(part) > 2 * least_mass_error && std::abs(r.force / fit.range()) > 2 * least_force_of_range) {
                found.push_back(mistyped(p, 1.0 + part));
                excluded.insert(p.number);
            } else if (std::hypot(r.x.value, r.y.value) > least_place_error_mm) {
                found.push_back(off_mark(p, (p.x + r.x).value, (p.y + r.y).value));
                excluded.insert(p.number);
            }
        }
    return found;
}

std::vector<Finding> suspect_holds(const Observations& seen, const PadFit& fit) {
    std::vector<Finding> found;
    for (const Hold& hold : seen.holds) {
        if (hold.pad != fit.map().pad || hold.readings.empty())
            continue;
        const MeanReading& first = hold.readings.front();
        const Newtons typed = weight_of(hold.mass, seen.gravity);
        const Newtons read = fit.read(counts_above(zero_at(seen.empties, hold.loaded), first)).force;
        const double error = (read - typed).value;
        if (std::abs(error) < least_hold_error * typed.value || std::abs(error) < least_hold_error * fit.range().value)
            continue;
        Finding f;
        f.code = "hold_load";
        f.pad = hold.pad;
        f.amount = -error / seen.gravity.value;
        f.message = fmt::format(
            "The load left alone on the {} pad reads {:.1f} kg, and {:g} kg was typed. Do the hold again with the load "
            "that is typed.",
            name_of(hold.pad), read.value / seen.gravity.value, hold.mass.value);
        found.push_back(f);
    }
    return found;
}

}  // namespace heeldrop::calibration
