// Whether a later account of a rep is told in place of the earlier. Pure; must not know what led to either.
#pragma once

#include "daemon/motion/rep.hpp"

namespace heeldrop::motion {

/// It says something else: verdict, faults or reasons, or a duration or depth by half an uncertainty.
bool is_worth_telling(const Rep& again, const Rep& told);

}  // namespace heeldrop::motion
