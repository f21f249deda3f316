// A slow disk, and one on which a write hangs: the session goes on in memory, and in the end all of it is stored.
#include "tests/daemon/server/control.hpp"
#include "tests/daemon/server/weighing.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

TEST_CASE("on a disk that takes its time the session goes on, and in the end everything is stored") {
    Rig rig;
    SlowDisk disk(rig);
    disk.takes_ms(40);
    rig.start_plate("step_on,quiet:5,good*2,quiet:4", {"--pace", "flat-out", "--rate", "1000", "--seed", "5"});
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}, {"samples", false}});
    c.request({{"class", "session_start"}, {"side", "right"}, {"sets", 1}, {"reps", 2}});
    rig.begin_script();
    const json ended = next_of(watcher, [](const json& line) {
        CHECK(line["class"] != "error");
        return line["class"] == "session" && line["session"]["state"] == "finished";
    });
    CHECK(ended["session"]["counted"] == 2);
    const json stored = c.request({{"class", "session"}, {"session", "last"}});
    CHECK(stored["session"] == ended["session"]);
    CHECK(stored["reps"].size() == 2);
    const auto samples = exported(rig, c).samples;
    CHECK(samples.back().t.value == Approx(ended["session"]["duration_s"].get<double>()).margin(1e-4));
    CHECK(static_cast<double>(samples.size()) == Approx(samples.back().t.value * 1000 + 1).margin(1));
}

TEST_CASE("a plate that is unplugged while a slow store takes the session in starts none") {
    Rig rig;
    SlowDisk disk(rig);
    const auto socket = rig.folder.path / "control";
    rig.start_plate("step_on,quiet:60", {"--seed", "5", "--control", socket.native()});
    Control control(socket);
    auto c = rig.connect();
    rig.wait_for_plate(c);
    disk.takes_ms(600'000);
    auto asking = rig.connect();
    const auto id = asking.send({{"class", "session_start"}, {"side", "right"}});
    wait_until([&] { return disk.waits().first == disk.waits().second + 1; });
    control.tell("unplug 100");
    rig.wait_for_plate(c, "missing");
    disk.takes_ms(0);
    const json answer = next_of(asking, [&](const json& line) { return line["id"] == id; });
    CHECK(answer["class"] == "error");
    CHECK(answer["code"] == "no_plate");
    const json last = c.request({{"class", "status"}})["session"];
    CHECK(last["state"] == "stopped");
    const json stored = c.request({{"class", "sessions"}})["sessions"];
    REQUIRE(stored.size() == 1);
    CHECK(stored[0]["id"] == last["id"]);
    CHECK(stored[0]["state"] == "stopped");
}

TEST_CASE("while a write hangs the daemon answers, counts on and stays small, and afterwards nothing is missing") {
    Rig rig;
    SlowDisk disk(rig);
    rig.start_plate("step_on,quiet:5,good*2,quiet:4", {"--pace", "flat-out", "--rate", "1000", "--seed", "5"});
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}, {"samples", false}});
    c.request({{"class", "session_start"}, {"side", "right"}, {"sets", 1}, {"reps", 2}});
    const double before = resident_mib(rig.daemon->pid());
    disk.takes_ms(600'000);
    rig.begin_script();
    wait_until([&] { return disk.waits().first == 1; });
    // The whole session, and as many questions as anybody asks, within this one write.
    int asked = 0;
    json status;
    wait_until([&] {
        ++asked;
        status = c.request({{"class", "status"}});
        return status["session"]["state"] == "finished";
    });
    CHECK(asked > 1);
    CHECK(disk.waits() == std::pair<long, long>{1, 0});
    CHECK(status["session"]["counted"] == 2);
    CHECK(status["plate"]["line"]["lost_samples"] == 0);
    CHECK(resident_mib(rig.daemon->pid()) - before < 30);
    disk.takes_ms(0);
    const auto samples = stored_as_told(rig, c, watcher).samples;
    CHECK(static_cast<double>(samples.size()) == Approx(samples.back().t.value * 1000 + 1).margin(1));
}
