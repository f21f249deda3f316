// What befalls samples on their way: spikes, lost samples, gaps, faulty channels, drift, uneven sampling. Works on what
// the virtual plate made; must not know who stands on it nor how it is analysed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "daemon/motion/force_sample.hpp"
#include "firmware-protocol/virtual-plate/simulation.hpp"

namespace heeldrop::bench {

struct Damage {
    /// Part of the reads with one cell 94-187 N away (4-8 x 10^5 counts, domain.md section 2), now and then two or
    /// three in a row.
    double spikes = 0.0;
    double losses_per_minute = 0.0;  ///< some samples missing, 0.05-0.3 s: no gap yet
    double gaps_per_minute = 0.0;    ///< 0.5-3 s missing
    double faulty_per_minute = 0.0;  ///< one pad flagged for 0.02-0.6 s, its force stuck at the end of its range
    double dead_from = 0.0;          ///< part of the record after which one pad is flagged; 0: never
    Newtons drift_per_minute{0.0};   ///< of the sum, shared by the pads as they drift apart
    Hertz uneven_rate{0.0};          ///< above 0: of the plate's samples so many are kept, at uneven times
    friend bool operator==(const Damage&, const Damage&) = default;
};

struct Interval {
    Seconds from, to;
};

struct Received {
    std::vector<motion::ForceSample> samples;
    /// Where so much is missing (0.2 s or more of a pad) that an honest account may decline to judge.
    std::vector<Interval> unusable;
};

/// The same seed does the same.
Received receive(std::span<const virtual_plate::PadSample> sent, const Damage& damage, std::uint64_t seed);

}  // namespace heeldrop::bench
