#include "calibration/lib/spot_check.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::calibration {

Newtons spot_uncertainty(const Certificate& certificate, Pad pad, Newtons expected) {
    const auto& stated = certificate.judged.pads[pad == Pad::left ? 0 : 1].value().uncertainty;
    Newtons load{};
    for (const StatedUncertainty& u : stated)
        load = std::max(load, u.load);
    for (const StatedUncertainty& u : stated)
        if (u.load >= expected)
            load = std::min(load, u.load);
    Newtons of_map{};
    for (const StatedUncertainty& u : stated)
        if (u.load == load)
            of_map = std::max(of_map, u.expanded.force);
    // The mass lies certainly within the tolerance: a rectangle's standard deviation is its half-width / sqrt 3.
    const Newtons of_mass =
        2.0 / std::sqrt(3.0) * weight_of(certificate.seen.tolerance.person, certificate.seen.gravity);
    return Newtons{std::hypot(of_map.value, of_mass.value)};
}

SpotVerdict judge_spot_check(const Certificate& certificate, Pad pad, Kilograms mass, const MeanReading& reading,
                             const Zero& zero) {
    const PadMap& map = certificate.judged.pads[pad == Pad::left ? 0 : 1].value().map;
    SpotVerdict verdict;
    verdict.expected = weight_of(mass, certificate.seen.gravity);
    for (std::size_t j = 0; j < map.cells.size(); ++j)
        verdict.read += Newtons{map.force[j] * (reading.mean[map.cells[j]] - zero[map.cells[j]].value)};
    verdict.uncertainty = spot_uncertainty(certificate, pad, verdict.expected);
    return verdict;
}

}  // namespace heeldrop::calibration
