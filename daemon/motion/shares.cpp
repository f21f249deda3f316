#include "daemon/motion/shares.hpp"

#include "daemon/motion/stretch.hpp"

namespace heeldrop::motion {

std::optional<double> last_crossing_up(const History& history, BinIndex first, BinIndex last, Side side, double level) {
    const auto share = [&](BinIndex i) {
        const double s = left_share(history[i].bin);
        return side == Side::left ? s : 1.0 - s;
    };
    for (BinIndex i = last; i > first; --i) {
        const double before = share(i - 1), after = share(i);
        if (before < level && after >= level)
            return (static_cast<double>(i) - 0.5 + (level - before) / (after - before)) * bin_seconds;
    }
    return std::nullopt;
}

std::optional<double> first_crossing_up(const History& history, BinIndex first, BinIndex last, Side side,
                                        double level) {
    const auto share = [&](BinIndex i) {
        const double s = left_share(history[i].bin);
        return side == Side::left ? s : 1.0 - s;
    };
    for (BinIndex i = first + 1; i <= last; ++i) {
        const double before = share(i - 1), after = share(i);
        if (before < level && after >= level)
            return (static_cast<double>(i) - 0.5 + (level - before) / (after - before)) * bin_seconds;
    }
    return std::nullopt;
}

std::optional<double> left_share_over(const History& history, double from, double to) {
    double left = 0.0, both = 0.0;
    over_bins(history, from, to, [&](const Bin& b, double width) {
        left += b.left * width;
        both += b.total() * width;
    });
    if (both <= 0.0)
        return std::nullopt;
    // An empty pad's drift may read a little below nothing; a share is a part all the same.
    return std::clamp(left / both, 0.0, 1.0);
}

}  // namespace heeldrop::motion
