// The certificate page's pictures: what the map leaves of each load, and where it puts each load on its pad.
#pragma once

#include "calibration/lib/certificate.hpp"
#include "ui/report/sheet.hpp"

namespace heeldrop::report {

/// The force error of each placement over its load, and the limits that a load of the series must keep to.
void draw_residuals(Sheet& sheet, const QRectF& box, const calibration::Certificate& certificate, calibration::Pad pad);
/// The pad from above, toes up: each mark with the circle of its limit, and where the map put the loads, errors
/// enlarged `place_enlarged` times.
inline constexpr double place_enlarged = 7.0;
void draw_place_map(Sheet& sheet, const QRectF& box, const calibration::Certificate& certificate, calibration::Pad pad);

}  // namespace heeldrop::report
