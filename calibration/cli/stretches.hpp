// A recording with a column of loads as the table that it stands for. It must not know files.
#pragma once

#include "calibration/cli/column_roles.hpp"
#include "calibration/cli/columns.hpp"

namespace heeldrop::calibrate {

/// One row for each stretch of rows on end with one load in one place, with the medians of its readings, so that
/// neither the handling at its ends nor its many rows count as loads of their own. `line` is the stretch's first. None
/// where the file is no recording: fewer than eight rows to a stretch in the mean.
std::optional<Columns> stretches_of(const Columns& columns, const std::vector<Column>& what);

}  // namespace heeldrop::calibrate
