// Every disturbance by itself, in true time, and what both accounts say of it. It must not know how it is printed.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/soak_station.hpp"

namespace heeldrop::bench {

/// What one disturbance added to the accounts: damaged frames, frames and samples lost, samples that came again, gaps,
/// their seconds, then samples of all cells that were saturated, invalid, stuck, spikes.
struct Added {
    long bad_frames = 0, lost_frames = 0, lost_samples = 0, unordered = 0, gaps = 0;
    double gap_s = 0.0;
    long saturated = 0, invalid = 0, stuck = 0, spikes = 0;
};

struct EachRow {
    std::string what;
    Added plate, daemon;
    bool equal = false;
    std::string remark;
};

/// In one session of quiet standing. Throws std::runtime_error where something does not come.
std::vector<EachRow> each_disturbance(SoakStation& station, const std::string& rate);

}  // namespace heeldrop::bench
