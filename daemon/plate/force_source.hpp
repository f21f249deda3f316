// Raw samples to force samples: a recording's zero and cells, and the tick that its clock counts from.
// Live and stored sessions go through this one class, so a session converted again gives the same numbers.
#pragma once

#include "calibration/lib/conversion.hpp"
#include "daemon/motion/force_sample.hpp"
#include "daemon/plate/raw_sample.hpp"

namespace heeldrop::plate {

class ForceSource {
 public:
    /// `origin` is the tick at which t is `origin_t`; `tick_hz` is above 0.
    ForceSource(calibration::Conversion conversion, std::uint32_t tick_hz, std::int64_t origin, Seconds origin_t = {})
        : conversion_(std::move(conversion)), tick_hz_(tick_hz), origin_(origin), origin_t_(origin_t) {}

    /// Time is rounded to 1 us, force and centre of pressure as Conversion rounds them.
    motion::ForceSample operator()(const RawSample& sample) const noexcept;

    /// From the next sample on; an entry for each cell.
    void zero_is(calibration::Zero zero) {
        conversion_ = calibration::Conversion(conversion_.cells(), std::move(zero), conversion_.map());
    }

    const calibration::Conversion& conversion() const noexcept { return conversion_; }

 private:
    calibration::Conversion conversion_;
    std::uint32_t tick_hz_;
    std::int64_t origin_;
    Seconds origin_t_;
};

}  // namespace heeldrop::plate
