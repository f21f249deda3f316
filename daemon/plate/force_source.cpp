#include "daemon/plate/force_source.hpp"

#include <cmath>

namespace heeldrop::plate {

motion::ForceSample ForceSource::operator()(const RawSample& sample) const noexcept {
    const calibration::PlateLoad load = conversion_(sample.reading);
    const double seconds = origin_t_.value + static_cast<double>(sample.tick - origin_) / tick_hz_;
    motion::ForceSample force;
    force.t = Seconds{std::round(seconds * 1e6) / 1e6};
    force.left = load.left.force;
    force.right = load.right.force;
    force.left_cop_y = load.left.cop_y;
    force.right_cop_y = load.right.cop_y;
    force.left_fault = load.left.fault;
    force.right_fault = load.right.fault;
    return force;
}

}  // namespace heeldrop::plate
