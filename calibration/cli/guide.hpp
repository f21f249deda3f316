// What somebody at a plate is told in a terminal: what to put where, how it stands, and the verdict. Text from the
// daemon's lines; it must not know terminals or sockets.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace heeldrop::calibrate {

/// "Step 12 of 68: put 40 kg on the left pad, at x -72, y 104 mm."
std::string headline(const nlohmann::json& run);

/// Both pads from above, toes up, cells as o and the place to load as X; "" where nothing is to be put on.
/// `cells` and `step` as calibration_plan and the run's "do" have them.
std::string drawing(const nlohmann::json& cells, const nlohmann::json& step);

/// What it waits for, what the plate reads and how still it is, on one line.
std::string status_line(const nlohmann::json& run, const nlohmann::json& reading);

/// "1:05" of seconds.
std::string minutes(double seconds);
/// "30 s", "15 min".
std::string length(double seconds);

/// Of a run that is over: findings, the table of checks, the verdict and the certificate's ID.
std::string verdict(const nlohmann::json& run);

}  // namespace heeldrop::calibrate
