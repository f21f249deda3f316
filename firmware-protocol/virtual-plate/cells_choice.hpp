// Which cells the plate has: as the data sheet says, drawn, or read from a file; and one fault planted in them.
// Must not know how a cell behaves.
#pragma once

#include <stdexcept>
#include <string>

#include "firmware-protocol/virtual-plate/electronics_cells.hpp"

namespace heeldrop::virtual_plate {

/// what() is one line for people.
class CellsError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// "nominal": as HELLO says, with the converter's noise and nothing else. "drawn": README.md, "A plate to be
/// calibrated", by the seed. Anything else is a JSON file with the keys of to_json(PlateTruth), the truth file's
/// "plate"; what it does not name is nominal. Throws CellsError: which file, which key.
PlateTruth choose_cells(const std::string& choice, Converter converter, std::uint64_t seed);

/// "swapped:CELL,CELL", "inverted:CELL", "dead:CELL", "sticky:CELL", "creep:left|right", "drifting:CELL". Throws
/// CellsError.
void plant(PlateTruth& plate, const std::string& fault);

/// Of the plate: what --without switches off.
void switch_off(PlateTruth& plate, const Disturbances& on);

}  // namespace heeldrop::virtual_plate
