// The daemon's Unix socket: makes it, takes clients, hands lines to the one handler and tells watchers.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <set>

#include "daemon/server/peer.hpp"

namespace heeldrop::server {

class Listener {
 public:
    struct Handlers {
        std::function<std::string()> greeting;
        std::function<void(Peer&, std::string_view line)> line;
        std::function<void(Peer&)> line_too_long;
    };

    /// Makes the folder where it is missing (mode 0700) and the socket (mode 0660). A socket that nobody listens at any
    /// more is replaced. Throws std::runtime_error with a sentence for people, also when somebody listens there.
    Listener(boost::asio::io_context& io, std::filesystem::path path, Handlers handlers);
    /// Removes the socket.
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void start();
    /// Takes no more clients and closes each after its last words, or after half a second.
    void stop();

    /// To every client that watches.
    void tell(const std::string& line);
    void tell(const std::shared_ptr<const SamplesLine>& samples);

    static constexpr std::size_t max_peers = 256;

 private:
    void accept();

    std::filesystem::path path_;
    Handlers handlers_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    std::set<std::shared_ptr<Peer>> peers_;
    boost::asio::steady_timer patience_, again_;
    std::string why_none_;  ///< why the last client could not be taken; empty when it was
};

}  // namespace heeldrop::server
