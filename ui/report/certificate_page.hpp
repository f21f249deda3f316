// A calibration's certificate as one page for the wall. It must not know files.
#pragma once

#include "calibration/lib/certificate_file.hpp"
#include "ui/report/sheet.hpp"

namespace heeldrop::report {

/// Everything that is seen from the door is above: the verdict and until when. `opened` has been checked: its signature
/// holds. A failed certificate, or one that has expired at `now`, cannot be taken for a good one, in grey either.
void draw_certificate(Sheet& sheet, const calibration::Opened& opened, std::chrono::sys_seconds now);

}  // namespace heeldrop::report
