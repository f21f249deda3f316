// Verdicts: a measured rep against the prescription's criteria. Pure; the thresholds are criteria.hpp's.
#pragma once

#include "daemon/motion/account.hpp"

namespace heeldrop::motion {

/// Fills verdict and faults from what was measured. A measured value is taken at its best estimate, except depth,
/// which is only called shallow where twice its uncertainty cannot save it (domain.md section 3).
void judge(Account& account, const Criteria& criteria);

}  // namespace heeldrop::motion
