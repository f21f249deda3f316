// The link against a real pseudo-terminal, the test at its other end.
#include "daemon/plate/link.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "daemon/plate/port.hpp"
#include "daemon/plate/port_list.hpp"
#include "tests/daemon/plate/scripted_plate.hpp"
#include "tests/temporary_folder.hpp"

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

PortEntry entry(const Wire& wire, UsbIdentity usb) {
    PortEntry port;
    port.path = wire.name;
    port.usb = std::move(usb);
    port.adapter = adapter_of(*port.usb);
    return port;
}

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
            // Ready after a second of them; the rest may come in pieces.
            return link.plate().state() == State::ready && link.plate().line_counts().samples % 96 == 0;
        });
    };
    take_up();
    CHECK(link.plate().take_batch().samples.size() == 96);
    // Said with whose it is, and the port is not touched: the plate streams on.
    CHECK_THROWS_WITH(open_port(link_path, 500000), Catch::Contains("in use by another program") &&
                                                        Catch::Contains("(" + std::to_string(getpid()) + ")"));
    CHECK(holders_of(link_path).size() >= 1);

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

TEST_CASE("with no port named the plate is found among the adapters, and first again where it was") {
    Wire modem, silent, plate;
    // The order is that of the names; the third is where the plate is.
    const std::vector<PortEntry> all{entry(modem, {0x12d1, 0x1506, {}, {}, {}}),
                                     entry(silent, {0x1a86, 0x7523, {}, {}, "A"}),
                                     entry(plate, {0x0403, 0x6001, {}, {}, "B"})};
    boost::asio::io_context io;
    Link link(
        io, std::nullopt, 500000, [] {}, [&] { return all; });
    link.start();
    Commands commands;
    int asked_silent = 0;
    const auto answer = [&] {
        asked_silent += !silent.read_some().empty();
        for (const auto& command : commands.in(plate.read_some())) {
            if (command.type == HEELDROP_GET_HELLO)
                plate.write_all(hello_frame(reference_hello()));
            if (command.type == HEELDROP_START) {
                plate.write_all(ack_frame(command));
                plate.write_all(samples_frame({}));
            }
        }
        return link.plate().info().has_value();
    };
    run_until(io, answer);
    CHECK(asked_silent > 0);
    CHECK(link.plate().port() == plate.name);
    CHECK(modem.read_some().empty());
    REQUIRE(link.turned_down().count(silent.name) == 1);
    CHECK_THAT(link.turned_down().at(silent.name), Catch::Contains("Nothing answers"));
    link.stop();
}

TEST_CASE("a plate that comes while the only adapter is a silent one is found all the same") {
    Wire silent, plate;
    std::vector<PortEntry> there{entry(silent, {0x1a86, 0x7523, {}, {}, "A"})};
    boost::asio::io_context io;
    Link link(
        io, std::nullopt, 500000, [] {}, [&] { return there; });
    link.start();
    run_until(io, [&] { return link.turned_down().count(silent.name) == 1; });
    CHECK(link.plate().port() == silent.name);  // asked on, as there is no other
    there.push_back(entry(plate, {0x0403, 0x6001, {}, {}, "B"}));
    Commands commands;
    run_until(io, [&] {
        for (const auto& command : commands.in(plate.read_some()))
            if (command.type == HEELDROP_GET_HELLO)
                plate.write_all(hello_frame(reference_hello()));
        return link.plate().info().has_value();
    });
    CHECK(link.plate().port() == plate.name);
    link.stop();
}

TEST_CASE("an open port is not inherited by programs that are started") {
    Wire wire;
    const Port port = open_port(wire.name, 500000);
    CHECK((fcntl(port.fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_FALSE(port.may_reset);
    close(port.fd);
}

TEST_CASE("a port that may not be opened is said with the group that may") {
    Wire wire;
    REQUIRE(chmod(wire.name, 0) == 0);
    const uid_t before = geteuid();
    if (before == 0)
        REQUIRE(seteuid(65534) == 0);
    std::string message;
    try {
        close(open_port(wire.name, 500000).fd);
    } catch (const PortError& error) {
        message = error.what();
    }
    REQUIRE(seteuid(before) == 0);
    CHECK_THAT(message, Catch::Contains("Not allowed") && Catch::Contains("group") && Catch::Contains("udev rules"));
}

TEST_CASE("adapters are known by their USB identity, and nothing else is taken for one") {
    const auto named = [](std::uint16_t vendor, std::uint16_t product) {
        const Adapter* adapter = adapter_of({vendor, product, {}, {}, {}});
        return adapter == nullptr ? std::string("none") : adapter->name;
    };
    CHECK(named(0x0403, 0x6001) == "FTDI FT232R");
    CHECK(named(0x1a86, 0x7523) == "CH340");
    CHECK(named(0x10c4, 0xea60) == "CP2102");
    CHECK(named(0x2341, 0x0043) == "Arduino");
    CHECK(named(0x12d1, 0x1506) == "none");  // a modem
    CHECK(named(0x0403, 0x1234) == "none");
}

TEST_CASE("names that stay are found for a device, those of others are not") {
    heeldrop::test::TemporaryFolder dev;
    std::filesystem::create_directories(dev.path / "serial" / "by-id");
    for (const char* name : {"ttyUSB0", "ttyUSB1"})
        std::ofstream(dev.path / name) << "x";
    std::filesystem::create_symlink(dev.path / "ttyUSB0", dev.path / "heeldrop-plate0");
    std::filesystem::create_symlink("../../ttyUSB0", dev.path / "serial" / "by-id" / "usb-FTDI_A1");
    std::filesystem::create_symlink("../../ttyUSB1", dev.path / "serial" / "by-id" / "usb-FTDI_B2");
    const auto links = links_to((dev.path / "ttyUSB0").native(), dev.path);
    REQUIRE(links.size() == 2);
    CHECK_THAT(links[0], Catch::EndsWith("heeldrop-plate0"));
    CHECK_THAT(links[1], Catch::EndsWith("usb-FTDI_A1"));
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
