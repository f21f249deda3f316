// Any bytes from a client, through the real socket's end and the real station (without a plate): every line is answered
// once, with a result or an error of PROTOCOL.md's form.
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "daemon/server/requests.hpp"
#include "tests/fuzz/bytes.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using fuzz::must;

namespace {

/// A daemon without its plate and listener, as long as the process runs.
struct Daemon {
    Daemon() { spdlog::set_level(spdlog::level::off); }
    ~Daemon() { station.stop(); }

    test::TemporaryFolder folder;
    boost::asio::io_context io;
    store::DataDirectory directory{folder.path / "data"};
    server::Station station{io,
                            {.port = folder.path / "no-plate"},
                            directory,
                            {[](const exchange::Json&) {}, [](std::shared_ptr<const server::SamplesLine>) {}}};
    server::Requests requests{station};
};

/// Lines that are to be answered: all but blank ones and what no line feed ends.
std::size_t lines_in(std::string_view bytes) {
    std::size_t lines = 0;
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
        lines += bytes.substr(0, end).find_first_not_of(" \t\r") != bytes.npos;
        bytes.remove_prefix(end + 1);
    }
    return lines;
}

void check(std::string_view line) {
    const auto answer = nlohmann::json::parse(line, nullptr, false);
    must(answer.is_object() && answer.contains("id") && answer.contains("request"), "an answer is of its form");
    if (answer["class"] == "error")
        must(answer["code"].is_string() && answer["message"].is_string(), "an error has its code and message");
    else
        must(answer["class"] == "result", "an answer is a result or an error");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Daemon daemon;
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0, "a pair of sockets");
    const server::OwnedDescriptor client(ends[0]);
    bool closed = false;
    const auto peer = std::make_shared<server::Peer>(
        server::Peer::Socket(daemon.io, boost::asio::local::stream_protocol(), ends[1]),
        server::Peer::Handlers{[&](server::Peer& from, std::string_view line) { daemon.requests.take(from, line); },
                               [](server::Peer& from) { server::Requests::line_too_long(from); },
                               [&](server::Peer&) { closed = true; }});
    peer->start();

    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t expected = lines_in(bytes);
    std::size_t sent = 0, answered = 0;
    std::string unread;
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (sent < size || answered < expected) {
        must(!closed && std::chrono::steady_clock::now() < patience, "every line is answered");
        if (sent < size)
            if (const ssize_t n = send(client.get(), data + sent, size - sent, MSG_NOSIGNAL); n > 0)
                sent += static_cast<std::size_t>(n);
        daemon.io.restart();
        if (daemon.io.poll() == 0 && sent == size)
            daemon.io.run_one_for(std::chrono::milliseconds(20));
        char part[16384];
        for (ssize_t n; (n = recv(client.get(), part, sizeof part, 0)) > 0;)
            unread.append(part, static_cast<std::size_t>(n));
        for (auto end = unread.find('\n'); end != unread.npos; end = unread.find('\n')) {
            check(std::string_view(unread).substr(0, end));
            unread.erase(0, end + 1);
            ++answered;
        }
    }
    must(answered == expected, "every line is answered once");
    peer->close();
    daemon.io.restart();
    while (!closed)
        daemon.io.run_one();
    return 0;
}
