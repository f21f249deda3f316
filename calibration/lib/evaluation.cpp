#include "calibration/lib/evaluation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "calibration/lib/diagnosis.hpp"

namespace heeldrop::calibration {
namespace {

/// Checks that failed and that nothing found so far explains are findings themselves.
void tell_failed_checks(Evaluation& result, const Limits&) {
    const auto found = [&](std::string_view code, const std::optional<Pad>& pad) {
        return std::any_of(result.findings.begin(), result.findings.end(), [&](const Finding& f) {
            return (code.empty() || f.code == code) && (!pad || !f.pad || f.pad == pad);
        });
    };
    for (const Check& c : result.checks) {
        if (c.verdict != Verdict::failed)
            continue;
        const std::string pad = c.pad ? fmt::format(" of the {} pad", name_of(*c.pad)) : "";
        // Creep fails the return to zero too, friction the hysteresis: the cause has been told. A placement that was
        // named is missing from the series, and may have been the largest load or the heaviest aside.
        const bool follows = (c.code == "zero_return" && found("creep", c.pad)) || found("sticky_corner", c.pad) ||
                             found("drifting_zero", c.pad);
        const bool short_of = (c.code == "points" || c.code == "range" || c.code == "test_load") &&
                              std::any_of(result.findings.begin(), result.findings.end(),
                                          [&](const Finding& f) { return f.placement && f.pad == c.pad; });
        if (follows || short_of)
            continue;
        Finding f;
        f.code = c.code;
        f.pad = c.pad;
        f.amount = c.value;
        std::string todo = "Repeat the placements concerned; if it stays, the plate needs service.";
        if (c.code == "creep")
            todo = "A cell that creeps like this is overloaded, badly glued or too weak: have it replaced.";
        if (c.code == "points" || c.code == "range" || c.code == "test_load")
            todo = "Use more or heavier weights as the plan says.";
        if (c.code == "gain")
            todo = "See that the weights were typed in kilograms and that the plate's own description is right.";
        if (c.code == "spot_check" || c.code == "agreement")
            todo =
                "Weigh the person on a checked scale as dressed, and let them stand still with both feet on one pad.";
        f.message = fmt::format("The {}{} is {:.3g} {}, the limit {:.3g}{}. {}", c.code, pad, c.value, c.unit, c.limit,
                                c.note.empty() ? "" : " (" + c.note + ")", todo);
        result.findings.push_back(f);
    }
}

}  // namespace

bool Evaluation::passed() const {
    return findings.empty() && fits[0] && fits[1] && !checks.empty() &&
           std::all_of(checks.begin(), checks.end(), [](const Check& c) { return c.verdict == Verdict::passed; });
}

PlateMap Evaluation::map(std::string certificate_id) const {
    PlateMap map;
    map.certificate_id = std::move(certificate_id);
    for (std::size_t i = 0; i < 2; ++i) {
        map.pads[i] = fits[i].value().map();
        map.range[i] = fits[i]->range();
    }
    return map;
}

Evaluation evaluate(const Observations& seen, const Limits& limits) {
    Evaluation result;
    result.findings = faults_before_fit(seen);
    const bool senseless = !result.findings.empty();
    if (senseless)
        return result;
    result.findings = faults_of_zero(seen, limits);
    const Pad pads[] = {Pad::left, Pad::right};
    for (std::size_t i = 0; i < 2; ++i) {
        const bool zero_bad = std::any_of(result.findings.begin(), result.findings.end(),
                                          [&](const Finding& f) { return f.pad == pads[i]; });
        // Friction and drift spoil single loads too; naming those would blame the weights for the plate.
        if (!zero_bad) {
            auto suspects = suspect_placements(seen, pads[i], result.excluded);
            result.findings.insert(result.findings.end(), suspects.begin(), suspects.end());
        }
        result.fits[i].emplace(seen, pads[i], result.excluded);
        if (result.fits[i]->rank() < 3) {
            Finding f;
            f.code = "degenerate_positions";
            f.pad = pads[i];
            f.amount = result.fits[i]->rank();
            f.message = fmt::format(
                "The loads on the {} pad tell only {} of the 3 directions that force and centre of "
                "pressure need. Put a heavier load on each of its four corners.",
                name_of(pads[i]), result.fits[i]->rank());
            result.findings.push_back(f);
        }
        const auto holds = suspect_holds(seen, *result.fits[i]);
        result.findings.insert(result.findings.end(), holds.begin(), holds.end());
        const auto checks = checks_of_pad(seen, *result.fits[i], result.excluded, limits);
        result.checks.insert(result.checks.end(), checks.begin(), checks.end());
    }
    const auto checks = checks_of_plate(seen, *result.fits[0], *result.fits[1], limits);
    result.checks.insert(result.checks.end(), checks.begin(), checks.end());
    tell_failed_checks(result, limits);
    return result;
}

}  // namespace heeldrop::calibration
