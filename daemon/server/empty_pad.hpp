// A free zero check with every rep: while one foot lowers the body, the other pad is empty and should read nothing.
// Pure; it must not know certificates, sessions or what is done about it.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "calibration/lib/cells.hpp"
#include "daemon/motion/rep.hpp"

namespace heeldrop::server {

/// Not thread-safe; no clock: time is the samples'.
class EmptyPad {
 public:
    explicit EmptyPad(std::vector<calibration::Cell> cells) : cells_(std::move(cells)) {}

    /// A sample of the session, and the zero that was in use.
    void push(Seconds t, const calibration::Reading& reading, const calibration::Zero& zero);

    struct Found {
        calibration::Cell cell;  ///< of the empty pad, the corner that is furthest off
        Newtons off;
    };
    /// The mean over the rep's drop on the pad that did not work. None where the pad was not empty and still (a foot
    /// that touches is not steady to 0.6 N a corner, nor below 15 N: ZeroLimits), or the drop was too short to tell or
    /// is not known.
    std::optional<Found> look(const motion::Rep& rep) const;

 private:
    /// A rep is told of a few seconds after its drop.
    static constexpr Seconds kept{60.0};
    static constexpr Seconds least{0.4};
    struct Sample {
        Seconds t;
        bool valid;
        std::array<float, calibration::max_cells> newtons;
    };
    std::vector<calibration::Cell> cells_;
    std::deque<Sample> samples_;
};

}  // namespace heeldrop::server
