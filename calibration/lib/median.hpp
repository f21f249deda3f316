// The median of plain numbers, without a unit and without a copy.
#pragma once

#include <algorithm>
#include <vector>

namespace heeldrop::calibration {

/// The upper of the two middle values where their number is even. Leaves `values` in another order; they must not be
/// empty.
inline double median_of(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace heeldrop::calibration
