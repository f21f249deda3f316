// The phases of a whole session as the reps' final accounts tell them, who know more than a display did at the time.
#pragma once

#include <span>
#include <vector>

#include "daemon/motion/rep.hpp"

namespace heeldrop::motion {

/// Ascending, no two alike in a row. From a rep's first known time to its last they are the rep's own times, and
/// `unknown` where it has none; `homing` from its return until live saw the next, unless that stands already. Outside
/// the reps they are what `seen_live` told of standing or leaving (`two_feet`, `empty`); any movement it took for more
/// there became no rep and is `unknown`. `reps` in the order of their index, `seen_live` ascending.
std::vector<PhaseChange> final_phases(std::span<const Rep> reps, std::span<const PhaseChange> seen_live);

}  // namespace heeldrop::motion
