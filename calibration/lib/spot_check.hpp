// A person of known mass against the calibration in force: the daily check. It must not know how the person was read.
#pragma once

#include "calibration/lib/certificate.hpp"

namespace heeldrop::calibration {

struct SpotVerdict {
    Newtons expected;  ///< by the mass and the certificate's gravity
    Newtons read;      ///< by the certificate's map
    Newtons
        uncertainty;  ///< k = 2, of their difference: the certificate's for such a load, and how well the mass is known
    bool agrees() const { return difference() <= uncertainty && -difference() <= uncertainty; }
    Newtons difference() const { return read - expected; }
};

/// `reading` and `zero` are of the plate that the certificate is of. The uncertainty of a load between those that the
/// certificate states is the next larger one's, at the worst of its places.
SpotVerdict judge_spot_check(const Certificate& certificate, Pad pad, Kilograms mass, const MeanReading& reading,
                             const Zero& zero);

/// The same for forces that are known already, as of an older check.
Newtons spot_uncertainty(const Certificate& certificate, Pad pad, Newtons expected);

}  // namespace heeldrop::calibration
