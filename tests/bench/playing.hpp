// The motion library as a live station uses it: fed sample by sample, with what it said and when. Knows motion only.
#pragma once

#include <span>
#include <vector>

#include "daemon/motion/tracker.hpp"

namespace heeldrop::bench {

/// What the tracker said, and the time of the sample after which it said so.
template <class T>
struct Said {
    T what;
    Seconds at;
};

struct Played {
    std::vector<motion::Rep> reps;              ///< each index once, its last revision, by index
    std::vector<Said<motion::Rep>> first_said;  ///< each index once, its first revision, by index
    std::vector<Said<motion::PhaseChange>> phases;
};

/// Each sample pushed alone. Throws as motion::Tracker::push does.
Played play(std::span<const motion::ForceSample> samples, const motion::Criteria& criteria);

/// Processor seconds for an hour at 1000 samples/s: of a record analysed as a whole, and of one watched as it comes.
struct SecondsAnHour {
    double recorded, live;
};

/// Processor seconds that one core needs for `hours` of these samples over and over, time going on.
double seconds_of_work(std::span<const motion::ForceSample> samples, const motion::Criteria& criteria, double hours,
                       motion::Watched watched);

}  // namespace heeldrop::bench
