// `heeldrop-calibrate characterise FILE`: a table of counts against loads, or a log of counts, told in figures.
#pragma once

#include <filesystem>
#include <optional>

#include "calibration/cli/column_roles.hpp"
#include "calibration/cli/columns.hpp"
#include "calibration/lib/units.hpp"

namespace heeldrop::calibrate {

struct CharacteriseOptions {
    std::filesystem::path file;
    MetresPerSecond2 gravity = standard_gravity;  ///< for tables in kilograms, grams and pounds
    std::optional<std::string> load;              ///< the column that is the load; else its name says so
    std::optional<LoadUnit> load_unit;            ///< else the load's name says so, else newtons
    std::optional<double> counts_per_newton;      ///< tells a log's figures in newtons too
    bool json = false;
};

/// Prints; returns the exit code: 0, or 3 where rows of a table cannot be right. Throws FileError.
int characterise(const CharacteriseOptions& options);

/// Its parts: a table has a column of loads, a log has none, but one of time. `what`: a role for each column.
int study_as_table(const CharacteriseOptions& options, const Columns& columns, const std::vector<Column>& what);
int study_as_log(const CharacteriseOptions& options, const Columns& columns, const std::vector<Column>& what);

}  // namespace heeldrop::calibrate
