// `heeldrop-calibrate characterise FILE`: a table of counts against loads, or a log of counts, told in figures.
#pragma once

#include <filesystem>
#include <optional>

#include "calibration/lib/units.hpp"

namespace heeldrop::calibrate {

struct CharacteriseOptions {
    std::filesystem::path file;
    MetresPerSecond2 gravity = standard_gravity;  ///< for tables in kilograms
    std::optional<double> counts_per_newton;      ///< tells a log's figures in newtons too
    bool json = false;
};

/// Prints; returns the exit code: 0, or 3 where rows of a table cannot be right. Throws FileError.
int characterise(const CharacteriseOptions& options);

}  // namespace heeldrop::calibrate
