// Counts to pad forces and centres of pressure: the one conversion that live, replayed and exported data go through.
// With a calibration's map where there is one, else with each cell's nominal gain. It must not know time, sessions or
// who stands there.
#pragma once

#include <vector>

#include "calibration/lib/pad_map.hpp"

namespace heeldrop::calibration {

struct PadLoad {
    Newtons force;             ///< rounded to 1 mN; NaN where `fault`
    Millimetres cop_x, cop_y;  ///< rounded to 0.01 mm; NaN where `fault` or the force is below min_force_for_cop
    bool fault = false;        ///< a cell of this pad was saturated or marked invalid: the pad's sum means nothing
};

struct PlateLoad {
    PadLoad left, right;
};

/// Below this a centre of pressure says little: cell noise of 0.25 N on four corners 150 mm from the centre makes
/// 0.25 N x sqrt(4) x 150 mm / 25 N = 3 mm, the error that a calibration is allowed (domain.md section 5).
inline constexpr Newtons min_force_for_cop{25.0};

/// Immutable; safe to use from several threads.
class Conversion {
 public:
    /// `zero` has an entry for each cell; a map's columns are of these cells.
    Conversion(std::vector<Cell> cells, Zero zero, std::optional<PlateMap> map = std::nullopt);

    /// The same reading gives the same load to the last digit, on any build.
    PlateLoad operator()(const Reading& reading) const noexcept;

    /// Made with nominal gains: results and exports must say so.
    bool uncalibrated() const noexcept { return !map_; }
    const std::optional<PlateMap>& map() const noexcept { return map_; }

    /// A pad bears more than it was calibrated with: what it reads is the map carried on beyond its loads. Never
    /// without a map, nor where the force is not known.
    bool extrapolated(Newtons left, Newtons right) const noexcept {
        return map_ && (left > map_->range[0] || right > map_->range[1]);
    }

    const std::vector<Cell>& cells() const noexcept { return cells_; }
    const Zero& zero() const noexcept { return zero_; }

 private:
    std::vector<Cell> cells_;
    Zero zero_;
    std::optional<PlateMap> map_;
    struct Weights {
        double force, moment_x, moment_y;  ///< a count's; nominal or calibrated
    };
    std::vector<Weights> weights_;
};

}  // namespace heeldrop::calibration
