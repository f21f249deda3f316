// heeldrop-calibrate check: the daily check with a person of known mass, and how the last ones went.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace heeldrop::calibrate {

struct CheckOptions {
    std::optional<std::filesystem::path> socket;
    double mass_kg = 0.0;
    std::optional<std::string> pad;  ///< none: left, then right
    std::string operator_name;
    bool json = false;
};

/// 0 every pad agrees, 3 one does not. Throws client::ConnectionError and client::RequestError.
int check(const CheckOptions& options);

/// One pad's checks as a chart, oldest first: a line each, read less expected in percent of what was expected. `checks`
/// as spot_checks answers; "" where there is none of that pad.
std::string trend(const nlohmann::json& checks, const std::string& pad);

}  // namespace heeldrop::calibrate
