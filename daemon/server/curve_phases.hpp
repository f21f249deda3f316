// What a stored session's curve is shaded by: the reps' final accounts, which know more than the display did at the
// time. It must not know forces, files or clients.
#pragma once

#include <span>
#include <vector>

#include "daemon/motion/rep.hpp"

namespace heeldrop::server {

/// The phases of a whole session, ascending, no two alike in a row. From a rep's first known time to its last they are
/// the rep's own times, and `unknown` where it has none. Outside the reps they are what `live` saw of standing or
/// leaving (`two_feet`, `empty`); any movement it took for more there became no rep and is `unknown`.
/// `reps` in the order of their index, `live` ascending.
std::vector<motion::PhaseChange> curve_phases(std::span<const motion::Rep> reps,
                                              std::span<const motion::PhaseChange> live);

}  // namespace heeldrop::server
