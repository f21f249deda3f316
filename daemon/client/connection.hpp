// A client's end of the daemon's socket (daemon/server/PROTOCOL.md): lines of JSON out, lines of JSON in.
// It must not know Qt or Asio: an event loop watches fd() and calls read_available(), a plain program calls request().
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace heeldrop::client {

/// The daemon's answer was an error line: its stable code and its message for people.
class RequestError : public std::runtime_error {
 public:
    RequestError(std::string code, const std::string& message) : std::runtime_error(message), code_(std::move(code)) {}
    const std::string& code() const noexcept { return code_; }

 private:
    std::string code_;
};

/// The daemon cannot be reached, or the connection to it ended. The message says what to do.
class ConnectionError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// One connection. Not thread-safe. Throws ConnectionError from any call when the daemon has gone.
class Connection {
 public:
    /// Connects and reads the greeting, waiting at most `patience` for it. `path` absent: the default search order
    /// (socket_path.hpp). Throws ConnectionError when nothing listens, or what listens is no daemon of our protocol.
    static Connection open(const std::optional<std::filesystem::path>& path = std::nullopt,
                           std::chrono::milliseconds patience = std::chrono::seconds(5));

    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    const std::filesystem::path& path() const noexcept { return path_; }
    const nlohmann::json& greeting() const noexcept { return greeting_; }

    /// Sends {"class": ...} with an id of our own and waits for its answer; lines that come meanwhile are kept for
    /// next_line and read_available. Returns the result line. Throws RequestError when the daemon said no.
    nlohmann::json request(nlohmann::json message, std::chrono::milliseconds patience = std::chrono::seconds(30));

    /// As request, and hands the daemon a copy of the descriptor (an open file) along with the line.
    nlohmann::json request_with_descriptor(nlohmann::json message, int descriptor,
                                           std::chrono::milliseconds patience = std::chrono::minutes(10));

    /// For event loops: sends without waiting for the answer, which comes as a line with the returned id. Blocks only
    /// while the socket's buffer is full, and at most 5 s.
    std::int64_t send(nlohmann::json message);

    /// Watch it for readability. It never changes while the connection lives.
    int fd() const noexcept { return fd_; }

    /// Every whole line that has arrived, parsed, without waiting. Those already received come before the news that
    /// the daemon has gone: that is thrown by the next call.
    std::vector<nlohmann::json> read_available();

    /// The next line as it came, without its LF; waits for it. None when `patience` is over.
    std::optional<std::string> next_line(std::optional<std::chrono::milliseconds> patience = std::nullopt);

    /// A longer line than this is not one of the daemon's: the connection is given up rather than the memory.
    static constexpr std::size_t max_line_bytes = 8u << 20;

 private:
    Connection(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
    std::int64_t send_line(nlohmann::json& message, int descriptor);
    nlohmann::json await_answer(std::int64_t id, std::chrono::milliseconds patience);
    bool wait_for(short events, std::optional<std::chrono::milliseconds> patience) const;
    void receive();

    int fd_ = -1;
    std::filesystem::path path_;
    nlohmann::json greeting_;
    std::int64_t next_id_ = 1;
    std::string partial_;
    std::deque<std::string> lines_;
    std::optional<std::string> ended_;
};

}  // namespace heeldrop::client
