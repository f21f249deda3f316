// Uneven samples become bins of equal width that keep the impulse: everything behind works on these.
// Must not know what a rep is.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "daemon/motion/force_sample.hpp"

namespace heeldrop::motion {

/// 50 bins a second: the fastest drop worth naming (0.2 s) still spans ten, and an hour is 180 000.
inline constexpr double bin_seconds = 0.02;

/// The means over one bin of the signal drawn straight from sample to sample, so that force x time is exact
/// whatever the sampling: velocity, the integral of force, does not feel the rate.
struct Bin {
    double start = 0.0;                      ///< seconds on the samples' clock
    double left = 0.0, right = 0.0;          ///< newtons
    double left_cop = 0.0, right_cop = 0.0;  ///< millimetres; NaN where not known over the whole bin
    double unseen = 0.0;                     ///< newtons rms: what its mean may be off by for what samples jump over
    bool gap = false;                        ///< samples are missing here: the values are only a straight line
    bool saturated = false;                  ///< samples are there, but a pad's were marked faulty for over 0.1 s
    bool sparse =
        false;  ///< between samples so far apart that the sway between them is lost: no gap, but no fit either

    double total() const { return left + right; }
    bool usable() const { return !gap && !saturated; }
};

/// Bins samples as they come. Left-out isolated samples (a fault flag, or a value or a few that their neighbours
/// contradict) are bridged by a straight line.
class Grid {
 public:
    /// A hole of more than this is a gap: an HX711 at its worst leaves 0.3 s (domain.md, measured).
    static constexpr double gap_seconds = 0.35;
    static constexpr double longest_bridge = 0.1;
    /// Bins between samples further apart than this are sparse: half a period of the strong sway's middle (4 Hz). A
    /// slow converter that loses two readings in a row stays below it (40/s: 75 ms); a line over them is off by less
    /// than the sway, while bins that say nothing let any speed begin in them.
    static constexpr double sparse_seconds = 0.12;

    /// A longer hole is not laid out: the bins go on behind it, so that a wrong time cannot cost more than this.
    static constexpr double longest_laid_out = 5.0;

    /// Faulty samples for longer are told before a good one follows, as none may: by saturated bins.
    static constexpr double longest_unsaid = 1.0;

    /// A good sample that waits for its successors, which tell whether it is a spike.
    struct Waiting {
        ForceSample sample;
        bool after_fault;  ///< faulty samples lie just before it
    };

    /// Appends the bins that this sample completes.
    /// Throws std::invalid_argument where time does not increase or an unflagged force is not finite.
    void push(const ForceSample& sample, std::vector<Bin>& completed);
    /// The last held-back samples count too; the unfinished bin is dropped.
    void finish(std::vector<Bin>& completed);

    bool started() const { return last_time_.has_value(); }

 private:
    void settle(std::vector<Bin>& completed);
    double impulse_of(std::span<const Waiting> run, const ForceSample& after, double level) const;
    bool lands(std::span<const Waiting> run, const ForceSample& after) const;
    void accept(const Waiting& next, std::vector<Bin>& completed);
    void hold_until(double t, std::vector<Bin>& completed);
    void span_to(const ForceSample& to, bool gap, bool saturated, std::vector<Bin>& completed);

    double origin_ = 0.0;
    std::optional<double> last_time_;     ///< of the last pushed sample, accepted or not
    std::optional<ForceSample> from_;     ///< the last accepted sample
    std::optional<ForceSample> earlier_;  ///< the one before it, if that is one
    bool held_ = false;                   ///< from_ is none: the samples since the one before it are faulty
    std::vector<Waiting> waiting_;
    bool faulty_since_ = false;   ///< faulty samples have come after those
    std::int64_t bin_ = 0;        ///< index of the bin being filled
    double filled_ = 0.0;         ///< seconds of it covered
    Bin sum_;                     ///< integrals so far
    double left_out_ = 0.0;       ///< newton seconds of samples left out since from_
    int sure_errors_ = 0;         ///< left out so far
    std::deque<double> recent_;   ///< newtons, the last bins' totals
    std::size_t alone_bins_ = 0;  ///< of them, the last ones in which one foot carried nearly all
};

}  // namespace heeldrop::motion
