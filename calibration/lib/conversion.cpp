#include "calibration/lib/conversion.hpp"

#include <cassert>
#include <cmath>
#include <limits>

namespace heeldrop::calibration {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Adding zero turns a rounded "-0" into "0".
double to_steps(double value, double steps_per_unit) {
    return std::round(value * steps_per_unit) / steps_per_unit + 0.0;
}

}  // namespace

Conversion::Conversion(std::vector<Cell> cells, Zero zero, std::optional<PlateMap> map)
    : cells_(std::move(cells)), zero_(std::move(zero)), map_(std::move(map)) {
    assert(cells_.size() <= max_cells && zero_.size() == cells_.size());
    weights_.resize(cells_.size(), {0.0, 0.0, 0.0});
    if (!map_)
        return;
    for (const PadMap& pad : map_->pads)
        for (std::size_t j = 0; j < pad.cells.size(); ++j)
            weights_.at(pad.cells[j]) = {pad.force[j], pad.moment_x[j], pad.moment_y[j]};
}

PlateLoad Conversion::operator()(const Reading& reading) const noexcept {
    struct Sum {
        double force = 0.0, moment_x = 0.0, moment_y = 0.0;
        bool fault = false;
    } sums[2];
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        const Cell& cell = cells_[c];
        Sum& sum = sums[static_cast<std::size_t>(cell.pad)];
        const std::int32_t count = reading.counts[c];
        if (((reading.faults >> c) & 1u) != 0 || count <= count_min || count >= count_max)
            sum.fault = true;
        if (map_) {
            const double above = count - zero_[c].value;
            sum.force += weights_[c].force * above;
            sum.moment_x += weights_[c].moment_x * above;
            sum.moment_y += weights_[c].moment_y * above;
            continue;
        }
        const double force = (count - zero_[c].value) / cell.gain.value;
        sum.force += force;
        sum.moment_x += force * cell.x.value;
        sum.moment_y += force * cell.y.value;
    }
    const auto load = [](const Sum& sum) {
        PadLoad pad{Newtons{unknown}, Millimetres{unknown}, Millimetres{unknown}, sum.fault};
        if (sum.fault)
            return pad;
        pad.force = Newtons{to_steps(sum.force, 1e3)};
        if (sum.force >= min_force_for_cop.value) {
            pad.cop_x = Millimetres{to_steps(sum.moment_x / sum.force, 1e2)};
            pad.cop_y = Millimetres{to_steps(sum.moment_y / sum.force, 1e2)};
        }
        return pad;
    };
    return {load(sums[0]), load(sums[1])};
}

}  // namespace heeldrop::calibration
