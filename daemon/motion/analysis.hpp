// A whole record at once: the account that `heeldropctl analyze` prints and a stored session is re-analysed to.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "daemon/motion/tracker.hpp"

namespace heeldrop::motion {

struct Analysis {
    Hertz sample_rate;  ///< the median interval's rate; 0 for fewer than two samples
    std::optional<Newtons> system_weight;
    Seconds duration;  ///< last sample's time less the first's
    std::vector<SessionFault> session_faults;
    std::vector<Rep> reps;            ///< each index once, its last revision
    std::vector<PhaseChange> phases;  ///< final_phases()
    std::vector<Event> events;
};

/// Throws as Tracker::push does.
Analysis analyze(std::span<const ForceSample> samples, const Criteria& criteria);

}  // namespace heeldrop::motion
