#include "daemon/client/connection.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/client/socket_path.hpp"

namespace heeldrop::client {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int protocol_major = 1;
constexpr std::chrono::seconds send_patience{5};

std::chrono::milliseconds remaining(Clock::time_point deadline) {
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()));
}

nlohmann::json parsed(const std::string& line) {
    nlohmann::json value = nlohmann::json::parse(line, nullptr, false);
    if (!value.is_object())
        throw ConnectionError("The daemon sent a line that is no JSON object; is it another program?");
    return value;
}

/// -1 with errno set where nothing can be reached at this path.
int connected_socket(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& text = path.native();
    if (text.empty() || text.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return fd;
    const int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

std::string unreachable(const std::vector<std::filesystem::path>& tried, const std::filesystem::path& last,
                        int reason) {
    if (reason == EACCES)
        return fmt::format(
            "Not allowed to use the daemon's socket {}. Log in as a user of the heeldrop group, or use sudo.",
            last.native());
    if (reason == EAGAIN)
        return fmt::format("The daemon at {} takes no more connections now. Close other clients and try again.",
                           last.native());
    if (reason != ENOENT && reason != ECONNREFUSED && reason != ENOTDIR)
        return fmt::format("Cannot reach the daemon at {}: {}.", last.native(), std::strerror(reason));
    std::string places;
    for (const auto& path : tried)
        places += (places.empty() ? "" : " or ") + path.native();
    return fmt::format(
        "The daemon is not running: nothing listens at {}. Start heeldropd, or name its socket with --socket.", places);
}

}  // namespace

Connection Connection::open(const std::optional<std::filesystem::path>& path, std::chrono::milliseconds patience) {
    const auto candidates = socket_candidates(path);
    int reason = ENOENT;
    std::filesystem::path reason_path = candidates.front();
    for (const auto& candidate : candidates) {
        const int fd = connected_socket(candidate);
        if (fd < 0) {
            // A socket that is there but refuses says more than one that is not there.
            if (errno != ENOENT || reason == ENOENT)
                std::tie(reason, reason_path) = std::pair(errno, candidate);
            continue;
        }
        Connection connection(fd, candidate);
        const auto line = connection.next_line(patience);
        if (!line)
            throw ConnectionError(
                fmt::format("What listens at {} does not greet as the daemon does.", candidate.native()));
        connection.greeting_ = parsed(*line);
        const auto& hello = connection.greeting_;
        if (hello.value("class", "") != "hello" || !hello.contains("protocol"))
            throw ConnectionError(
                fmt::format("What listens at {} does not greet as the daemon does.", candidate.native()));
        const int major = hello["protocol"].value("major", 0);
        if (major != protocol_major)
            throw ConnectionError(fmt::format(
                "The daemon at {} speaks protocol {}, this program speaks {}: install the same version of both.",
                candidate.native(), major, protocol_major));
        return connection;
    }
    throw ConnectionError(unreachable(candidates, reason_path, reason));
}

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      greeting_(std::move(other.greeting_)),
      next_id_(other.next_id_),
      partial_(std::move(other.partial_)),
      lines_(std::move(other.lines_)),
      ended_(std::move(other.ended_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
    std::swap(fd_, other.fd_);
    path_ = std::move(other.path_);
    greeting_ = std::move(other.greeting_);
    next_id_ = other.next_id_;
    partial_ = std::move(other.partial_);
    lines_ = std::move(other.lines_);
    ended_ = std::move(other.ended_);
    return *this;
}

Connection::~Connection() {
    if (fd_ >= 0)
        close(fd_);
}

nlohmann::json Connection::request(nlohmann::json message, std::chrono::milliseconds patience) {
    return await_answer(send_line(message, -1), patience);
}

nlohmann::json Connection::request_with_descriptor(nlohmann::json message, int descriptor,
                                                   std::chrono::milliseconds patience) {
    return await_answer(send_line(message, descriptor), patience);
}

std::int64_t Connection::send(nlohmann::json message) {
    return send_line(message, -1);
}

std::int64_t Connection::send_line(nlohmann::json& message, int descriptor) {
    const std::int64_t id = next_id_++;
    message["id"] = id;
    const std::string line = message.dump() + '\n';
    const auto deadline = Clock::now() + send_patience;
    std::size_t sent = 0;
    while (sent < line.size()) {
        iovec part{const_cast<char*>(line.data()) + sent, line.size() - sent};
        msghdr header{};
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
        if (descriptor >= 0 && sent == 0) {
            header.msg_control = control;
            header.msg_controllen = sizeof control;
            cmsghdr* rights = CMSG_FIRSTHDR(&header);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
        }
        const ssize_t n = sendmsg(fd_, &header, MSG_NOSIGNAL);
        if (n >= 0) {
            sent += static_cast<std::size_t>(n);
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno == EPIPE || errno == ECONNRESET)
            throw ConnectionError(ended_.value_or("The daemon has closed the connection."));
        if (errno != EAGAIN)
            throw ConnectionError(fmt::format("Cannot write to the daemon: {}.", std::strerror(errno)));
        if (!wait_for(POLLOUT, remaining(deadline)))
            throw ConnectionError("The daemon does not read what it is sent; restart it.");
    }
    return id;
}

nlohmann::json Connection::await_answer(std::int64_t id, std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    std::size_t looked_at = lines_.size();  // what was here before cannot be the answer
    for (;;) {
        for (; looked_at < lines_.size(); ++looked_at) {
            nlohmann::json line = parsed(lines_[looked_at]);
            const std::string kind = line.value("class", "");
            if ((kind != "result" && kind != "error") || !line.contains("id"))
                continue;
            // A line the daemon could not read has no id to echo; requests here are answered one at a time.
            if (line["id"] != id && !(kind == "error" && line["id"].is_null()))
                continue;
            lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(looked_at));
            if (kind == "error")
                throw RequestError(line.value("code", "unknown"), line.value("message", ""));
            return line;
        }
        if (ended_)
            throw ConnectionError(*ended_);
        if (!wait_for(POLLIN, remaining(deadline)))
            throw ConnectionError(fmt::format("The daemon did not answer within {} s.", patience.count() / 1000.0));
        receive();
    }
}

std::vector<nlohmann::json> Connection::read_available() {
    if (ended_ && lines_.empty())
        throw ConnectionError(*ended_);
    if (!ended_)
        receive();
    if (ended_ && lines_.empty())
        throw ConnectionError(*ended_);
    std::vector<nlohmann::json> values;
    values.reserve(lines_.size());
    for (const std::string& line : lines_)
        values.push_back(parsed(line));
    lines_.clear();
    return values;
}

std::optional<std::string> Connection::next_line(std::optional<std::chrono::milliseconds> patience) {
    const auto deadline = Clock::now() + patience.value_or(std::chrono::milliseconds(0));
    while (lines_.empty()) {
        if (ended_)
            throw ConnectionError(*ended_);
        if (!wait_for(POLLIN, patience ? std::optional(remaining(deadline)) : std::nullopt))
            return std::nullopt;
        receive();
    }
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
}

bool Connection::wait_for(short events, std::optional<std::chrono::milliseconds> patience) const {
    pollfd waiting{fd_, events, 0};
    const int n = poll(&waiting, 1, patience ? static_cast<int>(patience->count()) : -1);
    // Interrupted counts as ready: the caller tries, finds nothing and comes back with what is left of its deadline.
    return n > 0 || (n < 0 && errno == EINTR);
}

/// Takes in all there is without waiting; sets ended_ at the end of the stream.
void Connection::receive() {
    char chunk[65536];
    while (!ended_) {
        const ssize_t n = recv(fd_, chunk, sizeof chunk, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            ended_ = "The daemon has closed the connection.";
            return;
        }
        std::string_view fresh(chunk, static_cast<std::size_t>(n));
        for (auto end = fresh.find('\n'); end != std::string_view::npos; end = fresh.find('\n')) {
            lines_.push_back(partial_.append(fresh.substr(0, end)));
            partial_.clear();
            fresh.remove_prefix(end + 1);
        }
        partial_.append(fresh);
        if (partial_.size() > max_line_bytes)
            ended_ = "The daemon sent a line too long to be one of its own.";
    }
}

}  // namespace heeldrop::client
