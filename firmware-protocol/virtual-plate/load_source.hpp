// What stands on the plate over time: a simulated person or a recording. Must not know cells' electronics or protocol.
#pragma once

#include <string>
#include <vector>

#include "calibration/lib/units.hpp"
#include "firmware-protocol/virtual-plate/electronics.hpp"

namespace heeldrop::virtual_plate {

/// Below this a foot's place on its pad means nothing, in truth files and recordings alike.
inline constexpr double unloaded_n = 20.0;

/// The force under one foot and where it acts, from its pad's centre.
struct Foot {
    double force_n = 0.0;
    double cop_x_mm = 0.0, cop_y_mm = 0.0;
};

struct Load {
    Foot left, right;
};

CellForces cells_under(const Load& load);

class LoadSource {
 public:
    virtual ~LoadSource() = default;
    /// Times never go back.
    virtual Load load_at(Seconds t) = 0;
    virtual bool over(Seconds t) = 0;
    /// The truth of everything before this is final; `t` where nothing is open.
    virtual Seconds undecided_from(Seconds t) const { return t; }
    /// What has begun since the last call, for people to read.
    virtual std::vector<std::string> begun_by(Seconds) { return {}; }
};

}  // namespace heeldrop::virtual_plate
