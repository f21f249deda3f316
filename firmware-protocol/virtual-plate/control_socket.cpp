// See control_socket.hpp.
#include "firmware-protocol/virtual-plate/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace heeldrop::virtual_plate {
namespace {

constexpr std::size_t longest_line = 4096;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

ControlSocket::ControlSocket(std::string path) : path_(std::move(path)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail("cannot listen at " + path_);
    }
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    struct stat status {};
    if (lstat(path_.c_str(), &status) == 0 && S_ISSOCK(status.st_mode))
        unlink(path_.c_str());
    listening_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listening_ < 0 || bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        chmod(path_.c_str(), 0600) != 0 || listen(listening_, 8) != 0)
        fail("cannot listen at " + path_);
}

ControlSocket::~ControlSocket() {
    for (const Client& client : clients_)
        close(client.fd);
    close(listening_);
    unlink(path_.c_str());
}

void ControlSocket::add_to(std::vector<pollfd>& fds) const {
    fds.push_back({listening_, POLLIN, 0});
    for (const Client& client : clients_)
        fds.push_back({client.fd, POLLIN, 0});
}

void ControlSocket::serve(const std::function<std::string(std::string_view)>& answer) {
    const int fd = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        clients_.push_back({fd, {}});
    std::erase_if(clients_, [&](Client& client) {
        const bool open = take(client, answer);
        if (!open)
            close(client.fd);
        return !open;
    });
}

/// False when it has gone, or cannot be what it should be.
bool ControlSocket::take(Client& client, const std::function<std::string(std::string_view)>& answer) {
    char bytes[1024];
    const ssize_t n = recv(client.fd, bytes, sizeof bytes, 0);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    client.partial.append(bytes, static_cast<std::size_t>(n));
    for (auto end = client.partial.find('\n'); end != std::string::npos; end = client.partial.find('\n')) {
        const std::string text = answer(std::string_view(client.partial).substr(0, end)) + "\n";
        client.partial.erase(0, end + 1);
        // Answers are short: a client that does not read them is let go.
        if (send(client.fd, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            return false;
    }
    return client.partial.size() <= longest_line;
}

}  // namespace heeldrop::virtual_plate
