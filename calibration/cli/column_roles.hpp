// What the columns of somebody's file are, by their names. It must not know files.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/lib/units.hpp"

namespace heeldrop::calibrate {

enum class LoadUnit { newton, kilonewton, kilogram, gram, pound };
std::string_view name_of(LoadUnit);
/// "N", "kg", "g", "lb", "kN" and their longer names, in any case; none of anything else.
std::optional<LoadUnit> load_unit_of(std::string_view word);
Newtons in_newtons(double value, LoadUnit unit, MetresPerSecond2 gravity);

enum class ColumnRole {
    channel,  ///< a cell's counts, or what a board made of them
    load,     ///< what really stood there
    time,
    x,
    y,      ///< where it stood
    place,  ///< where it stood, in a word: "FL", "centre"
    other,  ///< nothing that is looked at
};

struct Column {
    ColumnRole role = ColumnRole::channel;
    std::optional<LoadUnit> unit;            ///< of a load, where its name says it
    LoadUnit usual_unit = LoadUnit::newton;  ///< of a load whose name says none: what such a thing is told in
    double scale = 1.0;                      ///< of time to seconds; of x and y to millimetres
    bool of_corner = false;                  ///< its name says a corner: FL, rear_right, topLeft
};

/// A name's words are what stands between signs, digits and capitals ("kg_FL", "loadCell1", "force [N]"). `load_name`:
/// the column that is the load, where somebody says so. Throws std::invalid_argument, in a sentence, where that is no
/// column, or two look like the load.
std::vector<Column> columns_of(const std::vector<std::string>& names, const std::optional<std::string>& load_name);

/// Which names are understood, for messages.
inline constexpr const char* understood =
    "a load is called load, force, weight, mass, real or reference, with its unit as in load_kg; time is t, t_s or "
    "time";

}  // namespace heeldrop::calibrate
