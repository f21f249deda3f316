// A line of many samples, reduced to what each column of pixels must show of it. It must not know Qt or colours.
#pragma once

#include <span>
#include <vector>

#include "calibration/lib/units.hpp"

namespace heeldrop::ui {

/// The lowest and highest force the line has within one column; NaN in both where there is no line.
struct Column {
    double low_n;
    double high_n;
};

/// A hole in time longer than this is shown as a hole, as the motion library counts it as a gap.
inline constexpr Seconds longest_join{0.35};

/// `count` columns of equal time from `from` to `to`. Neighbouring columns always share a value where the line goes
/// on, so that no peak is lost and no seam shows. Times must not decrease. Instants without a force (NaN) are left out:
/// the line goes on over them unless the hole is longer than `join`.
std::vector<Column> columns_of(std::span<const double> t_s, std::span<const double> force_n, Seconds from, Seconds to,
                               int count, Seconds join = longest_join);

/// What to join over in a line thinned to one value in every so often: as ever, but never less than its own spacing.
Seconds join_of(std::span<const double> t_s);

/// Round steps (1, 2, 5 times a power of ten) from 0, at most `most` of them, the last at or above `top`.
std::vector<double> round_ticks(double top, int most);
/// Steps of whole seconds or minutes that a person reads easily, from 0 and not beyond `duration`.
std::vector<double> time_ticks(Seconds duration, int most);

}  // namespace heeldrop::ui
