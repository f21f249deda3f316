// The mean of a still stretch of samples, unmoved by the single wild ones that converters send (HX711: 2^n - 1 on bad
// wiring; ADS131M04 boards: 1-2 % of reads, hundreds of thousands of counts away). It must not know what was weighed.
#pragma once

#include <span>

#include "calibration/lib/observations.hpp"

namespace heeldrop::calibration {

struct TimedReading {
    Seconds t;
    Reading reading;
};

/// None where fewer than 16 samples are left, or more than a fifth had to be left out: marked, saturated, or further
/// from the stretch's median than any noise of its own. Samples in time, of one stretch.
std::optional<MeanReading> mean_reading(std::span<const TimedReading> samples, std::size_t cells);

/// How far the most restless cell wandered, by nominal gains.
Newtons restlessness(const MeanReading& reading, const std::vector<Cell>& cells);

/// A weight at rest moves no corner by more over 5 s; creep of a sound cell stays well below.
Newtons most_restless(Newtons load);

/// A person who stands quietly moves the whole weight's mean of 0.6 s by no more: an SD of 0.1 to 0.36 % (domain.md).
Newtons most_restless_person(Kilograms mass);

}  // namespace heeldrop::calibration
