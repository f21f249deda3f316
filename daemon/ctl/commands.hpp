// What heeldropctl can do, one function a subcommand: each prints to standard output and throws what went wrong.
// main.cpp reads the command line and turns what was thrown into exit codes.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

namespace heeldrop::ctl {

/// Something local failed, such as a file that cannot be written; what() is a sentence for people.
class CommandError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};
/// The same, but what was asked for cannot be right: a value, or a file that would be overwritten.
class UsageError : public CommandError {
 public:
    using CommandError::CommandError;
};

/// What every subcommand that talks to the daemon is told.
struct Common {
    std::optional<std::filesystem::path> socket;
    bool json = false;  ///< for programs instead of people
};

/// Prescription keys as PROTOCOL.md names them.
using Prescribed = nlohmann::json;

void status(const Common& common);
void ports(const Common& common);
void session_start(const Common& common, const Prescribed& prescribed);
void session_stop(const Common& common);
void sessions_list(const Common& common, int limit);
void sessions_show(const Common& common, const std::string& session);
/// Until the daemon ends, which is thrown, or standard output is closed.
void watch(const Common& common, bool samples);
/// To `output`, else to SESSION.csv in the current folder, by way of a temporary file beside it.
void export_session(const Common& common, const std::string& session,
                    const std::optional<std::filesystem::path>& output, bool force);
/// Needs no daemon. Throws settings::SettingsError.
void config_check(const std::optional<std::filesystem::path>& file, bool system);
/// Needs no daemon.
void analyze(const std::filesystem::path& file, const Prescribed& prescribed, bool json);

}  // namespace heeldrop::ctl
