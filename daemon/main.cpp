// heeldropd: reads its command line, puts the daemon's parts together, and runs until it is told to end.
#include <fmt/core.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdlib>

#include "daemon/client/socket_path.hpp"
#include "daemon/server/listener.hpp"
#include "daemon/server/messages.hpp"
#include "daemon/server/requests.hpp"
#include "daemon/server/station.hpp"
#include "daemon/server/version.hpp"

namespace {

using namespace heeldrop;

struct Settings {
    server::Station::Options station;
    std::optional<std::filesystem::path> socket, data_dir;
    bool system = false;
    std::string log_level = "info";
};

/// $XDG_STATE_HOME/heeldrop, else ~/.local/state/heeldrop.
std::filesystem::path user_data_directory() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr && state[0] == '/')
        return std::filesystem::path(state) / "heeldrop";
    const char* home = std::getenv("HOME");
    if (home == nullptr || home[0] != '/')
        throw std::runtime_error("HOME is not set. Name a data folder with --data-dir.");
    return std::filesystem::path(home) / ".local" / "state" / "heeldrop";
}

void run(const Settings& settings) {
    const auto socket =
        settings.socket.value_or(settings.system ? client::system_socket_path() : client::user_socket_path());
    store::DataDirectory directory(settings.data_dir ? *settings.data_dir
                                   : settings.system ? std::filesystem::path("/var/lib/heeldrop")
                                                     : user_data_directory());
    boost::asio::io_context io(1);
    boost::asio::signal_set signals(io, SIGINT, SIGTERM);

    // The station tells its news to the listener, the listener hands requests to the station: each is made before the
    // first call, as nothing runs before io.run().
    std::optional<server::Listener> listener;
    server::Station station(io, settings.station, directory,
                            {[&](const server::Json& line) { listener->tell(line.dump()); },
                             [&](std::shared_ptr<const server::SamplesLine> samples) { listener->tell(samples); }});
    server::Requests requests(station);
    listener.emplace(
        io, socket,
        server::Listener::Handlers{[] { return server::hello_json().dump(); },
                                   [&](server::Peer& peer, std::string_view line) { requests.take(peer, line); },
                                   [](server::Peer& peer) { server::Requests::line_too_long(peer); }});
    signals.async_wait([&](boost::system::error_code error, int signal) {
        if (error)
            return;
        spdlog::info("ending on {}", signal == SIGINT ? "SIGINT" : "SIGTERM");
        station.stop();
        listener->stop();  // with the last client's end there is nothing left to run
    });
    listener->start();
    station.start();
    spdlog::info("heeldropd {} listens at {}", server::version, socket.native());
    io.run();
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    CLI::App app{
        "heeldropd: the heel-drop station's daemon. It owns the plate, judges reps, stores sessions and serves "
        "clients."};
    app.add_option("--port", settings.station.port,
                   "The plate's serial port or pseudo-terminal; symbolic links are followed");
    app.add_option("--baud", settings.station.baud, "Of a real serial port")
        ->capture_default_str()
        ->check(CLI::Range(9600, 4000000));
    app.add_option("--socket", settings.socket,
                   "Where clients connect (default: in $XDG_RUNTIME_DIR; with --system /run/heeldrop/daemon.sock)");
    app.add_option("--data-dir", settings.data_dir,
                   "Database and recordings (default: $XDG_STATE_HOME/heeldrop; with --system /var/lib/heeldrop)");
    app.add_flag("--system", settings.system, "Use the installed service's places");
    app.add_option("--log-level", settings.log_level, "Least level that is logged")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    app.set_version_flag("--version", std::string("heeldropd ") + server::version);
    app.footer("Exit codes: 0 ended as told, 1 cannot run (the log's last line says why), 2 wrong usage.");
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("heeldropd: ") + error.what() + " (see --help)\n";
    });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    spdlog::set_default_logger(spdlog::stderr_color_mt("heeldropd"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
    spdlog::set_level(spdlog::level::from_str(settings.log_level));
    try {
        run(settings);
        return 0;
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
        return 1;
    }
}
