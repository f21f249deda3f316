// What is wrong with a table's channels, before and after a line is laid through them: cells that are dead or inverted,
// readings at the converter's end. It must not know files.
#pragma once

#include <string>
#include <vector>

#include "calibration/cli/column_roles.hpp"
#include "calibration/cli/columns.hpp"
#include "calibration/lib/load_table.hpp"

namespace heeldrop::calibrate {

/// A table as far as it can be used, and a sentence for each part that cannot.
struct UsableTable {
    Columns columns;
    std::vector<std::string> left_out;
    bool dead_cell = false;  ///< without it nothing is to be told of the others
};

/// Rows in which a channel stands at the end of a 24-bit converter (domain.md section 4) are left out. A cell is dead
/// where its channel moves by less than a fiftieth of what the others do.
UsableTable usable_part(const Columns& columns, const std::vector<Column>& what);

/// A sentence for each channel whose gain clearly has the other sign than most.
std::vector<std::string> inverted_channels(const std::vector<std::string>& channels, const calibration::TableFit& fit);

}  // namespace heeldrop::calibrate
