// Two pads of four 100 kg cells for tests, with offsets as real cells have them.
#pragma once

#include <cmath>

#include "calibration/lib/cells.hpp"

namespace heeldrop::calibration::test {

inline std::vector<Cell> reference_cells() {
    std::vector<Cell> cells;
    for (const Pad pad : {Pad::left, Pad::right})
        for (const Corner corner : {Corner::front_left, Corner::front_right, Corner::rear_left, Corner::rear_right}) {
            Cell cell;
            cell.pad = pad;
            cell.corner = corner;
            const bool front = corner == Corner::front_left || corner == Corner::front_right;
            const bool left = corner == Corner::front_left || corner == Corner::rear_left;
            cell.x = Millimetres{left ? -130.0 : 130.0};
            cell.y = Millimetres{front ? 150.0 : -150.0};
            cell.capacity = Newtons{981};
            cell.gain = CountsPerNewton{front && left ? -2000.0 : 2000.0};  // one corner of each pad is wired inverted
            cells.push_back(cell);
        }
    return cells;
}

/// Counts with a newton value on each cell, above each cell's own offset.
inline Reading reading(const std::array<double, max_cells>& newtons) {
    const auto cells = reference_cells();
    Reading r;
    for (std::size_t c = 0; c < max_cells; ++c) {
        const double offset = 12345.0 - 3000.0 * static_cast<double>(c);
        r.counts[c] = static_cast<std::int32_t>(std::lround(offset + newtons[c] * cells[c].gain.value));
    }
    return r;
}

}  // namespace heeldrop::calibration::test
