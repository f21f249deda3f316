// A calibration's certificate as one page for the wall. It must not know files.
#pragma once

#include "calibration/lib/certificate_file.hpp"
#include "ui/report/sheet.hpp"

namespace heeldrop::report {

/// Everything that is seen from the door is above: the verdict and until when. `verified` holds: its signature, and its
/// figures; the foot says whether its key was compared with the station's (`own`). A failed certificate, or one that
/// has expired at `now`, cannot be taken for a good one, in grey either.
void draw_certificate(Sheet& sheet, const calibration::Verification& verified, std::chrono::sys_seconds now);

}  // namespace heeldrop::report
