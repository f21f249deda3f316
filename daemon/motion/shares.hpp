// Integrals over bins, and when the load's share of one leg passes a level: between bins, too. Pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "daemon/motion/history.hpp"
#include "daemon/motion/rep.hpp"

namespace heeldrop::motion {

/// Walks whole and partial bins of [from, to) seconds from bin 0 with their widths.
template <class F>
void over_bins(const History& history, double from, double to, F&& f) {
    const auto first = static_cast<BinIndex>(std::floor(from / bin_seconds));
    const auto last = static_cast<BinIndex>(std::ceil(to / bin_seconds));
    for (BinIndex i = std::max(first, history.begin()); i < std::min(last, history.end()); ++i) {
        const double begin = std::max(from, static_cast<double>(i) * bin_seconds);
        const double end = std::min(to, static_cast<double>(i + 1) * bin_seconds);
        if (end > begin)
            f(history[i].bin, end - begin);
    }
}

/// Share of the left pad over [from, to) in seconds on the bins' clock, as the ratio of the integrals; none without
/// load.
std::optional<double> left_share_over(const History& history, double from, double to);

/// The time at which the share's rise towards the working leg passes `level`, between bins; searched backwards from
/// `last` so that an earlier push the other way is passed over. None if it was above all the way to `first`.
std::optional<double> last_crossing_up(const History& history, BinIndex first, BinIndex last, Side side, double level);

/// The same, searched forwards.
std::optional<double> first_crossing_up(const History& history, BinIndex first, BinIndex last, Side side, double level);

}  // namespace heeldrop::motion
