#include "daemon/server/listener.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace heeldrop::server {
namespace {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::chrono::milliseconds last_words_patience{500};
/// Without descriptors for another client, trying at once would try for ever.
constexpr std::chrono::seconds accept_again_after{1};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw std::runtime_error(
        fmt::format("Cannot listen at {}: {}. Name another socket with --socket.", path.native(), why));
}

/// The folder of the socket is ours alone to write to: who could put another socket there would be the daemon to
/// clients.
void make_folder(const std::filesystem::path& socket) {
    const std::filesystem::path folder = std::filesystem::absolute(socket).parent_path();
    std::error_code error;
    if (folder.has_parent_path())
        std::filesystem::create_directories(folder.parent_path(), error);
    if (error)
        fail(socket, error.message());
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        fail(socket, std::strerror(errno));
    struct stat status {};
    if (stat(folder.c_str(), &status) != 0)
        fail(socket, std::strerror(errno));
    const bool others_write = (status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0;
    if ((status.st_uid != geteuid() && status.st_uid != 0) || others_write)
        fail(socket, fmt::format("others may write to {}", folder.native()));
}

void remove_stale(boost::asio::io_context& io, const std::filesystem::path& path) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) {
        if (errno != ENOENT)
            fail(path, std::strerror(errno));
        return;
    }
    if (!S_ISSOCK(status.st_mode))
        fail(path, "there is a file that is no socket");
    stream_protocol::socket probe(io);
    error_code error;
    probe.connect(stream_protocol::endpoint(path.native()), error);
    if (!error)
        fail(path, "another daemon listens there");
    if (error != boost::asio::error::connection_refused)
        fail(path, error.message());
    if (unlink(path.c_str()) != 0)
        fail(path, std::strerror(errno));
}

}  // namespace

Listener::Listener(boost::asio::io_context& io, std::filesystem::path path, Handlers handlers)
    : path_(std::move(path)), handlers_(std::move(handlers)), acceptor_(io), patience_(io), again_(io) {
    if (path_.native().size() >= 108)
        fail(path_, "the path is longer than a socket's may be");
    make_folder(path_);
    remove_stale(io, path_);
    try {
        acceptor_.open();
        acceptor_.bind(stream_protocol::endpoint(path_.native()));
        if (chmod(path_.c_str(), 0660) != 0)
            fail(path_, std::strerror(errno));
        acceptor_.listen();
    } catch (const boost::system::system_error& error) {
        fail(path_, error.code().message());
    }
}

Listener::~Listener() {
    unlink(path_.c_str());
}

void Listener::start() {
    accept();
}

void Listener::accept() {
    acceptor_.async_accept([this](error_code error, stream_protocol::socket socket) {
        if (error == boost::asio::error::operation_aborted)
            return;
        if (error) {
            if (why_none_ != error.message())
                spdlog::error("cannot take a client: {}", error.message());
            why_none_ = error.message();
            again_.expires_after(accept_again_after);
            again_.async_wait([this](error_code stopped) {
                if (!stopped && acceptor_.is_open())
                    accept();
            });
            return;
        }
        why_none_.clear();
        auto peer = std::make_shared<Peer>(
            std::move(socket), Peer::Handlers{handlers_.line, handlers_.line_too_long, [this](Peer& closed) {
                                                  peers_.erase(closed.shared_from_this());
                                                  if (peers_.empty())
                                                      patience_.cancel();
                                              }});
        if (peers_.size() >= max_peers) {
            spdlog::warn("too many clients: one was turned away");
            peer->close();
        } else {
            peers_.insert(peer);
            peer->send(handlers_.greeting());
            peer->start();
        }
        accept();
    });
}

void Listener::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    again_.cancel();
    const auto peers = peers_;
    for (const auto& peer : peers)
        peer->close_after_last_words();
    if (peers.empty())
        return;
    patience_.expires_after(last_words_patience);
    patience_.async_wait([this](error_code error) {
        if (error)
            return;
        for (const auto& peer : peers_)
            peer->close();
    });
}

void Listener::tell(const std::string& line) {
    for (const auto& peer : peers_)
        if (peer->watching)
            peer->send(line);
}

void Listener::tell(const std::shared_ptr<const SamplesLine>& samples) {
    for (const auto& peer : peers_)
        if (peer->watching && peer->watching_samples)
            peer->send(samples);
}

}  // namespace heeldrop::server
