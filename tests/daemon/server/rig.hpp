// The real daemon, and where wanted the real virtual plate, on a folder of the test's own.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "daemon/client/connection.hpp"
#include "tests/process.hpp"
#include "tests/temporary_folder.hpp"

namespace heeldrop::test {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

/// Waits for the condition, at most a minute.
inline void wait_until(const std::function<bool()>& condition) {
    const auto end = Clock::now() + std::chrono::minutes(1);
    while (!condition()) {
        if (Clock::now() > end)
            throw std::runtime_error("waited for a minute in vain");
        poll(nullptr, 0, 5);
    }
}

class Rig {
 public:
    std::filesystem::path socket() const { return folder.path / "run" / "daemon.sock"; }
    std::filesystem::path link() const { return folder.path / "plate"; }
    std::filesystem::path log() const { return folder.path / "log"; }

    void start_daemon() {
        // Another build of it, where one is named: `./station test` so has the thread sanitizer's daemon tried.
        const char* another = std::getenv("HEELDROP_TEST_DAEMON");
        daemon = std::make_unique<Process>(
            std::vector<std::string>{another != nullptr ? another : HEELDROPD, "--settings", settings.native(), "--port",
                                     link().native(), "--socket", socket().native(), "--data-dir",
                                     (folder.path / "data").native()},
            log().native());
        std::optional<client::Connection> connection;
        wait_until([&] {
            if (!daemon->running())
                throw std::runtime_error("the daemon ended: " + log_text());
            try {
                connection = client::Connection::open(socket());
            } catch (const client::ConnectionError&) {
            }
            return connection.has_value();
        });
    }
    /// As start_daemon(), for tests that weigh the daemon: the address sanitizer would hold back up to 256 MiB of freed
    /// memory, to find uses of it, and that is not the daemon's growth.
    void start_daemon_that_returns_memory() {
        setenv("ASAN_OPTIONS", "quarantine_size_mb=1:thread_local_quarantine_size_kb=64", 1);
        start_daemon();
        unsetenv("ASAN_OPTIONS");
    }
    /// An empty plate until begin_script(), then the person, both in no more time than it takes.
    void start_plate(const std::string& script, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{HEELDROP_PLATE,       "--link", link().native(), "--script", script,
                                           "--hold-until-enter", "--stay"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        plate = std::make_unique<Process>(arguments);
        plate->read_line();  // says where it is, and so that it is there
    }
    void begin_script() { plate->write_line(""); }
    client::Connection connect() const { return client::Connection::open(socket()); }

    void wait_for_plate(client::Connection& connection, const std::string& state = "ready") {
        wait_until([&] { return connection.request({{"class", "status"}})["plate"]["state"] == state; });
    }
    int end_daemon(int signal = SIGTERM) {
        daemon->signal(signal);
        return daemon->wait();
    }
    std::string log_text() const {
        std::stringstream text;
        text << std::ifstream(log()).rdbuf();
        return text.str();
    }

    TemporaryFolder folder;
    std::filesystem::path settings = "/dev/null";  ///< every key's default
    std::unique_ptr<Process> plate, daemon;
};

/// The code of the error that the request is answered with; "" for a result.
inline std::string code_of(client::Connection& connection, const json& request) {
    try {
        connection.request(request);
        return "";
    } catch (const client::RequestError& error) {
        CHECK(std::string(error.what()).size() > 10);
        return error.code();
    }
}

/// The next line of a class that fits, others passed over.
inline json next_of(client::Connection& connection, const std::function<bool(const json&)>& fits) {
    const auto end = Clock::now() + std::chrono::seconds(40);
    for (;;) {
        const auto line =
            connection.next_line(std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()));
        if (!line)
            throw std::runtime_error("no such line came");
        json value = json::parse(*line);
        if (fits(value))
            return value;
    }
}

}  // namespace heeldrop::test
