// heeldropctl as a person or a script meets it: output, one line for an error, exit codes.
#include <fstream>
#include <sstream>

#include "tests/daemon/server/rig.hpp"

using namespace heeldrop::test;

namespace {

struct Outcome {
    int code;
    std::string out, errors;
};

Outcome ctl(const TemporaryFolder& folder, std::vector<std::string> arguments) {
    const auto errors = folder.path / "ctl-errors";
    std::filesystem::remove(errors);
    arguments.insert(arguments.begin(), HEELDROPCTL);
    Process process(arguments, errors.native());
    const std::string out = process.read_all();
    std::stringstream text;
    const int code = process.wait();
    text << std::ifstream(errors).rdbuf();
    return {code, out, text.str()};
}

std::filesystem::path file(const TemporaryFolder& folder, const std::string& text) {
    const auto path = folder.path / "force.csv";
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

std::string standing(double seconds) {
    std::string text = "t_s,left_n,right_n\n";
    for (int i = 0; i < static_cast<int>(seconds * 100); ++i)
        text += std::to_string(i / 100.0) + ",392.1,391.7\n";
    return text;
}

}  // namespace

TEST_CASE("analyze prints the schema's object for a quiet stance, with no reps") {
    TemporaryFolder folder;
    const auto path = file(folder, standing(8)).native();
    const Outcome o = ctl(folder, {"analyze", path, "--side", "left", "--min-drop", "1.5", "--json"});
    CHECK(o.code == 0);
    CHECK(o.errors.empty());
    const json account = json::parse(o.out);
    CHECK(account["schema"] == "heeldrop.analysis/1");
    CHECK(account["reps"].empty());
    CHECK(account["system_weight_n"].get<double>() == Approx(783.8).margin(0.5));
    CHECK(account["sample_rate_hz"] == 100.0);
    const Outcome people = ctl(folder, {"analyze", path});
    CHECK(people.code == 0);
    CHECK_THAT(people.out, Catch::Contains("No reps."));
}

TEST_CASE("analyze refuses a bad file in one line with file, line and reason, exit 2") {
    TemporaryFolder folder;
    const auto [text, line, reason] = GENERATE(table<std::string, std::string, std::string>({
        {"t_s,left_n\n0,1\n", ":1: ", "right_n is missing"},
        {"Just some text.\n", ":1: ", "t_s is missing"},
        {"", ":1: ", "empty"},
        {"\n\r\n  \n\n", ":1: ", "empty"},
        {"t_s,left_n,right_n\r0,1,2\r0.01,1,2\r", ":1: ", "CR alone"},
        {"t_s,left_n,right_n\n0,1,2\n0.01,nan,2\n", ":3: ", "nan"},
        {"t_s,left_n,right_n\n0,1,2\n0.01,1,2\n0.005,1,2\n", ":4: ", "time does not increase"},
    }));
    const auto path = file(folder, text);
    const Outcome o = ctl(folder, {"analyze", path.native(), "--json"});
    CHECK(o.code == 2);
    CHECK(o.out.empty());
    CHECK_THAT(o.errors, Catch::StartsWith(path.native() + line) && Catch::Contains(reason));
    CHECK(std::count(o.errors.begin(), o.errors.end(), '\n') == 1);
}

TEST_CASE("wrong usage is exit 2, a daemon that is not there exit 3, both said") {
    TemporaryFolder folder;
    const auto socket = (folder.path / "none.sock").native();
    const auto path = file(folder, standing(1)).native();
    for (const auto& wrong : std::vector<std::vector<std::string>>{{},
                                                                   {"dance"},
                                                                   {"analyze"},
                                                                   {"analyze", path, "--side", "middle"},
                                                                   {"analyze", path, "--min-share", "85"},
                                                                   {"analyze", path, "--second-person-load", "1"},
                                                                   {"analyze", "/none.csv"}}) {
        const Outcome o = ctl(folder, wrong);
        CHECK(o.code == 2);
        CHECK_FALSE(o.errors.empty());
    }
    for (const auto& command : {std::vector<std::string>{"analyze", path}, {"session", "start"}}) {
        auto arguments = command;
        arguments.insert(arguments.end(), {"--body-weight", "nan"});
        const Outcome o = ctl(folder, arguments);
        CHECK(o.code == 2);
        CHECK_THAT(o.errors, Catch::Contains("--body-weight") && Catch::Contains("nan"));
    }
    for (const auto& asking :
         std::vector<std::vector<std::string>>{{"status"}, {"session", "start"}, {"sessions"}, {"watch"}}) {
        auto arguments = asking;
        arguments.insert(arguments.end(), {"--socket", socket});
        const Outcome o = ctl(folder, arguments);
        CHECK(o.code == 3);
        CHECK_THAT(o.errors, Catch::Contains("not running") && Catch::Contains(socket));
    }
    CHECK(ctl(folder, {"--help"}).code == 0);
    CHECK_THAT(ctl(folder, {"--help"}).out, Catch::Contains("Exit codes"));
}

TEST_CASE("config check says what is wrong with a settings file, and the daemon does not start with it") {
    TemporaryFolder folder;
    const auto path = folder.path / "heeldrop.toml";
    std::ofstream(path) << "[prescription]\ntarget_drop_ms = 3000\n";
    const Outcome wrong = ctl(folder, {"config", "check", path.native()});
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.errors, Catch::StartsWith(path.native() + ":2: ") && Catch::Contains("target_drop_s"));
    const auto log = (folder.path / "log").native();
    Process daemon({HEELDROPD, "--settings", path.native(), "--socket", (folder.path / "run" / "s").native(),
                    "--data-dir", (folder.path / "data").native()},
                   log);
    CHECK(daemon.wait() == 2);
    std::stringstream said;
    said << std::ifstream(log).rdbuf();
    CHECK_THAT(said.str(), Catch::Contains(path.native() + ":2: "));
    CHECK_FALSE(std::filesystem::exists(folder.path / "data"));

