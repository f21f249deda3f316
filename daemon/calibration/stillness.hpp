// Has what stands on the plate come to rest? The last seconds of samples as a window that begins again when something
// moves. It must not know what is weighed.
#pragma once

#include <deque>
#include <optional>

#include "calibration/lib/still_reading.hpp"

namespace heeldrop::calibration {

/// What moves: weights are judged by the corner that wanders most; people sway, and are judged by their whole weight.
enum class Measure { corners, sum };

struct Stability {
    Newtons value, limit;  ///< how far it wandered in the window so far, and how far it may
    Seconds remaining;     ///< of stillness until the window is full
    bool valid = false;    ///< enough good samples to say anything
    /// Of a window that is full and still.
    std::optional<MeanReading> reading;
};

/// Not thread-safe; no clock: time is the samples', increasing. A pause of over 0.35 s begins the window again.
class Stillness {
 public:
    explicit Stillness(std::vector<Cell> cells);

    void push(const TimedReading& sample);
    void restart();
    /// Looks at the window; the older half of one that moved is forgotten, until it is still or under a second long.
    /// The same samples and questions give the same answers.
    Stability assess(Newtons limit, Measure measure);

    static constexpr Seconds window{5.0};
    static constexpr Seconds longest_pause{0.35};

 private:
    std::vector<Cell> cells_;
    std::deque<TimedReading> samples_;
};

}  // namespace heeldrop::calibration
