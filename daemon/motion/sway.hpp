// How quiet standing moves the total force: its spectrum, as the covariance of bin means.
// Pure maths; must not know what is being looked for in the force.
#pragma once

#include <cstddef>
#include <span>

namespace heeldrop::motion {

enum class Stance { one_leg, two_legs };

inline constexpr std::size_t longest_stretch_bins = 256;

/// The covariance of two means over `grid_bins_per_bin` grid bins each (grid.hpp) that begin 0, 1, 2, .. `lags - 1`
/// such bins apart, of sway whose means over one grid bin have variance 1. The spectrum is that of domain.md section 2,
/// "measured on real recordings", with the converter's own noise under it; below the lowest measured band README.md
/// says what is assumed. The span lives as long as the program; `lags` is at most longest_stretch_bins.
std::span<const double> sway_covariance(Stance stance, std::size_t grid_bins_per_bin, std::size_t lags);

}  // namespace heeldrop::motion
