// Whether a certificate may be put in force on the plate that is connected. It must not know where either comes from.
#pragma once

#include "calibration/lib/certificate_file.hpp"

namespace heeldrop::calibration {

struct NotAccepted {
    std::string code;     ///< stable: another_station, recompute_mismatch, calibration_failed, another_plate,
                          ///< converter_changed, cells_changed
    std::string message;  ///< what is wrong and what to do, for people
};

/// None where it may be put in force. The station's key must have been named to verify(); an expired certificate is
/// taken, as expiry is marked and not refused; another firmware is no reason.
std::optional<NotAccepted> why_not_accepted(const Verification& verified, const PlateIdentity& connected,
                                            const std::vector<Cell>& cells);

}  // namespace heeldrop::calibration
