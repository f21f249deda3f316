// A calibration over the socket: who may say what when, what watchers are told, and what a cable or a client that goes
// away does to it. Whole calibrations are in tests/e2e.
#include "tests/daemon/server/control.hpp"
#include "tests/daemon/server/rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

json plan(double warm_up_s = 3600.0) {
    json steps = json::array();
    steps.push_back({{"do", "warm_up"}, {"seconds", warm_up_s}});
    steps.push_back({{"do", "empty"}, {"seconds", 1}});
    steps.push_back({{"do", "place"}, {"pad", "left"}, {"mass_kg", 20}, {"direction", "up"}});
    steps.push_back({{"do", "person"}, {"pad", "right"}});
    steps.push_back({{"do", "empty"}, {"seconds", 1}});
    return {{"name", "test"}, {"step", steps}};
}

json start(client::Connection& c, const json& what = plan()) {
    return c.request({{"class", "calibration_start"}, {"plan", what}, {"operator", "Ada"}}).at("calibration_run");
}

json say(const std::string& run, const std::string& word, std::optional<int> step = {}) {
    json request{{"class", "calibration_do"}, {"run", run}, {"do", word}};
    if (step)
        request["step"] = *step;
    return request;
}

std::string id_of(const json& run) {
    return run.at("id");
}

std::function<bool(const json&)> is_run(const std::string& state) {
    return [state](const json& line) {
        return line["class"] == "calibration_run" && line["calibration_run"]["state"] == state;
    };
}

}  // namespace

TEST_CASE("a calibration and a session are never under way together") {
    Rig rig;
    rig.start_plate("empty:600");
    rig.start_daemon();
    auto c = rig.connect();
    CHECK(c.request({{"class", "status"}})["calibration_run"].is_null());
    rig.wait_for_plate(c);
    const json run = start(c);
    CHECK(run["state"] == "measuring");
    CHECK(run["step"] == 1);
    CHECK(run["steps"] == 5);
    CHECK(run["operator"] == "Ada");
    CHECK(code_of(c, {{"class", "session_start"}}) == "busy");
    CHECK(code_of(c, {{"class", "calibration_start"}, {"plan", plan()}, {"operator", "Bob"}}) == "busy");
    CHECK(c.request({{"class", "calibration_cancel"}, {"run", id_of(run)}})["calibration_run"]["state"] == "cancelled");
    c.request({{"class", "session_start"}});
    CHECK(code_of(c, {{"class", "calibration_start"}, {"plan", plan()}, {"operator", "Bob"}}) == "busy");
    c.request({{"class", "session_stop"}});
    CHECK(id_of(start(c)) != id_of(run));
}

TEST_CASE("a word for an older calibration, or for another step, is refused and changes nothing") {
    Rig rig;
    rig.start_plate("empty:600");
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const std::string older = id_of(start(c));
    c.request({{"class", "calibration_cancel"}, {"run", older}});
    CHECK(code_of(c, {{"class", "calibration_cancel"}, {"run", older}}) == "not_now");
    const std::string run = id_of(start(c));
    CHECK(code_of(c, {{"class", "calibration_cancel"}, {"run", older}}) == "no_calibration");
    CHECK(code_of(c, say(older, "skip")) == "no_calibration");
    CHECK(code_of(c, say(run, "next", 1)) == "not_now");  // it is warming up
    CHECK(code_of(c, say(run, "skip", 2)) == "not_now");  // that is not the step under way
    CHECK(c.request({{"class", "status"}})["calibration_run"]["step"] == 1);
    CHECK(c.request(say(run, "skip", 1))["calibration_run"]["step"] == 2);
    CHECK(code_of(c, say(run, "skip", 1)) == "not_now");
    CHECK(c.request(say(run, "redo", 1))["calibration_run"]["step"] == 1);
    CHECK(code_of(c, say(run, "redo")) == "bad_request");
    CHECK(code_of(c, say(run, "dance")) == "bad_request");
    CHECK(code_of(c, {{"class", "calibration_do"}, {"run", run}, {"do", "mass"}, {"mass_kg", 0}}) == "bad_request");
}

