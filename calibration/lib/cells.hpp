// The load cells of a plate as the plate itself describes them, and one instant's reading of them.
// It must not know how they are read or over what line.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "calibration/lib/units.hpp"

namespace heeldrop::calibration {

/// The patient's own left and right, standing to exercise.
enum class Pad { left, right };
enum class Corner { front_left, front_right, rear_left, rear_right };

inline constexpr std::size_t max_cells = 8;

struct Cell {
    Pad pad = Pad::left;
    Corner corner = Corner::front_left;
    Millimetres x, y;      ///< from the centre of its pad's cells: to the patient's right, and towards the toes
    Newtons capacity;      ///< 0: not known
    CountsPerNewton gain;  ///< nominal, from the data sheet; negative where mounted or wired inverted; never 0
    bool operator==(const Cell&) const = default;
};

/// One instant: a converter count for each cell, in the order of the cells; bit c of `faults`: cell c's count is not
/// valid.
struct Reading {
    std::array<std::int32_t, max_cells> counts{};
    std::uint8_t faults = 0;
    bool operator==(const Reading&) const = default;
};

/// The ends of a 24-bit converter's range: a count there is saturated, not measured.
inline constexpr std::int32_t count_max = 0x7FFFFF;
inline constexpr std::int32_t count_min = -0x800000;

/// What each cell reads with nothing on the plate, in the order of the cells.
using Zero = std::vector<Counts>;

}  // namespace heeldrop::calibration
