// The --control socket: lines of text in, lines of text out. It must not know what the lines mean.
#pragma once

#include <poll.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace heeldrop::virtual_plate {

class ControlSocket {
 public:
    /// A Unix stream socket, mode 0600; a stale one is replaced, and it is removed at the end. Throws
    /// std::system_error.
    explicit ControlSocket(std::string path);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

    void add_to(std::vector<pollfd>& fds) const;
    /// To be called after poll(): takes clients and their lines; each is answered with what `answer` returns.
    void serve(const std::function<std::string(std::string_view line)>& answer);

 private:
    struct Client {
        int fd;
        std::string partial;
    };
    bool take(Client& client, const std::function<std::string(std::string_view)>& answer);

    std::string path_;
    int listening_ = -1;
    std::vector<Client> clients_;
};

}  // namespace heeldrop::virtual_plate
