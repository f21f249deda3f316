// What a plate says of itself in HELLO, as the rest of the daemon uses it, and its JSON for the header of a recording.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "calibration/lib/cells.hpp"
#include "firmware-protocol/codec/message.h"

namespace heeldrop::plate {

struct PlateInfo {
    std::string serial, firmware, converter;
    std::uint32_t boot_id = 0;
    std::uint32_t tick_hz = 0;
    Hertz nominal_rate;
    std::uint32_t sample_period_ticks = 0;  ///< 0: each sample brings its own tick
    std::vector<calibration::Cell> cells;
    bool operator==(const PlateInfo&) const = default;
};

/// Throws std::invalid_argument, with a sentence for people, where the plate cannot serve: a pad without a cell, two
/// cells in one corner, or more or fewer than 40 to 2000 samples a second.
PlateInfo plate_info(const heeldrop_hello& hello);

/// The same plate, maybe in another boot: its serial number, its converter and its cells. Without a serial number the
/// firmware must be the same too, as far as that tells plates apart.
bool same_plate(const PlateInfo& a, const PlateInfo& b);

/// How a plate differs from what it was, so that its counts mean something else, in words for people: the converter, the
/// number of cells, or the first cell that is not what it was. Empty where it does not.
std::string what_changed(const PlateInfo& was, const PlateInfo& is);

nlohmann::ordered_json to_json(const PlateInfo& info);
/// Throws nlohmann::json::exception or std::invalid_argument on a text that to_json did not write.
PlateInfo plate_info_from_json(const nlohmann::ordered_json& text);

}  // namespace heeldrop::plate
