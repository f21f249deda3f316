// Faults of cells, wiring and loads, each told from the others by what it alone does to the counts; README.md has the
// table. It must not know the fit's limits, only what cannot be a plate's and a person's honest work.
#pragma once

#include <vector>

#include "calibration/lib/checks.hpp"

namespace heeldrop::calibration {

/// What makes a fit senseless: no zero, gravity from elsewhere, loads that moved while they were read, too few or badly
/// placed loads; a dead, reversed or misplaced cell; a load on the other pad than it was typed for.
std::vector<Finding> faults_before_fit(const Observations& seen);

/// Zeros that run away, and corners that do not let go: from the empty readings alone, whatever was typed. A drift
/// within its limit is no fault of a corner: what idle_drift() tells is taken out of what a corner keeps.
std::vector<Finding> faults_of_zero(const Observations& seen, const Limits& limits);

/// Loads that fit neither the others nor the plate: a mass typed wrongly, or a place. Each with by how much.
std::vector<Finding> suspect_placements(const Observations& seen, Pad pad, std::set<int>& excluded);

/// Loads left alone that were not what was typed for them: creep is told in parts of the range, by a load near it.
std::vector<Finding> suspect_holds(const Observations& seen, const PadFit& fit);

}  // namespace heeldrop::calibration