TEST_CASE("a plan that cannot be done is refused with what is wrong in it") {
    Rig rig;
    rig.start_plate("empty:600");
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const auto refused = [&](const json& what, const char* part, bool unattended = false) {
        try {
            c.request(
                {{"class", "calibration_start"}, {"plan", what}, {"operator", "Ada"}, {"unattended", unattended}});
            FAIL("it was taken");
        } catch (const client::RequestError& error) {
            CHECK(error.code() == "bad_request");
            CHECK_THAT(error.what(), Catch::Contains(part));
        }
    };
    json wrong = plan();
    wrong["step"][2]["mass_kg"] = -1;
    refused(wrong, "/step/2/mass_kg");
    refused({{"standard", {{"masses_kg", {20, 40}}}}}, "masses_kg");
    refused(7, "keys and values");
    refused(plan(), "mass of the person", true);
    CHECK(code_of(c, {{"class", "calibration_start"}, {"plan", plan()}}) == "bad_request");
    CHECK(c.request({{"class", "status"}})["calibration_run"].is_null());
}

TEST_CASE("watchers follow step and stillness, one that comes later gets a snapshot, and one that goes ends nothing") {
    Rig rig;
    rig.start_plate("empty:6000", {"--pace", "flat-out"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    CHECK(watcher.request({{"class", "watch"}})["calibration_run"].is_null());
    std::string run;
    {
        auto passing = rig.connect();
        run = id_of(start(passing));
    }
    CHECK(next_of(watcher, is_run("measuring"))["calibration_run"]["id"] == run);
    const json reading = next_of(watcher, [](const json& line) { return line["class"] == "calibration_reading"; });
    CHECK(reading["run"] == run);
    CHECK(reading["step"] == 1);
    CHECK(reading["cells_n"].size() == 8);
    CHECK(reading["stability"]["limit_n"].is_number());
    c.request(say(run, "skip", 1));
    rig.begin_script();  // in no more time than it takes
    const json read = next_of(watcher, [](const json& line) {
        return line["class"] == "calibration_run" && line["calibration_run"]["step"] == 3;
    });
    CHECK(read["calibration_run"]["done"] == 2);
    CHECK(read["calibration_run"]["do"]["mass_kg"] == 20.0);
    auto later = rig.connect();
    CHECK(later.request({{"class", "watch"}})["calibration_run"]["step"] == 3);
    const json all = later.request({{"class", "calibration_plan"}});
    CHECK(all["run"] == run);
    CHECK(all["plan"]["step"].size() == 5);
    CHECK(all["done"] == json({true, true, false, false, false}));
    CHECK(all["cells"].size() == 8);
}

TEST_CASE("unplugged, a calibration pauses and says why, goes on with the same plate, and may be cancelled meanwhile") {
    Rig rig;
    const auto socket = rig.folder.path / "control";
    rig.start_plate("empty:600", {"--control", socket.native()});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}});
    const std::string run = id_of(start(c));
    c.request(say(run, "skip", 1));
    Control control(socket);
    control.tell("unplug 1");
    const json paused = next_of(watcher, is_run("paused"));
    CHECK(paused["calibration_run"]["reason"].get<std::string>().size() > 10);
    CHECK(code_of(c, say(run, "next", 2)) == "not_now");
    CHECK(next_of(watcher, is_run("measuring"))["calibration_run"]["step"] == 2);
    control.tell("unplug 3600");
    next_of(watcher, is_run("paused"));
    c.request({{"class", "calibration_cancel"}, {"run", run}});
    CHECK(next_of(watcher, is_run("cancelled"))["calibration_run"]["id"] == run);
}

TEST_CASE("the end of the daemon cancels a calibration and tells it") {
    Rig rig;
    rig.start_plate("empty:600");
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    c.request({{"class", "watch"}, {"samples", false}});
    start(c);
    rig.daemon->signal(SIGTERM);
    CHECK_THAT(next_of(c, is_run("cancelled"))["calibration_run"]["reason"].get<std::string>(),
               Catch::Contains("daemon was ended"));
    CHECK(rig.daemon->wait() == 0);
}