    std::ofstream(path) << "[prescription]\nreps = 8\n";
    CHECK(ctl(folder, {"config", "check", path.native()}).out == path.native() + ": good\n");
    CHECK(ctl(folder, {"config", "check", "/none/heeldrop.toml"}).code == 2);
}

TEST_CASE("a session from start to export by the command line alone") {
    Rig rig;
    rig.start_plate("step_on,quiet:6,good*2,quiet:4", {"--pace", "flat-out", "--seed", "5"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const auto run = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--socket", rig.socket().native()});
        return ctl(rig.folder, arguments);
    };
    CHECK_THAT(run({"status"}).out, Catch::Contains("ready"));
    CHECK(json::parse(run({"status", "--json"}).out)["plate"]["state"] == "ready");
    const Outcome ports = run({"ports"});
    CHECK_THAT(ports.out, Catch::Contains(rig.link().native()) && Catch::Contains("the plate's port") &&
                              Catch::Contains("heeldropd ("));
    CHECK(run({"session", "stop"}).code == 1);
    const Outcome started = run({"session", "start", "--side", "right", "--sets", "1", "--reps", "2", "--json"});
    REQUIRE(started.code == 0);
    const Outcome busy = run({"session", "start"});
    CHECK(busy.code == 1);
    CHECK_THAT(busy.errors, Catch::Contains("already running"));
    rig.begin_script();
    wait_until([&] { return c.request({{"class", "status"}})["session"]["state"] == "finished"; });

    const std::string id = json::parse(started.out)["session"]["id"];
    CHECK_THAT(run({"sessions"}).out, Catch::Contains(id) && Catch::Contains("finished"));
    CHECK(json::parse(run({"sessions", "list", "--json"}).out)["sessions"].size() == 1);
    CHECK_THAT(run({"sessions", "show", "last"}).out, Catch::Contains("good"));
    CHECK(run({"sessions", "show", "nobody"}).code == 1);
    const json shown = json::parse(run({"sessions", "show", id, "--json"}).out);

    const auto csv = (rig.folder.path / "out.csv").native();
    CHECK(run({"export", "last", "-o", csv}).code == 0);
    const Outcome again = run({"export", "last", "-o", csv});
    CHECK(again.code == 2);
    CHECK_THAT(again.errors, Catch::Contains("--force"));
    CHECK(run({"export", "last", "-o", csv, "--force"}).code == 0);
    CHECK(run({"export", "nobody", "-o", csv + "2"}).code == 1);
    for (const auto& entry : std::filesystem::directory_iterator(rig.folder.path))
        CHECK(entry.path().native().find("out.csv.") == std::string::npos);

    const json analyzed = json::parse(ctl(rig.folder, {"analyze", csv, "--side", "right", "--json"}).out);
    CHECK(analyzed["session_faults"] == json{"uncalibrated"});
    REQUIRE(analyzed["reps"].size() == shown["reps"].size());
    for (std::size_t i = 0; i < analyzed["reps"].size(); ++i)
        for (const auto& [key, value] : analyzed["reps"][i].items())
            CHECK(shown["reps"][i][key] == value);

    const auto faults = [&](const char* option, const char* value) {
        return json::parse(
            ctl(rig.folder, {"analyze", csv, "--side", "right", "--json", option, value}).out)["reps"][0]["faults"];
    };
    CHECK(faults("--min-depth", "0.05") == json::array());
    CHECK(faults("--min-depth", "0.2") == json{"shallow_drop"});
    CHECK(faults("--max-rise-share", "0.3") == json{"one_leg_rise"});
}
