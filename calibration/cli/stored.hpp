// `heeldrop-calibrate status|history|export|load`: what the daemon has of calibrations, and another certificate for it.
// Clients of the daemon; they must not know the store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace heeldrop::calibrate {

struct DaemonOptions {
    std::optional<std::filesystem::path> socket;
    bool json = false;
};

/// All print to standard output and return an exit code: 0 done, 1 the daemon said no, 3 a certificate that is not
/// taken (the old one stays in force), 4 one that another station signed. Throw client::ConnectionError,
/// client::FileError, FileError.
int status(const DaemonOptions& options);
int history(const DaemonOptions& options, int limit);
/// `id`: a certificate's, "last" or "in_force". To `output`, else ID.json in the current folder.
int export_certificate(const DaemonOptions& options, const std::string& id,
                       const std::optional<std::filesystem::path>& output, bool force);
int load(const DaemonOptions& options, const std::filesystem::path& file);

}  // namespace heeldrop::calibrate
