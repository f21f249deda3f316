// heeldropctl: the command line of the station. Reads what is asked for, calls it, and says by its exit code how it
// went.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <csignal>
#include <cstring>

#include "daemon/client/connection.hpp"
#include "daemon/client/temporary_file.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/exchange/force_csv.hpp"
#include "daemon/server/version.hpp"
#include "daemon/session/prescription.hpp"
#include "daemon/settings/settings.hpp"

namespace {

using namespace heeldrop;

enum ExitCode { ok = 0, failed = 1, bad_input = 2, unreachable = 3 };

/// min_depth_m is --min-depth, in M.
std::string flag_of(const session::Threshold& threshold) {
    std::string flag = fmt::format("--{}", threshold.key);
    flag.resize(flag.size() - std::strlen(threshold.suffix));
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
}

std::string unit_of(const session::Threshold& threshold) {
    const std::string_view suffix = threshold.suffix;
    if (suffix.empty())
        return "F";
    std::string unit(suffix.substr(1));
    std::transform(unit.begin(), unit.end(), unit.begin(),
                   [](char c) { return c == '_' ? '/' : static_cast<char>(std::toupper(c)); });
    return unit;
}

/// The options that prescribe, as the daemon's keys; what is not given is left to the daemon's defaults.
void add_prescription(CLI::App& command, ctl::Prescribed& into, bool dose) {
    const auto text = [&](const char* flag, const char* key, const char* help, std::set<std::string> choices) {
        command
            .add_option_function<std::string>(
                flag, [&into, key](const std::string& value) { into[key] = value; }, help)
            ->check(CLI::IsMember(std::move(choices)));
    };
    const auto number = [&](const std::string& flag, const char* key, const std::string& help,
                            const std::string& unit) {
        command
            .add_option_function<double>(
                flag,
                [&into, key, flag](const double& value) {
                    // JSON has no word for these: they would reach the daemon as a value that was not given.
                    if (!std::isfinite(value))
                        throw CLI::ValidationError(flag, fmt::format("{} is no number that can be prescribed", value));
                    into[key] = value;
                },
                help)
            ->type_name(unit);
    };
    text("--side", "side", "Leg to lower on; both leaves it free (default)", {"left", "right", "both"});
    if (dose)
        for (const auto& [flag, key, help] :
             {std::tuple{"--sets", "sets", "Sets (default 3)"}, {"--reps", "reps", "Reps in each set (default 15)"}})
            command.add_option_function<int>(
                flag, [&into, name = key](const int& value) { into[name] = value; }, help);
    number("--min-drop", "min_drop_s", "Shortest descent that is no fast_drop (default 2)", "S");
    number("--target-drop", "target_drop_s", "Descent to aim at (default 3)", "S");
    for (const session::Threshold& t : session::thresholds)
        number(flag_of(t), t.key, fmt::format("{} (default {})", t.meaning, t.get({})), unit_of(t));
    text("--surface", "surface", "Off a step (default) or on the flat", {"step", "flat"});
    text("--hands", "hands", "Support that the hands may give (default fingertips)", {"fingertips", "rail", "free"});
    number("--body-weight", "body_weight_kg", "Of the patient; without it no rule about load is judged", "KG");
}

/// Runs the command; every failure is one line on standard error.
int run(const std::function<void()>& command) {
    const auto say = [](const char* what) { fmt::print(stderr, "heeldropctl: {}\n", what); };
    try {
        command();
        return ok;
    } catch (const exchange::CsvError& error) {
        fmt::print(stderr, "{}\n", error.what());
        return bad_input;
    } catch (const settings::SettingsError& error) {
        fmt::print(stderr, "{}\n", error.what());
        return bad_input;
    } catch (const ctl::UsageError& error) {
        say(error.what());
        return bad_input;
    } catch (const client::AlreadyThere& error) {
        say(error.what());
        return bad_input;
    } catch (const client::ConnectionError& error) {
        say(error.what());
        return unreachable;
    } catch (const std::exception& error) {
        say(error.what());
        return failed;
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of its print, said in words
    ctl::Common common;
    ctl::Prescribed prescribed = ctl::Prescribed::object();
    std::function<void()> command;

    CLI::App app{"heeldropctl: the heel-drop station's command line."};
    app.set_version_flag("--version", std::string("heeldropctl ") + server::version);
    app.footer(
        "Exit codes: 0 done; 1 the daemon said no, or something failed; 2 wrong usage or an input file that cannot be "
        "used;\n"
        "3 the daemon cannot be reached. Every failure is one line on standard error.");
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--socket", common.socket,
                   "The daemon's socket (default: $HEELDROP_SOCKET, the user's, the system's)");
    app.add_flag("--json", common.json, "Print JSON, for programs");

    app.add_subcommand("status", "The plate and the session under way")->callback([&] {
        command = [&] { ctl::status(common); };
    });

    app.add_subcommand("ports", "Every serial port: what it is, who has it, why no plate was taken on it")
        ->callback([&] { command = [&] { ctl::ports(common); }; });

    CLI::App* session = app.add_subcommand("session", "Start or stop a session")->require_subcommand(1);
    CLI::App* start = session->add_subcommand("start", "Start one; the first quiet standing weighs the person in");
    add_prescription(*start, prescribed, true);
    start->callback([&] { command = [&] { ctl::session_start(common, prescribed); }; });
    session->add_subcommand("stop", "Stop the one under way")->callback([&] {
        command = [&] { ctl::session_stop(common); };
    });

    int limit = 50;
    std::string shown, exported;
    CLI::App* sessions = app.add_subcommand("sessions", "List stored sessions, or show one")->require_subcommand(0, 1);
    sessions->add_option("--limit", limit, "At most so many, the newest first")->capture_default_str();
    CLI::App* list = sessions->add_subcommand("list", "List stored sessions (also without the word)");
    CLI::App* show = sessions->add_subcommand("show", "Show a session and its reps");
    show->add_option("SESSION", shown, "Its id, or last")->required();
    sessions->callback([&, list, show] {
        (void)list;
        command = show->parsed() ? std::function<void()>([&] { ctl::sessions_show(common, shown); })
                                 : std::function<void()>([&] { ctl::sessions_list(common, limit); });
    });

    std::optional<std::filesystem::path> output;
    bool force = false;
    CLI::App* exporting = app.add_subcommand("export", "Write a session's force curve as CSV");
    exporting->add_option("SESSION", exported, "Its id, or last")->required();
    exporting->add_option("-o,--output", output, "File (default: the session's id with .csv)");
    exporting->add_flag("--force", force, "Replace a file that is there");
    exporting->callback([&] { command = [&] { ctl::export_session(common, exported, output, force); }; });

    bool samples = false;
    CLI::App* watching =
        app.add_subcommand("watch", "Say what happens as it happens; with --json the daemon's own lines");
    watching->add_flag("--samples", samples, "Samples too (with --json)");
    watching->callback([&] { command = [&] { ctl::watch(common, samples); }; });

    std::optional<std::filesystem::path> settings_file;
    bool system = false;
    CLI::App* config = app.add_subcommand("config", "The daemon's settings")->require_subcommand(1);
    CLI::App* check = config->add_subcommand("check", "Say what is wrong with a settings file; needs no daemon");
    check->add_option("FILE", settings_file, "Default: the one that the daemon would read");
    check->add_flag("--system", system, "The service's file");
    check->callback([&] { command = [&] { ctl::config_check(settings_file, system); }; });

    std::filesystem::path file;
    CLI::App* analyzing = app.add_subcommand("analyze", "Judge the reps of a force file (CSV); needs no daemon");
    analyzing->add_option("FILE", file, "t_s,left_n,right_n[,left_cop_y_mm,right_cop_y_mm,left_fault,right_fault]")
        ->required();
    add_prescription(*analyzing, prescribed, false);
    analyzing->callback([&] { command = [&] { ctl::analyze(file, prescribed, common.json); }; });

    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("heeldropctl: ") + error.what() + " (see --help)\n";
    });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? ok : bad_input;
    }
    return run(command);
}
