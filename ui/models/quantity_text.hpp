// The one place where the kiosk turns quantities into text for people: rounding, units, the space between them.
// It must not know where a text is shown.
#pragma once

#include <QString>
#include <optional>

#include "calibration/lib/units.hpp"

namespace heeldrop::ui {

/// "812 N"; "0 N" for the small negative that an unloaded pad reads.
QString force_text(Newtons);
QString share_text(Fraction);    ///< "98 %"
QString duration_text(Seconds);  ///< "3.1 s"
/// "3.1 ± 0.2 s". The uncertainty is rounded up, never to nothing.
QString duration_text(Seconds, std::optional<Seconds> uncertainty);
QString depth_text(Metres, std::optional<Metres> uncertainty = std::nullopt);  ///< "9 cm", "9 ± 2 cm"
QString clock_text(Seconds);                                                   ///< "1:05", minutes and seconds
QString mass_of_weight_text(Newtons);                                          ///< "87.0 kg", at standard gravity

}  // namespace heeldrop::ui
