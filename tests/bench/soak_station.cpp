#include "tests/bench/soak_station.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <fstream>

#include "daemon/store/recording.hpp"
#include "tests/daemon/server/control.hpp"

namespace heeldrop::bench {
namespace {

/// Script time at which the plate stands still, empty, until the session has started: so that it starts with the same
/// sample every time.
constexpr double session_starts_s = 4.0;

using Clock = std::chrono::steady_clock;

bool paused(const json& account, double from_s) {
    const json& did = account["did"];
    return !did.empty() && did.back()["what"] == "pause" && did.back()["t_s"].get<double>() >= from_s;
}

}  // namespace

json line_of(const json& account) {
    json line = account["line"];
    line.erase("gap_s");
    return line;
}

json cells_of(const json& account) {
    json cells = json::array();
    for (const json& cell : account["cells"]) {
        const json& stuck = cell.contains("frozen") ? cell["frozen"] : cell["stuck"];
        cells.push_back({{"pad", cell["pad"]},
                         {"corner", cell["corner"]},
                         {"saturated", cell["saturated"]},
                         {"invalid", cell["invalid"]},
                         {"stuck", stuck},
                         {"spikes", cell["spikes"]}});
    }
    return cells;
}

SoakStation::SoakStation(std::string daemon, std::string plate) : plate_program_(std::move(plate)) {
    daemon_ = std::make_unique<test::Process>(
        std::vector<std::string>{std::move(daemon), "--settings", "/dev/null", "--port", link().native(), "--socket",
                                 socket().native(), "--data-dir", (folder_.path / "data").native()},
        (folder_.path / "daemon.log").native());
    wait("the daemon to start", [this] {
        try {
            connection_ = client::Connection::open(socket());
        } catch (const client::ConnectionError&) {
        }
        return connection_.has_value();
    });
}

void SoakStation::wait(const std::string& what, const std::function<bool()>& condition) {
    const auto end = Clock::now() + std::chrono::minutes(3);
    while (!condition()) {
        if (Clock::now() > end)
            throw std::runtime_error(fmt::format("waited in vain: {}", what));
        poll(nullptr, 0, 5);
    }
}

void SoakStation::begin_in_true_time(const std::string& rate) {
    ++played_;
    plate_.reset();
    plate_ = std::make_unique<test::Process>(
        std::vector<std::string>{plate_program_, "--link", link().native(), "--control", control().native(), "--serial",
                                 std::to_string(played_), "--rate", rate, "--mass", "80", "--hold-until-enter",
                                 "--script", "step_on,quiet:3600", "--truth", truth().native()},
        (folder_.path / "plate.log").native());
    plate_->read_line();
    wait("the plate to be ready", [this] {
        const json plate = status()["plate"];
        return plate["state"] == "ready" && plate["serial"] == std::to_string(played_);
    });
    connection_->request({{"class", "session_start"}, {"side", "right"}});
    plate_->write_line("");
    wait("the person to be weighed", [this] { return status()["session"]["state"] == "running"; });
}

void SoakStation::end_true_time() {
    connection_->request({{"class", "session_stop"}});
    plate_.reset();
}

double SoakStation::resident_mib() const {
    std::ifstream status("/proc/" + std::to_string(daemon_->pid()) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:"))
            return std::stod(line.substr(6)) / 1024.0;
    throw std::runtime_error("the daemon has ended");
}

std::filesystem::path SoakStation::truth() const {
    return folder_.path / fmt::format("truth{}", played_);
}

/// Up to the session's start; the person comes afterwards.
void SoakStation::begin(const Sitting& sitting, const std::vector<std::string>& mishaps) {
    ++played_;
    std::vector<std::string> arguments{plate_program_,
                                       "--pace",
                                       "flat-out",
                                       "--stay",
                                       "--link",
                                       link().native(),
                                       "--control",
                                       control().native(),
                                       "--serial",  // another plate each time: its counts begin anew
                                       std::to_string(played_),
                                       "--seed",
                                       std::to_string(sitting.seed),
                                       "--rate",
                                       sitting.rate,
                                       "--script",
                                       fmt::format("empty:5,step_on,quiet:6,{},quiet:9", sitting.script),
                                       "--truth",
                                       truth().native(),
                                       "--do",
                                       "at 0 pause",  // what comes before HELLO is known would be thrown away
                                       "--do",
                                       fmt::format("at {} pause", session_starts_s)};
    for (const std::string& mishap : mishaps)
        arguments.insert(arguments.end(), {"--do", mishap});
    plate_.reset();
    plate_ = std::make_unique<test::Process>(std::move(arguments), (folder_.path / "plate.log").native());
    plate_->read_line();
    test::Control asked(control());
    // The plate has heard START, and the daemon its HELLO: from here on every sample that is sent is counted.
    wait("the plate to be asked for samples",
         [&] { return paused(asked.account(), 0.0) && status()["plate"]["serial"] == std::to_string(played_); });
    asked.tell("go");
    wait("the plate to stand still", [&] {
        const json account = asked.account();
        return paused(account, session_starts_s) && status()["plate"]["line"]["samples"] == account["line"]["samples"];
    });
    // More reps than the script has: the session ends when it is told to.
    connection_->request({{"class", "session_start"}, {"side", "right"}, {"sets", 10}, {"reps", 100}});
    asked.tell("go");
}

Played SoakStation::end() {
    Played played;
    test::Control asked(control());
    const std::string id = connection_->request({{"class", "session_stop"}})["session"]["id"];
    played.session = connection_->request({{"class", "session"}, {"session", id}});
    const store::RecordingReader recording(folder_.path / "data" / "raw" / (id + ".hdraw"));
    played.session_from_s = static_cast<double>(recording.header().origin_tick) / recording.header().plate.tick_hz;
    for (const json& rep : played.session["reps"])
        for (const char* end : {"drop_end_s", "return_end_s"})
            if (rep[end].is_number())
                played.last_return_s = rep[end];
    played.csv = folder_.path / "export.csv";
    const int fd = open(played.csv.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    connection_->request_with_descriptor({{"class", "export"}, {"session", id}, {"format", "csv"}}, fd);
    close(fd);
    plate_->signal(SIGTERM);  // it then writes its truth, if it has not yet
    plate_->wait();
    plate_.reset();
    played.truth = json::parse(std::ifstream(truth()));
    return played;
}

Played SoakStation::undisturbed(const Sitting& sitting) {
    begin(sitting, {});
    wait("the script to end", [&] { return std::filesystem::exists(truth()); });
    const json account = test::Control(control()).account();
    wait("the daemon to have read all of it",
         [&] { return status()["plate"]["line"]["samples"].get<std::uint64_t>() >= account["line"]["samples"]; });
    return end();
}

Played SoakStation::disturbed(const Sitting& sitting, const std::vector<std::string>& mishaps, double last_return_s) {
    std::vector<std::string> all = mishaps;
    all.push_back(fmt::format("at {} random 0", session_starts_s + last_return_s + 4.0));
    all.push_back(fmt::format("at {} pause", session_starts_s + last_return_s + 5.0));
    begin(sitting, all);
    test::Control asked(control());
    json account, plate;
    const auto agree = [&] {
        account = asked.account();
        plate = status()["plate"];
        return paused(account, last_return_s) && line_of(account) == line_of(plate);
    };
    try {
        wait("both accounts to agree", agree);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(
            fmt::format("{}\n  plate:  {}\n  daemon: {}", error.what(), account["line"].dump(), plate["line"].dump()));
    }
    Played played = end();
    played.account = std::move(account);
    played.plate = std::move(plate);
    return played;
}

}  // namespace heeldrop::bench
