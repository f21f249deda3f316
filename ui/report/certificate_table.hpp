// The certificate page's tables: checks against their limits, and uncertainty.
#pragma once

#include "calibration/lib/certificate.hpp"
#include "ui/report/sheet.hpp"

namespace heeldrop::report {

/// Both draw from `corner` down, `width_mm` wide; the height they take. Nothing is drawn where there is nothing to say.
double draw_checks(Sheet& sheet, QPointF corner, double width_mm, const calibration::Certificate& certificate);
double draw_uncertainty(Sheet& sheet, QPointF corner, double width_mm, const calibration::Certificate& certificate);

}  // namespace heeldrop::report
