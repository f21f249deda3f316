// Sessions from the outside: an export is the session, an end in the middle loses nothing, and a plate that somebody
// else built from the page is a plate.
#include "tests/e2e/stage.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

/// What section 6 of an analysis says of a rep: without the session's own keys.
json judged(json reps) {
    for (auto& rep : reps)
        for (const char* key : {"set", "revision", "counted"})
            rep.erase(key);
    return reps;
}

struct Exported {
    std::vector<double> t_s;
    double highest_n = 0;
};

Exported exported(const Rig& rig) {
    const auto file = rig.folder.path / "export.csv";
    ctl_json(rig.socket(), {"export", "last", "-o", file.native(), "--force"});
    Exported all;
    std::ifstream in(file);
    std::string line;
    REQUIRE(std::getline(in, line));
    REQUIRE(line.starts_with("t_s,left_n,right_n,"));
    while (std::getline(in, line)) {
        double t = 0, left = 0, right = 0;
        REQUIRE(std::sscanf(line.c_str(), "%lf,%lf,%lf", &t, &left, &right) == 3);
        all.t_s.push_back(t);
        all.highest_n = std::max(all.highest_n, left + right);
    }
    return all;
}

}  // namespace

TEST_CASE("an exported session analyses to its own reps, to the last digit, whatever was prescribed") {
    const auto [rate, side, options] = GENERATE(table<std::string, std::string, std::vector<std::string>>({
        {"80",
         "left",
         {"--min-drop", "2.6", "--target-drop", "4", "--min-depth", "0.12", "--second-person-load", "1.3"}},
        {"1000",
         "right",
         {"--body-weight", "82", "--min-share", "0.9", "--max-rise-share", "0.4", "--bounce-speed", "0.1"}},
        {"80",
         "both",
         {"--surface", "flat", "--hands", "rail", "--body-weight", "70", "--rail-min-load", "1", "--bounce-window",
          "1"}},
    }));
    Rig rig;
    const auto truth = rig.folder.path / "truth.json";
    rig.start_plate("step_on,quiet:6,good,two_leg_drop,fast_drop,wrong_leg,one_leg_rise,good(toe=0.12),quiet:4,empty:6",
                    {"--pace", "flat-out", "--seed", "910020", "--mass", "82", "--rate", rate, "--side", side,
                     "--truth", truth.native()});
    rig.start_daemon();
    auto c = rig.connect();
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}});
    rig.wait_for_plate(c);
    std::vector<std::string> start{"session", "start", "--side", side, "--sets", "2", "--reps", "3"};
    start.insert(start.end(), options.begin(), options.end());
    ctl_json(rig.socket(), start);
    rig.begin_script();
    watch_to_the_end(watcher, c, truth);
    const json stored = ctl_json(rig.socket(), {"sessions", "show", "last"});
    CHECK(stored["reps"].size() >= 5);
    exported(rig);
    std::vector<std::string> analyze{"analyze", (rig.folder.path / "export.csv").native(), "--side", side};
    analyze.insert(analyze.end(), options.begin(), options.end());
    const json analyzed = ctl_json(rig.socket(), analyze);
    CHECK(analyzed["reps"] == judged(stored["reps"]));
    CHECK(analyzed["system_weight_n"] == stored["session"]["system_weight_n"]);
    CHECK(analyzed["session_faults"] == stored["session"]["session_faults"]);
}

TEST_CASE("a daemon that is told to end in the middle of a session keeps its finished reps and every sample") {
    Rig rig;
    rig.start_plate("step_on,quiet:6,good*40", {"--pace", "flat-out", "--seed", "910030", "--rate", "1000"});
    rig.start_daemon();
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}});
    rig.wait_for_plate(watcher);
    ctl_json(rig.socket(), {"session", "start", "--side", "right", "--sets", "3", "--reps", "15"});
    rig.begin_script();
    Watched watched;
    while (watched.reps.size() < 3)
        watched.take(next_of(watcher, [](const json&) { return true; }));
    rig.daemon->signal(SIGTERM);
    while (watched.session.is_null())
        watched.take(next_of(watcher, [](const json&) { return true; }));
    CHECK(rig.daemon->wait() == 0);
    CHECK(watched.session["state"] == "stopped");

    rig.plate.reset();
    rig.start_daemon();
    const json stored = ctl_json(rig.socket(), {"sessions", "show", "last"});
    CHECK(stored["session"] == watched.session);
    CHECK(stored["reps"].size() >= 3);
    CHECK(stored["reps"] == watched.list());
    const Exported raw = exported(rig);
    CHECK(raw.t_s.back() == Approx(stored["session"]["duration_s"].get<double>()).margin(1e-4));
    double longest_s = 0;
    for (std::size_t i = 1; i < raw.t_s.size(); ++i)
        longest_s = std::max(longest_s, raw.t_s[i] - raw.t_s[i - 1]);
    CHECK(longest_s < 0.0015);
}

TEST_CASE("a plate written from the protocol's page alone is accepted, zeroed, and weighs") {
    Rig rig;
    rig.plate = std::make_unique<Process>(
        std::vector<std::string>{PYTHON, "-B", PLATE_FROM_PAGE, "--link", rig.link().native(), "--load", "4:310:430"});
    rig.plate->read_line();
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const json plate = c.request({{"class", "status"}})["plate"];
    CHECK(plate["serial"] == "PAGE-0001");
    CHECK(plate["firmware"] == "from-page 1");
    CHECK(plate["nominal_rate_hz"] == 80.0);
    CHECK(plate["line"]["bad_frames"] == 0);

    c.request({{"class", "watch"}});
    const auto loads = [](double left, double right) {
        return [=](const json& line) {
            return line["class"] == "samples" && line["left_n"].back().is_number() &&
                   line["left_n"].back() == Approx(left).margin(4) && line["right_n"].back() == Approx(right).margin(4);
        };
    };
    next_of(c, loads(0, 0));
    next_of(c, loads(310, 430));
    const json after = c.request({{"class", "status"}})["plate"];
    CHECK(after["line"]["lost_samples"] == 0);
    CHECK(after["measured_rate_hz"].get<double>() == Approx(80).margin(10));
}
