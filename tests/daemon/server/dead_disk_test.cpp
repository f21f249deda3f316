// A disk that never answers again: there is an end to what waits for it.
#include "tests/daemon/server/weighing.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

TEST_CASE("a disk that never comes back ends the session with a word to everybody, before the memory is full") {
    Rig rig;
    SlowDisk disk(rig);
    rig.start_plate("step_on,quiet:700", {"--pace", "flat-out", "--rate", "1000", "--seed", "5"});
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}, {"samples", false}});
    c.request({{"class", "session_start"}, {"side", "right"}});
    const double before = resident_mib(rig.daemon->pid());
    disk.takes_ms(3'600'000);
    rig.begin_script();
    const json error = next_of(watcher, [](const json& line) { return line["class"] == "error"; });
    CHECK(error["code"] == "store_failed");
    CHECK_THAT(error["message"].get<std::string>(), Catch::Contains("disk is too slow"));
    CHECK(c.request({{"class", "status"}})["session"]["state"] == "stopped");
    // Ten minutes of samples wait for it, and no more than that.
    CHECK(resident_mib(rig.daemon->pid()) - before < 200);
    disk.takes_ms(0);
    CHECK(c.request({{"class", "session"}, {"session", "last"}})["session"]["state"] == "stopped");
}
