// What the pictures are drawn from: every estimate beside its truth, and a few reps whole, as JSON for
// draw_accuracy.py. Must not know how a picture looks.
#pragma once

#include <span>
#include <string>

#include "tests/bench/scoring.hpp"

namespace heeldrop::bench {

/// {"schema":"heeldrop.accuracy/1","estimates":[..],"reps":[..]}; README.md shows it. Plays the chosen reps' sessions
/// once more: the first rep found of each element, and the one whose duration is furthest off.
std::string picture_data(std::span<const Outcome> outcomes);

}  // namespace heeldrop::bench
