// What a log of counts says of a converter and its cells: the rate in truth, the noise of a sample, wild samples, and
// what drifts while nobody moves. It must not know files.
#pragma once

#include <vector>

#include "calibration/lib/units.hpp"

namespace heeldrop::calibration {

/// counts[k][i]: channel k at time t[i]. Time must not decrease.
struct CountLog {
    std::vector<Seconds> t;
    std::vector<std::vector<double>> counts;
};

/// Seconds on end in which the counts only drift.
struct QuietStretch {
    Seconds start, end;
    std::vector<double> mean;              ///< counts, a channel each
    std::vector<double> drift_per_minute;  ///< counts a minute, of the straight line through it
};

struct ChannelNoise {
    /// Standard deviation of one sample about its neighbours, from sample to sample in the quiet; NaN where unknown.
    double sample = 0.0;
    /// The same about the mean of its second: slower noise as well.
    double second = 0.0;
    std::size_t wild = 0;  ///< samples, up to three on end, far from what is before and after them, which agrees
    double wild_by = 0.0;  ///< how far, in the median
};

struct LogReport {
    std::size_t rows = 0;
    Seconds duration;
    Hertz rate;                               ///< rows per second of the whole log, the gaps left out
    Seconds interval, interval_p99, longest;  ///< median, and so on
    std::size_t gaps = 0;                     ///< pauses of more than 0.35 s, longer than an HX711 ever takes
    /// Part of the rows that hold whole counts. Most: samples, the rest was filled in and does not count for noise;
    /// few: every row is a mean of several samples, and neither noise nor rate are the converter's.
    double whole = 1.0;
    bool means() const { return whole < 0.5; }
    std::vector<ChannelNoise> channels;
    std::vector<QuietStretch> quiet;  ///< of 5 s or more
};

/// Throws std::invalid_argument, in a sentence, on fewer than 32 rows or less than 2 s.
LogReport study_log(const CountLog& log);

}  // namespace heeldrop::calibration
