#include "daemon/client/socket_path.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace heeldrop::client {
namespace {

/// The specification of XDG base directories: a relative or empty value counts as unset.
std::optional<std::filesystem::path> absolute_path_in(const char* variable) {
    const char* value = std::getenv(variable);
    if (value == nullptr || value[0] != '/')
        return std::nullopt;
    return std::filesystem::path(value);
}

}  // namespace

std::filesystem::path user_socket_path() {
    if (const auto runtime = absolute_path_in("XDG_RUNTIME_DIR"))
        return *runtime / "heeldrop" / "daemon.sock";
    const std::string uid = std::to_string(geteuid());
    std::error_code ignored;
    const std::filesystem::path login = std::filesystem::path("/run/user") / uid;
    if (std::filesystem::is_directory(login, ignored) && access(login.c_str(), W_OK) == 0)
        return login / "heeldrop" / "daemon.sock";
    const std::filesystem::path temporary = absolute_path_in("TMPDIR").value_or("/tmp");
    return temporary / ("heeldrop-" + uid) / "daemon.sock";
}

std::filesystem::path system_socket_path() {
    return "/run/heeldrop/daemon.sock";
}

std::vector<std::filesystem::path> socket_candidates(const std::optional<std::filesystem::path>& given) {
    if (given)
        return {*given};
    if (const char* named = std::getenv("HEELDROP_SOCKET"); named != nullptr && named[0] != '\0')
        return {named};
    return {user_socket_path(), system_socket_path()};
}

}  // namespace heeldrop::client
