// A calibration judged: from the observations alone to maps, checks, findings and one verdict. The same observations
// give the same evaluation on any build; a certificate is verified by doing it again.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "calibration/lib/checks.hpp"

namespace heeldrop::calibration {

struct Evaluation {
    /// What is wrong, the cause before its consequences; empty when nothing is.
    std::vector<Finding> findings;
    std::vector<Check> checks;
    /// Left, right. None where the findings make a fit senseless.
    std::array<std::optional<PadFit>, 2> fits;
    std::set<int> excluded;  ///< placements named in the findings and left out of fit and checks

    /// Every check passed, none left out, and nothing was found: only then may it be taken over.
    bool passed() const;
    /// Both pads'; only where both were fitted.
    PlateMap map(std::string certificate_id) const;
};

Evaluation evaluate(const Observations& seen, const Limits& limits = {});

}  // namespace heeldrop::calibration
