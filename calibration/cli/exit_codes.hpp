// What heeldrop-calibrate ends with, as its --help says.
#pragma once

namespace heeldrop::calibrate {

inline constexpr int done = 0, impossible = 1, wrong_usage = 2, bad_result = 3, another_station = 4, cancelled = 5;

}  // namespace heeldrop::calibrate
