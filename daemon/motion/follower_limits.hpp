// Limits that several of the follower's parts share.
#pragma once

namespace heeldrop::motion {

// Two feet are quiet to a few mm/s, one foot to some 10-20 (domain.md section 2.2).
inline constexpr double still_speed = 0.005;
inline constexpr double least_rise = 0.022;     // metres, roughly; the fit decides on 3-20 cm
inline constexpr double gain_unknown = 0.003;   // of the weight, per unit of share moved
inline constexpr double settled_seconds = 2.5;  // nothing more has come of a descent on two feet: it is over

}  // namespace heeldrop::motion
