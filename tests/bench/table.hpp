// The accuracy table: each figure beside its target, `ok` or `MISSED`. Knows outcomes, not how they came about.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/scoring.hpp"

namespace heeldrop::bench {

struct Row {
    std::string figure, measured, target;
    std::optional<bool> met;  ///< none: there is no target, or nothing to measure it on
};

/// Every row of the targets, in their order. `work`: none leaves its rows out.
std::vector<Row> accuracy_rows(std::span<const Outcome> outcomes, std::optional<SecondsAnHour> work);

/// Each thing done that is no rep: how often, and the false reps in it.
std::string false_rep_table(std::span<const Outcome> outcomes);

/// How far live phases are from final ones, phase by phase.
std::string live_phase_table(std::span<const Outcome> outcomes);

/// The main figures by a property of the reps: "rate", "kind", "profile" or "element". Throws std::invalid_argument on
/// another.
std::string break_down(std::span<const Outcome> outcomes, const std::string& by);

std::string as_text(std::span<const Row> rows);

}  // namespace heeldrop::bench
