// The test's end of the virtual plate's --control socket.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace heeldrop::test {

class Control {
 public:
    explicit Control(const std::filesystem::path& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("the plate's control socket is not there");
    }
    ~Control() { close(fd_); }
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    std::string ask(const std::string& line) {
        const std::string text = line + "\n";
        if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("the plate has gone");
        std::string answer;
        for (char c; recv(fd_, &c, 1, 0) == 1 && c != '\n';)
            answer += c;
        return answer;
    }
    void tell(const std::string& line) {
        if (const auto answer = ask(line); answer != "ok")
            throw std::runtime_error(line + ": " + answer);
    }
    nlohmann::json account() { return nlohmann::json::parse(ask("account")); }

 private:
    int fd_;
};

}  // namespace heeldrop::test
