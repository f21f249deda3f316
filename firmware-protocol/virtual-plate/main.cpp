// heeldrop-plate: the command line of the virtual plate, and its composition.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "firmware-protocol/virtual-plate/cells_choice.hpp"
#include "firmware-protocol/virtual-plate/performance.hpp"
#include "firmware-protocol/virtual-plate/plate_run.hpp"
#include "firmware-protocol/virtual-plate/recording.hpp"

namespace heeldrop::virtual_plate {
namespace {

struct Options {
    std::string link, truth, replay, script = "empty:5,step_on,quiet:6,good*5,step_off,empty:3";
    std::string rate = "80", pace = "real", side = "right", cop = "recorded";
    std::vector<std::string> without;
    std::uint64_t seed = 1;
    double mass = 0.0, empty_s = 5.0, min_drop_s = 2.0;
    std::uint32_t first_tick = 0;
    std::string surface = "step";
    std::string control, account, serial;
    std::string schedule, cells, fault, forces;
    double gravity = standard_gravity.value;
    bool weights = false;
    std::vector<std::string> mishaps;
    bool loop = false, stay = false, hold = false, exit_at_end = false, verbose = false;
};

std::string read_file(const std::string& path, const char* what) {
    std::ifstream file(path);
    if (!file)
        throw ScriptError(fmt::format("the {} file {} cannot be opened", what, path));
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string read_script(const std::string& given) {
    return given.empty() || given.front() != '@' ? given : read_file(given.substr(1), "script");
}

/// Once through, so that a load nobody put there is said now and not in an hour. Throws ControlError.
void rehearse(const Schedule& schedule, const std::string& name, const Options& o) {
    Weights weights(MetresPerSecond2{o.gravity}, o.seed);
    for (const ControlLine& line : schedule.lines) {
        try {
            handle(line.what, *line.at, weights);
        } catch (const WeightsError& error) {
            throw ControlError(fmt::format("{}: '{}' at {} s: {}", name, line.text, line.at->value, error.what()));
        }
    }
}

/// An empty plate, and whatever lines put onto it.
void take_weights(const Options& o, RunSetup& run, nlohmann::ordered_json& about) {
    std::optional<Seconds> end;
    if (!o.schedule.empty()) {
        const Schedule schedule = parse_schedule(read_file(o.schedule, "schedule"), o.schedule);
        rehearse(schedule, o.schedule, o);
        run.mishaps.insert(run.mishaps.end(), schedule.lines.begin(), schedule.lines.end());
        end = schedule.end;
    }
    run.source = [end, gravity = MetresPerSecond2{o.gravity}, seed = o.seed](int, Prescribed) {
        auto weights = std::make_unique<Weights>(gravity, seed);
        if (end)
            weights->end_at(*end);
        return weights;
    };
    about["gravity_m_s2"] = o.gravity;
    about["loads"] = nlohmann::ordered_json::array();
}

Disturbances disturbances_of(const std::vector<std::string>& without) {
    Disturbances d;
    for (const auto& w : without) {
        if (w == "all")
            return Disturbances::none();
        (w == "gain"     ? d.gain
         : w == "zero"   ? d.zero
         : w == "noise"  ? d.noise
         : w == "drift"  ? d.drift
         : w == "corner" ? d.corner
                         : d.timing) = false;
    }
    return d;
}

void define(CLI::App& app, Options& o) {
    app.description(
        "A virtual heel-drop plate: a simulated person, or a recording, on 8 load cells that speak the Heeldrop plate\n"
        "protocol on a pseudo-terminal. Prints the terminal's path on standard output, then waits for a host to send\n"
        "START. With neither --hold-until-enter nor an earlier START, the script's first instant is the first sample "
        "sent.");
    app.add_option("--link", o.link, "make PATH a symbolic link to the terminal; removed at the end")
        ->type_name("PATH");
    app.add_option(
           "--rate", o.rate,
           "80: eight HX711, uneven, about 64 samples/s; 1000: an ADS131M08, even; file: a recording's own times")
        ->check(CLI::IsMember({"80", "1000", "file"}))
        ->capture_default_str();
    app.add_option("--pace", o.pace, "real: true time; flat-out: as fast as the host reads, losing nothing")
        ->check(CLI::IsMember({"real", "flat-out"}))
        ->capture_default_str();
    app.add_option("--seed", o.seed, "the same seed, the same person, movements, noise and timing")
        ->capture_default_str();
    app.add_option("--mass", o.mass, "body mass in kg, 20 to 180; drawn from 50 to 110 where not given")
        ->check(CLI::Range(20.0, 180.0));
    app.add_option("--side", o.side, "the prescribed leg, which the script's reps lower on")
        ->check(CLI::IsMember({"left", "right", "both"}))
        ->capture_default_str();
    app.add_option("--script", o.script, "what the person does, or @FILE; see below")->capture_default_str();
    app.add_option("--truth", o.truth, "write what was really done as JSON, at the end of the script or on SIGTERM")
        ->type_name("FILE");
    app.add_option("--min-drop", o.min_drop_s, "the shortest descent, in s, that the truth calls no fast_drop")
        ->capture_default_str();
    app.add_option("--surface", o.surface, "flat: the truth knows no shallow_drop")
        ->check(CLI::IsMember({"step", "flat"}))
        ->capture_default_str();
    app.add_option("--replay", o.replay,
                   "a force CSV instead of the person: t_s,left_n,right_n[,left_cop_y_mm,right_cop_y_mm]")
        ->type_name("FILE")
        ->excludes("--script")
        ->excludes("--mass");
    app.add_option("--cop", o.cop, "centre: replay with the force at each pad's centre")
        ->check(CLI::IsMember({"recorded", "centre"}))
        ->capture_default_str();
    app.add_option("--empty", o.empty_s, "seconds of empty plate before and after a recording")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    auto* weights = app.add_flag("--weights", o.weights,
                                 "nobody, but loads that --control, --do and --schedule put on, move and take off");
    for (const char* other : {"--script", "--replay", "--mass"})
        weights->excludes(other);
    app.add_option("--schedule", o.schedule,
                   "with --weights: lines of commands in plate time, `wait SECONDS` between them; its end is the end")
        ->type_name("FILE")
        ->needs(weights);
    app.add_option("--gravity", o.gravity, "with --weights: of where the plate stands, in m/s^2")
        ->check(CLI::Range(9.780, 9.832))
        ->needs(weights)
        ->capture_default_str();
    app.add_option("--cells", o.cells,
                   "cells to be calibrated. nominal: as HELLO says; drawn: unknown gains, cross-talk, bent lines, "
                   "hysteresis, creep, temperature and twist by the seed (the default with --weights); or a JSON file")
        ->type_name("nominal|drawn|FILE");
    app.add_option("--fault", o.fault,
                   "one fault in those cells: swapped:CELL,CELL inverted:CELL dead:CELL sticky:CELL "
                   "creep:left|right drifting:CELL")
        ->type_name("FAULT");
    app.add_option("--true-forces", o.forces, "write what truly stood on each pad and cell as CSV, a row a sample")
        ->type_name("FILE");
    app.add_option("--without", o.without,
                   "switch off what the electronics add: gain zero noise drift corner timing, or all")
        ->delimiter(',')
        ->check(CLI::IsMember({"gain", "zero", "noise", "drift", "corner", "timing", "all"}));
    app.add_option("--serial", o.serial, "the plate's serial number, at most 16 characters; VP- and the seed if not given")
        ->check([](const std::string& text) {
            return text.empty() || text.size() > HEELDROP_TEXT_MAX ? "1 to 16 characters" : "";
        });
    app.add_option("--first-tick", o.first_tick, "the tick counter at boot: near 4294967295 it wraps soon")
        ->capture_default_str();
    app.add_flag("--loop", o.loop, "begin again at the end, with the next seed");
    app.add_flag("--hold-until-enter", o.hold,
                 "an empty plate in true time until a line comes on standard input, then the script; a line 'left' or "
                 "'right' is the prescribed leg instead of --side");
    app.add_option("--control", o.control,
                   "a socket that takes lines which make the plate misbehave; 'help' lists them")
        ->type_name("SOCKET");
    app.add_option("--do", o.mishaps, "one such line from the start, best with its time: \"at 12.5 drop 3\"")
        ->type_name("LINE")
        ->take_all();
    app.add_option("--account", o.account,
                   "write what was done to the stream as JSON, at the end of the script and "
                   "again at the very end")
        ->type_name("FILE");
    auto* stay = app.add_flag("--stay", o.stay, "at the end stay as things are and stream on, until SIGTERM");
    app.add_flag("--exit-at-end", o.exit_at_end, "exit 0 when the host has read everything (the default)")
        ->excludes(stay);
    app.add_flag("-v,--verbose", o.verbose, "a line on standard error for each element as it begins");
    app.footer("\nThe script. " + describe_script_words() +
               "Exit codes: 0 done or stopped by a signal; 1 the terminal, link or truth file failed; 2 the command "
               "line, script or recording is wrong.");
}

int play(const Options& o) {
    RunSetup run;
    DeviceSetup device;
    run.converter = o.rate == "1000" ? Converter::ads131m08 : Converter::hx711;
    run.rate = Hertz{o.rate == "1000" ? 1000.0 : 80.0};
    run.pace = o.pace == "real" ? Pace::real : Pace::flat_out;
    run.disturbances = disturbances_of(o.without);
    run.seed = o.seed;
    run.hold_until_enter = o.hold;
    run.stay = o.stay;
    run.loop = o.loop;
    run.verbose = o.verbose;
    run.truth_path = o.truth;
    run.link = o.link;
    run.control_path = o.control;
    run.account_path = o.account;
    run.forces_path = o.forces;
    for (const auto& line : o.mishaps) {
        run.mishaps.push_back(parse_control(line));
        if (is_load(run.mishaps.back().what) && !o.weights)
            throw ControlError(fmt::format("--do '{}' is for a plate with --weights", line));
    }

    nlohmann::ordered_json about{{"schema", "heeldrop.truth/1"}, {"seed", o.seed}};
    if (o.rate == "file" && o.replay.empty())
        throw ScriptError("--rate file is for --replay: a script has no times of its own");
    if (o.weights) {
        take_weights(o, run, about);
    } else if (!o.replay.empty()) {
        const Recording recording(o.replay, o.cop == "centre" ? CopUse::centre : CopUse::as_recorded,
                                  Seconds{o.empty_s});
        if (o.rate == "file") {
            run.own_times = recording.own_times();
            run.rate = recording.mean_rate();
            run.disturbances.timing = false;
        }
        run.source = [recording](int, Prescribed) { return std::make_unique<Recording>(recording); };
        about["recording"] = o.replay;
    } else {
        const auto text = read_script(o.script);
        const auto script = parse_script(text);
        Limits limits;
        run.side = o.side == "left" ? Prescribed::left : o.side == "right" ? Prescribed::right : Prescribed::both;
        limits.min_drop = Seconds{o.min_drop_s};
        if (o.surface == "flat")
            limits.min_depth.reset();
        const auto person = draw_person(o.seed, o.mass > 0.0 ? std::optional(Kilograms{o.mass}) : std::nullopt);
        // Once through, so that what no body can do is said now and not in an hour.
        auto sides = std::vector{run.side};
        if (o.hold)
            sides.insert(sides.end(), {Prescribed::left, Prescribed::right});
        for (const auto side : sides) {
            limits.side = side;
            Choreography rehearsal(person, limits, o.seed);
            for (const auto& element : script.elements)
                rehearsal.plan(element);
        }
        run.source = [=, seed = o.seed](int round, Prescribed side) {
            auto prescribed = limits;
            prescribed.side = side;
            return std::make_unique<Performance>(script, person, prescribed, seed + static_cast<std::uint64_t>(round));
        };
        about["script"] = text;
        about["side"] = o.side;
        about["mass_kg"] = person.mass.value;
    }
    about["rate"] = o.rate;
    if (!o.fault.empty() && o.cells.empty() && !o.weights)
        throw CellsError("--fault is for a plate with --weights or --cells");
    if (o.weights || !o.cells.empty()) {
        run.cells = choose_cells(o.cells.empty() ? "drawn" : o.cells, run.converter, o.seed);
        switch_off(*run.cells, run.disturbances);
        if (!o.fault.empty()) {
            plant(*run.cells, o.fault);
            about["fault"] = o.fault;
        }
        about["plate"] = to_json(*run.cells);
    }

    device.serial = o.serial.empty() ? fmt::format("VP-{}", o.seed % 10'000'000'000'000ULL) : o.serial;
    device.converter = o.rate == "1000" ? "ADS131M08" : o.rate == "80" ? "8xHX711" : "recording";
    device.clocked = run.converter == Converter::ads131m08;
    device.nominal_rate = run.rate;
    device.first_tick = o.first_tick;
    device.boot_id = std::random_device{}();

    const StopSignals stop;
    auto line = std::make_unique<PseudoTerminal>();
    if (!o.link.empty())
        line->link(o.link);
    const std::string path = line->path();
    PlateRun plate(run, device, std::move(line), stop, TruthFile(std::move(about)));
    fmt::print("{}\n", path);
    std::fflush(stdout);
    fmt::print(stderr, "heeldrop-plate: {}, {}, on {}{}\n",
               o.rate == "file" ? "the recording's own times" : o.rate + " samples/s",
               o.weights          ? "an empty plate for weights"
               : o.replay.empty() ? "a person doing the script"
                                  : "replaying " + o.replay,
               o.link.empty() ? path : o.link,
               o.hold ? "; empty until Enter" : "");
    plate.run();
    return 0;
}

}  // namespace
}  // namespace heeldrop::virtual_plate

int main(int argc, char** argv) {
    using namespace heeldrop::virtual_plate;
    CLI::App app;
    Options options;
    define(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0)
            return app.exit(error);
        fmt::print(stderr, "heeldrop-plate: {}\n", error.what());
        return 2;
    }
    const auto complain = [](const std::exception& error, int code) {
        fmt::print(stderr, "heeldrop-plate: {}\n", error.what());
        return code;
    };
    try {
        return play(options);
    } catch (const ScriptError& error) {
        return complain(error, 2);
    } catch (const RecordingError& error) {
        return complain(error, 2);
    } catch (const ControlError& error) {
        return complain(error, 2);
    } catch (const CellsError& error) {
        return complain(error, 2);
    } catch (const std::exception& error) {
        return complain(error, 1);
    }
}
