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
#include "daemon/settings/settings.hpp"

namespace {

using namespace heeldrop;

/// The command line; what it leaves out the settings file says.
struct Options {
    std::optional<std::filesystem::path> settings, port, socket, data_dir;
    std::optional<int> baud;
    std::optional<std::string> log_level;
    bool system = false;
};

/// Throws settings::SettingsError. A file that is not named need not be there.
settings::Settings settings_for(const Options& options) {
    const auto path = options.settings ? options.settings : settings::default_path(options.system);
    std::error_code error;
    settings::Settings s;
    if (path && (options.settings || std::filesystem::exists(*path, error) || error))
        s = settings::read_settings(*path);
    if (options.port)
        s.port = *options.port == "auto" ? std::nullopt : options.port;
    if (options.socket)
        s.socket = options.socket;
    if (options.data_dir)
        s.data_dir = options.data_dir;
    s.baud = options.baud.value_or(s.baud);
    s.log_level = options.log_level.value_or(s.log_level);
    return s;
}

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

void run(const settings::Settings& settings, bool system) {
    const auto socket = settings.socket.value_or(system ? client::system_socket_path() : client::user_socket_path());
    store::DataDirectory directory(settings.data_dir ? *settings.data_dir
                                   : system          ? std::filesystem::path("/var/lib/heeldrop")
                                                     : user_data_directory());
    boost::asio::io_context io(1);
    boost::asio::signal_set signals(io, SIGINT, SIGTERM);

    // The station tells its news to the listener, the listener hands requests to the station: each is made before the
    // first call, as nothing runs before io.run().
    std::optional<server::Listener> listener;
    server::Station station(io, {settings.port, settings.baud, settings.prescription, settings.refuse_unfit, settings.gravity}, directory,
                            {[&](const server::Json& line) { listener->tell(line.dump(-1, ' ', false, server::Json::error_handler_t::replace)); },
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
    Options options;
    CLI::App app{
        "heeldropd: the heel-drop station's daemon. It owns the plate, judges reps, stores sessions and serves "
        "clients."};
    app.add_option("--settings", options.settings,
                   "Settings file (default: heeldrop/heeldrop.toml in $XDG_CONFIG_HOME; with --system in /etc), where "
                   "every option below has its place too");
    app.add_option("--port", options.port,
                   "The plate's serial port or pseudo-terminal, symbolic links are followed; auto (default): found by "
                   "USB identity");
    app.add_option("--baud", options.baud, "Of a real serial port (default: 500000)")->check(CLI::Range(9600, 4000000));
    app.add_option("--socket", options.socket,
                   "Where clients connect (default: in $XDG_RUNTIME_DIR; with --system /run/heeldrop/daemon.sock)");
    app.add_option("--data-dir", options.data_dir,
                   "Database and recordings (default: $XDG_STATE_HOME/heeldrop; with --system /var/lib/heeldrop)");
    app.add_flag("--system", options.system, "Use the installed service's places");
    app.add_option("--log-level", options.log_level, "Least level that is logged (default: info)")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    app.set_version_flag("--version", std::string("heeldropd ") + server::version);
    app.footer("Exit codes: 0 ended as told, 1 cannot run (the log's last line says why), 2 wrong usage or settings.");
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
    try {
        const settings::Settings settings = settings_for(options);
        spdlog::set_level(spdlog::level::from_str(settings.log_level));
        run(settings, options.system);
        return 0;
    } catch (const settings::SettingsError& error) {
        spdlog::error("{}", error.what());
        return 2;
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
        return 1;
    }
}
