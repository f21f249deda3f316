// The daemon's settings file: TOML, read and checked as a whole before anything starts. heeldrop.toml beside this file
// documents every key. It must not know what the settings are for.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/session/prescription.hpp"

namespace heeldrop::settings {

/// What is wrong and where: what() is one line, FILE:LINE: REASON, or FILE: REASON where the file cannot be read. A reason of
/// over 600 bytes, which quotes that much of the file, has its middle left out.
class SettingsError : public std::runtime_error {
 public:
    SettingsError(const std::string& file, std::size_t line, const std::string& reason);
    std::size_t line() const noexcept { return line_; }  ///< from 1; 0: of no line

 private:
    std::size_t line_;
};

struct Settings {
    std::optional<std::filesystem::path> port;  ///< absent: looked for
    int baud = 500000;
    std::optional<std::filesystem::path> socket, data_dir;  ///< absent: the default places
    std::string log_level = "info";
    session::Prescription prescription;  ///< body_mass is never set
    bool refuse_unfit = true;  ///< calibration.when_unfit
    MetresPerSecond2 gravity = standard_gravity;
    bool operator==(const Settings&) const = default;
};

/// Throws SettingsError: on a file that cannot be read, is no TOML, has an unknown key, or a value of the wrong type or
/// range. A key with another unit than the one documented is told which there is.
Settings read_settings(const std::filesystem::path& path);
/// The same of a text; `name` stands for the file in messages.
Settings read_settings(std::string_view text, const std::string& name);

/// Where the file is when none is named: /etc/heeldrop/heeldrop.toml, or the user's own, which need HOME or
/// XDG_CONFIG_HOME; none without them.
std::optional<std::filesystem::path> default_path(bool system);

/// Every key as "section.key", in the order of the default file.
std::vector<std::string> known_keys();

}  // namespace heeldrop::settings
