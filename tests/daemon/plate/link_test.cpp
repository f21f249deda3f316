// The link against a real pseudo-terminal, the test at its other end.
#include "daemon/plate/link.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "daemon/plate/port.hpp"
#include "tests/daemon/plate/scripted_plate.hpp"

using namespace heeldrop::plate;
using namespace heeldrop::plate::test;
using namespace std::chrono_literals;

namespace {

/// The plate's end of a pseudo-terminal; the host's end is at path().
struct Wire {
    int master = -1, slave = -1;
    char name[64] = {};
    Wire() {
        REQUIRE(openpty(&master, &slave, name, nullptr, nullptr) == 0);
        termios settings{};
        tcgetattr(slave, &settings);
        cfmakeraw(&settings);
        tcsetattr(slave, TCSANOW, &settings);
        close(slave);
    }
    ~Wire() { hang_up(); }
    void hang_up() {
        if (master >= 0)
            close(master);
        master = -1;
    }
    void write_all(const Bytes& bytes) {
        REQUIRE(write(master, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    Bytes read_some() {
        pollfd readable{master, POLLIN, 0};
        Bytes bytes(4096);
        if (poll(&readable, 1, 0) != 1)
            return {};
        const ssize_t n = read(master, bytes.data(), bytes.size());
        bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return bytes;
    }
};

/// Runs the loop until the condition holds, at most ten seconds.
template <class Condition>
void run_until(boost::asio::io_context& io, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        io.restart();
        io.run_one_for(20ms);
    }
}

}  // namespace

TEST_CASE("a plate on a pseudo-terminal, named by a symbolic link, is taken up, lost and taken up again") {
    const auto link_path = std::filesystem::temp_directory_path() / ("heeldrop-link-" + std::to_string(getpid()));
    auto wire = std::make_unique<Wire>();
    std::filesystem::create_symlink(wire->name, link_path);
    boost::asio::io_context io;
    Link link(io, link_path, 500000, [] {});
    link.start();
    const auto take_up = [&] {
        Commands commands;
        run_until(io, [&] {
            for (const auto& command : commands.in(wire->read_some())) {
                if (command.type == HEELDROP_GET_HELLO)
                    wire->write_all(hello_frame(reference_hello()));
                if (command.type == HEELDROP_START) {
                    wire->write_all(ack_frame(command));
                    for (unsigned f = 0; f < 12; ++f)
                        wire->write_all(samples_frame(
                            {.sequence = static_cast<std::uint16_t>(f), .index = 8 * f, .tick = 100000 * f}));
                }
            }
            return link.plate().state() == State::ready;
        });
    };
    take_up();
    CHECK(link.plate().take_batch().samples.size() == 96);
    CHECK_THROWS_WITH(open_port(link_path, 500000), Catch::Contains("in use by another program"));

    wire->hang_up();
    run_until(io, [&] { return link.plate().state() == State::missing; });
    CHECK_THAT(link.plate().message(), Catch::Contains(link_path.native()));

    wire = std::make_unique<Wire>();
    std::filesystem::remove(link_path);
    std::filesystem::create_symlink(wire->name, link_path);
    take_up();
    std::filesystem::remove(link_path);
    link.stop();
}

TEST_CASE("a port that is not there, or is no port, is said with what to do") {
    CHECK_THROWS_WITH(open_port("/dev/heeldrop-none", 500000),
                      Catch::Contains("There is no port /dev/heeldrop-none") && Catch::Contains("--port"));
    CHECK_THROWS_WITH(open_port("/dev/null", 500000), Catch::Contains("/dev/null is a device, but no serial port"));
    CHECK_THROWS_WITH(open_port("/etc/hostname", 500000), Catch::Contains("is a file: no plate can be there"));
    CHECK_THROWS_WITH(open_port("/etc", 500000), Catch::Contains("is a folder: no plate can be there"));
}

TEST_CASE("without a named port the plate is missing and the flag is named") {
    boost::asio::io_context io;
    int calls = 0;
    Link link(io, std::nullopt, 500000, [&] { ++calls; });
    link.start();
    CHECK(calls == 1);
    CHECK(link.plate().state() == State::missing);
    CHECK_THAT(link.plate().message(), Catch::Contains("--port"));
}
