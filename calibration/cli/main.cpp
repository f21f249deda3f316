// heeldrop-calibrate: reads its command line and does what it says.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "calibration/cli/characterise.hpp"
#include "calibration/cli/columns.hpp"
#include "calibration/cli/exit_codes.hpp"
#include "calibration/cli/run.hpp"
#include "calibration/cli/spot_check.hpp"
#include "calibration/cli/stored.hpp"
#include "calibration/cli/verify.hpp"
#include "calibration/lib/plan_file.hpp"
#include "daemon/client/temporary_file.hpp"

int main(int argc, char** argv) {
    using namespace heeldrop;
    CLI::App app{"heeldrop-calibrate: calibrates the station's plate, and studies cells and converters."};
    app.require_subcommand(1);
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("heeldrop-calibrate: ") + error.what() + " (see --help)\n";
    });
    app.footer(
        "Exit codes: 0 done; 1 it could not be done, the last line says why; 2 wrong usage or a file that cannot be "
        "read; "
        "3 the result is bad: rows that cannot be right, a calibration or certificate that was refused, one that was "
        "altered "
        "or does not follow from its readings; 4 a certificate signed by another station's key; 5 cancelled.");

    calibrate::CharacteriseOptions study;
    double gravity = standard_gravity.value;
    auto* characterise = app.add_subcommand(
        "characterise",
        "a table of counts against loads (fit, residuals, rows that cannot be right), or a log of counts "
        "(rate in truth, noise, drift); needs no daemon");
    characterise->add_option("file", study.file, "CSV with a header")->required();
    characterise->add_option("--gravity", gravity, "m/s2 where the loads were weighed, for tables in kilograms")
        ->capture_default_str()
        ->check(CLI::Range(9.780, 9.832));
    std::string load_unit;
    characterise->add_option("--load", study.load, "the column that is the load, where its name does not say so");
    characterise->add_option("--load-unit", load_unit, "of the load, where its name does not say: N, kN, kg, g or lb")
        ->check([](const std::string& unit) {
            return calibrate::load_unit_of(unit) ? std::string() : "must be N, kN, kg, g or lb, not " + unit;
        });
    characterise->add_option("--counts-per-newton", study.counts_per_newton, "tells a log's figures in newtons too");
    characterise->add_flag("--json", study.json, "for programs");

    calibrate::VerifyOptions verified;
    auto* verify = app.add_subcommand(
        "verify",
        "a certificate: does its signature hold, and do its figures follow from its own raw means; needs no daemon");
    verify->add_option("file", verified.file, "the certificate")->required();
    verify->add_option("--station-key", verified.station_key,
                       "the station's public key, station-key.pub of its data folder or 64 hexadecimal digits: says "
                       "whether it was this station that signed");
    verify->add_flag("--json", verified.json, "for programs");

    calibrate::RunOptions carried_out;
    auto* run = app.add_subcommand(
        "run",
        "calibrates the plate with the daemon: says what to put where and waits until it is still; guided in a "
        "terminal, or by lines on standard input: Enter (it stands there), r STEP, s, m KG, q");
    run->add_option("--socket", carried_out.socket,
                    "the daemon's socket (default: $HEELDROP_SOCKET, the user's, the system's)");
    auto* plan = run->add_option("--plan", carried_out.plan, "plan in TOML (calibration/README.md)");
    auto* masses = run->add_option("--masses", carried_out.masses_kg,
                                   "kilograms of the series, rising, as 20,40,60,80,100: the standard plan")
                       ->delimiter(',')
                       ->excludes(plan);
    run->add_option("--corner", carried_out.corner_kg, "kilograms for the corners (default: one of --masses)");
    run->add_option("--person", carried_out.person_kg, "kilograms of the person in the spot check");
    run->add_option("--warm-up", carried_out.warm_up_min, "minutes (default 15); less is marked in the certificate");
    run->add_option("--hold", carried_out.hold_min, "minutes under the largest load, for creep (default 30)");
    auto* who = run->add_option("--operator", carried_out.operator_name, "who puts the weights on");
    run->add_flag("--unattended", carried_out.unattended, "a load's arrival stands for Enter");
    run->add_flag("--rehearse", carried_out.rehearse, "carry out a plan that cannot end in an accepted calibration");
    auto* attach = run->add_flag("--attach", carried_out.attach, "take up the calibration under way")
                       ->excludes(plan)
                       ->excludes(masses);
    auto* redo = run->add_option("--redo", carried_out.redo,
                                 "take it up, or the last one where it was refused, and do this step again")
                     ->excludes(plan)
                     ->excludes(masses)
                     ->check(CLI::Range(1, static_cast<int>(calibration::most_steps)));

    calibrate::CheckOptions checked;
    const char* user = std::getenv("USER");
    checked.operator_name = user != nullptr && *user != 0 ? user : "unnamed";
    auto* check = app.add_subcommand(
        "check", "the daily check: a person of known mass on each pad against the calibration in force, and its trend");
    check->add_option("--mass", checked.mass_kg, "the person's, in kilograms, as dressed")
        ->required()
        ->check(CLI::Range(15.0, 250.0));
    check->add_option("--pad", checked.pad, "left or right (default: both, one after the other)")
        ->check(CLI::IsMember({"left", "right"}));
    check->add_option("--operator", checked.operator_name, "who makes it")->capture_default_str();
    check->add_option("--socket", checked.socket,
                      "the daemon's socket (default: $HEELDROP_SOCKET, the user's, the system's)");
    check->add_flag("--json", checked.json, "for programs");

    calibrate::DaemonOptions daemon;
    const auto with_daemon = [&](CLI::App* command) {
        command->add_option("--socket", daemon.socket,
                            "the daemon's socket (default: $HEELDROP_SOCKET, the user's, the system's)");
        command->add_flag("--json", daemon.json, "for programs");
        return command;
    };
    auto* status = with_daemon(
        app.add_subcommand("status", "the calibration in force on the plate, what is to be known of it, spot checks"));
    int limit = 50;
    auto* history = with_daemon(app.add_subcommand("history", "every calibration of this station, the newest first"));
    history->add_option("--limit", limit, "at most so many")->capture_default_str()->check(CLI::Range(1, 500));
    std::string exported = "in_force";
    std::optional<std::filesystem::path> output;
    bool force = false;
    auto* exporting = with_daemon(app.add_subcommand("export", "writes a certificate to a file, as it was signed"));
    exporting->add_option("certificate", exported, "its ID, last, or in_force")->capture_default_str();
    exporting->add_option("-o,--output", output, "file (default: the certificate's ID with .json)");
    exporting->add_flag("--force", force, "replace a file that is there");
    std::filesystem::path loaded;
    auto* load = with_daemon(app.add_subcommand(
        "load", "puts this station's certificate in force on its plate, if it is genuine and has passed"));
    load->add_option("file", loaded, "the certificate")->required();

    try {
        app.parse(argc, argv);
        if (run->parsed() && !*attach && !*redo && (!*who || (!*plan && !*masses)))
            throw CLI::ValidationError("run",
                                       "--operator and one of --masses and --plan are needed, or --attach or --redo");
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : calibrate::wrong_usage;
    }
    try {
        if (run->parsed())
            return calibrate::run(carried_out);
        if (check->parsed())
            return calibrate::check(checked);
        if (verify->parsed())
            return calibrate::verify(verified);
        if (status->parsed())
            return calibrate::status(daemon);
        if (history->parsed())
            return calibrate::history(daemon, limit);
        if (exporting->parsed())
            return calibrate::export_certificate(daemon, exported, output, force);
        if (load->parsed())
            return calibrate::load(daemon, loaded);
        study.gravity = MetresPerSecond2{gravity};
        study.load_unit = calibrate::load_unit_of(load_unit);
        return calibrate::characterise(study);
    } catch (const calibration::PlanFileError& error) {
        fmt::print(stderr, "{}\n", error.what());
        return calibrate::wrong_usage;
    } catch (const client::AlreadyThere& error) {
        fmt::print(stderr, "heeldrop-calibrate: {}\n", error.what());
        return calibrate::wrong_usage;
    } catch (const calibrate::FileError& error) {
        fmt::print(stderr, "heeldrop-calibrate: {}\n", error.what());
        return calibrate::wrong_usage;
    } catch (const std::exception& error) {
        fmt::print(stderr, "heeldrop-calibrate: {}\n", error.what());
        return 1;
    }
}
