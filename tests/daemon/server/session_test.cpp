// Sessions through the real daemon with the real virtual plate: live, stored, exported and analysed again they are one.
#include <fcntl.h>

#include "daemon/exchange/analysis_json.hpp"
#include "daemon/exchange/force_csv.hpp"
#include "daemon/session/prescription.hpp"
#include "tests/daemon/server/rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

const json six_reps{{"class", "session_start"}, {"side", "right"}, {"sets", 2}, {"reps", 3}};

bool session_ended(const json& line) {
    if (line["class"] != "session")
        return false;
    const auto state = line["session"]["state"];
    return state == "finished" || state == "stopped";
}

std::filesystem::path exported(Rig& rig, client::Connection& c, json& answer) {
    const auto path = rig.folder.path / "export.csv";
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    answer = c.request_with_descriptor({{"class", "export"}, {"session", "last"}, {"format", "csv"}}, fd);
    close(fd);
    return path;
}

/// What section 6 says of a rep: without the session's own keys.
json judged(json reps) {
    for (auto& rep : reps)
        for (const char* key : {"set", "revision", "counted"})
            rep.erase(key);
    return reps;
}

}  // namespace

TEST_CASE("a session's watcher, store, curve, export and analysis tell the same reps") {
    const std::string rate = GENERATE("80", "1000");
    Rig rig;
    rig.start_plate("step_on,quiet:6,good*2,fast_drop,good*2,wrong_leg,quiet:4,step_off",
                    {"--rate", rate, "--pace", "flat-out", "--seed", "5"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    CHECK(watcher.request({{"class", "watch"}})["session"].is_null());
    const json started = c.request(six_reps);
    CHECK(started["session"]["state"] == "weighing");
    CHECK(code_of(c, six_reps) == "busy");
    rig.begin_script();

    std::map<int, json> reps;
    std::vector<int> counts;
    double last_t = -1;
    bool ordered = true;
    std::size_t seen = 0;
    const json ended = next_of(watcher, [&](const json& line) {
        if (line["class"] == "rep") {
            CHECK(line["session"] == started["session"]["id"]);
            reps[line["rep"]["index"].get<int>()] = line["rep"];
        }
        if (line["class"] == "session")
            counts.push_back(line["session"]["counted"].get<int>());
        if (line["class"] == "samples") {
            CHECK(line["t_s"].size() == line["left_n"].size());
            CHECK(line["live"].is_object());
            if (line["t_s"][0] < last_t)
                last_t = -1;  // the session's clock begins
            for (const double t : line["t_s"]) {
                ordered = ordered && t > last_t;
                last_t = t;
            }
            seen += line["t_s"].size() + line["dropped"].get<std::size_t>();
        }
        return session_ended(line);
    });
    CHECK(ordered);
    CHECK(seen > 1000);
    CHECK(ended["session"]["state"] == "finished");
    CHECK(ended["session"]["counted"] == 6);
    CHECK(ended["session"]["set"] == 2);
    CHECK(ended["session"]["reps_in_set"] == 3);
    CHECK(ended["session"]["uncalibrated"] == true);
    CHECK(std::is_sorted(counts.begin(), counts.end()));

    const json stored = c.request({{"class", "session"}, {"session", "last"}});
    CHECK(stored["session"] == ended["session"]);
    json live_reps = json::array();
    for (const auto& [index, rep] : reps)
        live_reps.push_back(rep);
    CHECK(stored["reps"] == live_reps);
    REQUIRE(live_reps.size() == 6);
    CHECK(live_reps[2]["set"] == 1);
    CHECK(live_reps[3]["set"] == 2);
    CHECK(live_reps[2]["faults"] == json{"fast_drop"});
    CHECK(live_reps[5]["faults"] == json{"wrong_leg"});

    json answer;
    const auto csv = exported(rig, c, answer);
    CHECK(answer["bytes"] == std::filesystem::file_size(csv));
    const auto forces = exchange::read_force_csv(csv);
    CHECK(answer["samples"] == forces.samples.size());
    CHECK(forces.uncalibrated);
    CHECK(forces.samples.front().t.value == 0.0);
    const auto analysis = motion::analyze(forces.samples, session::criteria(session::prescription_from_json(six_reps)));
    CHECK(json(exchange::analysis_json(analysis)["reps"]) == judged(stored["reps"]));

    for (const int points : {50, 2001}) {
        const json curve = c.request({{"class", "curve"}, {"session", "last"}, {"points", points}});
        CHECK(curve["t_s"].size() <= static_cast<std::size_t>(points));
        CHECK(curve["t_s"].size() >= static_cast<std::size_t>(points) / 2);
        CHECK(curve["t_s"].size() == curve["right_n"].size());
        std::vector<json> drops, bottoms;
        for (const auto& phase : curve["phases"]) {
            if (phase["phase"] == "drop")
                drops.push_back(phase["t_s"]);
            if (phase["phase"] == "bottom")
                bottoms.push_back(phase["t_s"]);
        }
        REQUIRE(drops.size() == 6);
        REQUIRE(bottoms.size() == 6);
        for (std::size_t r = 0; r < 6; ++r) {
            CHECK(drops[r] == stored["reps"][r]["drop_start_s"]);
            CHECK(bottoms[r] == stored["reps"][r]["drop_end_s"]);
        }
        double highest = 0, in_curve = 0;
        for (const auto& s : forces.samples)
            highest = std::max(highest, s.right.value);
        for (const auto& n : curve["right_n"])
            in_curve = std::max(in_curve, n.is_null() ? 0 : n.get<double>());
        CHECK(in_curve == Approx(highest).margin(0.01));
    }
    // The next session begins at once, on the same plate.
    CHECK(c.request(six_reps)["session"]["id"] != started["session"]["id"]);
    CHECK(c.request({{"class", "session_stop"}})["session"]["state"] == "stopped");
}

TEST_CASE("an export needs a regular file that is open for writing") {
    Rig rig;
    rig.start_daemon();
    auto c = rig.connect();
    const auto refused = [&](int fd) {
        try {
            c.request_with_descriptor({{"class", "export"}, {"session", "last"}}, fd);
        } catch (const client::RequestError& error) {
            close(fd);
            return error.code();
        }
        return std::string();
    };
    CHECK(refused(open("/etc/hostname", O_RDONLY)) == "no_descriptor");
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    CHECK(refused(ends[1]) == "no_descriptor");
    close(ends[0]);
}

TEST_CASE("a daemon told to end in the middle of a session stores it as stopped, with every sample") {
    Rig rig;
    rig.start_plate("step_on,quiet:6,good*20", {"--rate", "1000", "--pace", "real", "--seed", "7"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    c.request({{"class", "watch"}, {"samples", false}});
    c.request(six_reps);
    rig.begin_script();
    next_of(c, [](const json& line) { return line["class"] == "session" && line["session"]["state"] == "running"; });
    CHECK(rig.end_daemon(SIGTERM) == 0);
    CHECK(session_ended(next_of(c, session_ended)));  // said before the end

    rig.plate.reset();
    rig.start_daemon();
    auto again = rig.connect();
    const json stored = again.request({{"class", "session"}, {"session", "last"}});
    CHECK(stored["session"]["state"] == "stopped");
    CHECK(stored["session"]["system_weight_n"].is_number());
    json answer;
    const auto forces = exchange::read_force_csv(exported(rig, again, answer));
    CHECK(forces.samples.back().t.value == Approx(stored["session"]["duration_s"].get<double>()).margin(1e-4));
    for (std::size_t i = 1; i < forces.samples.size(); ++i)
        if ((forces.samples[i].t - forces.samples[i - 1].t).value > 0.0015)
            FAIL("a sample is missing before " << i);
}

TEST_CASE("a daemon that was killed finds its session interrupted, and what was recorded of it") {
    Rig rig;
    rig.start_plate("step_on,quiet:6,good*20", {"--rate", "1000", "--pace", "real", "--seed", "8"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    c.request({{"class", "watch"}, {"samples", false}});
    c.request(six_reps);
    rig.begin_script();
    next_of(c, [](const json& line) { return line["class"] == "session" && line["session"]["state"] == "running"; });
    rig.end_daemon(SIGKILL);
    rig.plate.reset();
    rig.start_daemon();
    auto again = rig.connect();
    CHECK(again.request({{"class", "session"}, {"session", "last"}})["session"]["state"] == "interrupted");
    json answer;
    CHECK(exchange::read_force_csv(exported(rig, again, answer)).samples.size() > 1000);
    CHECK(again.request({{"class", "status"}})["session"].is_null());
}

