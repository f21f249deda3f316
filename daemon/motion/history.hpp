// The bins of the recent past by their absolute number, each with the baseline the follower held at that moment.
// Bounded: forgets what is older than the longest rep. Must not know what the bins mean.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

#include "daemon/motion/grid.hpp"

namespace heeldrop::motion {

using BinIndex = std::int64_t;

constexpr BinIndex bins_in(double seconds) {
    return static_cast<BinIndex>(seconds / bin_seconds + 0.5);
}

struct PastBin {
    Bin bin;
    double sum_before = 0.0, left_before = 0.0;  ///< of all totals, and left loads, before this bin, newtons
    double rest = 0.0;                           ///< newtons: the load at rest, as known then
    double speed = 0.0;                          ///< m/s up: the follower's running estimate
};

class History {
 public:
    static constexpr BinIndex kept = bins_in(120.0);

    void append(const Bin& bin) {
        bins_.push_back(PastBin{bin, sum_, left_sum_, 0.0, 0.0});
        sum_ += bin.total();
        left_sum_ += bin.left;
        if (static_cast<BinIndex>(bins_.size()) > 2 * kept) {
            bins_.erase(bins_.begin(), bins_.end() - kept);
            first_ = end_ - kept + 1;
        }
        ++end_;
    }
    BinIndex begin() const { return first_; }
    BinIndex end() const { return end_; }
    BinIndex clamp(BinIndex i) const { return std::clamp(i, first_, end_); }

    const PastBin& operator[](BinIndex i) const {
        assert(i >= first_ && i < end_);
        return bins_[static_cast<std::size_t>(i - first_)];
    }
    PastBin& operator[](BinIndex i) {
        assert(i >= first_ && i < end_);
        return bins_[static_cast<std::size_t>(i - first_)];
    }

    /// Mean of the total over [from, to), clamped to what is kept; 0 over nothing.
    double mean_total(BinIndex from, BinIndex to) const {
        from = clamp(from);
        to = clamp(to);
        return to > from ? (sum_until(to) - sum_until(from)) / static_cast<double>(to - from) : 0.0;
    }
    /// The same of the left pad.
    double mean_left(BinIndex from, BinIndex to) const {
        from = clamp(from);
        to = clamp(to);
        return to > from ? (left_until(to) - left_until(from)) / static_cast<double>(to - from) : 0.0;
    }

 private:
    double sum_until(BinIndex i) const { return i == end_ ? sum_ : (*this)[i].sum_before; }
    double left_until(BinIndex i) const { return i == end_ ? left_sum_ : (*this)[i].left_before; }

    std::vector<PastBin> bins_;
    double sum_ = 0.0, left_sum_ = 0.0;
    BinIndex first_ = 0;
    BinIndex end_ = 0;
};

}  // namespace heeldrop::motion
