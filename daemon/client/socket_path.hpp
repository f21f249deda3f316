// Where the daemon's socket is: the one place that knows the search order that clients and the daemon agree on.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace heeldrop::client {

/// The socket of a daemon run by this user: $XDG_RUNTIME_DIR/heeldrop/daemon.sock. Without XDG_RUNTIME_DIR:
/// /run/user/UID where that exists, else a folder of this user's own, heeldrop-UID, among the temporary files.
std::filesystem::path user_socket_path();

/// The socket of the installed service.
std::filesystem::path system_socket_path();

/// What a client tries, in order: the given path alone; else $HEELDROP_SOCKET alone; else the user's, then the
/// system's.
std::vector<std::filesystem::path> socket_candidates(const std::optional<std::filesystem::path>& given);

}  // namespace heeldrop::client
