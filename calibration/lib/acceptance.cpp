#include "calibration/lib/acceptance.hpp"

#include <fmt/core.h>

namespace heeldrop::calibration {

std::optional<NotAccepted> why_not_accepted(const Verification& verified, const PlateIdentity& connected,
                                            const std::vector<Cell>& cells) {
    const Certificate& certificate = verified.opened.certificate;
    const PlateIdentity& plate = certificate.of.plate;
    if (verified.own != true)
        return NotAccepted{"another_station",
                           fmt::format("The certificate is signed by another station's key ({}). Calibrate the plate "
                                       "on this station.",
                                       fingerprint(verified.opened.key))};
    if (!verified.recomputed())
        return NotAccepted{"recompute_mismatch",
                           fmt::format("The certificate's {} does not follow from its own readings. Calibrate again.",
                                       verified.differences.front().where)};
    if (!certificate.passed())
        return NotAccepted{
            "calibration_failed",
            "The calibration has not passed every check. Do what its findings say, and calibrate again."};
    if (plate.serial != connected.serial)
        return NotAccepted{"another_plate",
                           fmt::format("The certificate is of plate {}, and {} is connected. Connect that plate, or "
                                       "calibrate this one.",
                                       plate.serial, connected.serial)};
    if (plate.converter != connected.converter)
        return NotAccepted{"converter_changed",
                           fmt::format("Plate {} was calibrated with a {} converter and has a {} now. Calibrate again.",
                                       plate.serial, plate.converter, connected.converter)};
    if (certificate.seen.cells != cells)
        return NotAccepted{"cells_changed",
                           fmt::format("Plate {} describes other cells than it had when it was calibrated. Calibrate "
                                       "again.",
                                       plate.serial)};
    return std::nullopt;
}

}  // namespace heeldrop::calibration
