// The result of a calibration as the conversion uses it: per pad three rows of coefficients, counts above zero in,
// force and moments out. It must not know how it was found.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "calibration/lib/cells.hpp"

namespace heeldrop::calibration {

/// (F, Mx, My) = map x (counts - zero). Mx is the force times how far right it acts, My times how far towards the toes,
/// so that CoP = (Mx / F, My / F): the levers themselves, not the mechanic's axes of turning.
struct PadMap {
    Pad pad = Pad::left;
    std::vector<std::size_t> cells;  ///< which of the plate's cells; the columns below are in this order
    std::vector<double> force;       ///< N per count
    std::vector<double> moment_x;    ///< N mm per count
    std::vector<double> moment_y;    ///< N mm per count
    bool operator==(const PadMap&) const = default;
};

/// Both pads', with where they come from and how far they hold.
struct PlateMap {
    std::array<PadMap, 2> pads;      ///< left, right
    std::array<Newtons, 2> range{};  ///< the largest load that was on each pad in the calibration
    std::string certificate_id;
    bool operator==(const PlateMap&) const = default;
};

}  // namespace heeldrop::calibration
