// A full disk: what it refuses of a session is kept, tried again, and told for what it is.
#include <sys/resource.h>

#include <csignal>

#include "tests/daemon/server/rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

/// A daemon whose files the kernel lets grow no further, as on a full disk, until there is room again. By its limit on
/// a process' files, which needs no file system of the test's own.
class FullDisk {
 public:
    explicit FullDisk(Rig& rig) : rig_(rig) {
        // Beyond the limit writes shall fail, as they do on a full disk, and not end the process; kept across exec.
        const auto before = std::signal(SIGXFSZ, SIG_IGN);
        rig.start_daemon();
        std::signal(SIGXFSZ, before);
    }
    /// The database's log ends where it is now.
    void fill() {
        const auto log = rig_.folder.path / "data" / "heeldrop.db-wal";
        limit(std::filesystem::file_size(log));
        REQUIRE(std::filesystem::file_size(rig_.log()) + 20'000 < std::filesystem::file_size(log));
    }
    void make_room() { limit(RLIM_INFINITY); }

 private:
    void limit(rlim_t bytes) {
        const rlimit files{bytes, RLIM_INFINITY};
        REQUIRE(prlimit(rig_.daemon->pid(), RLIMIT_FSIZE, &files, nullptr) == 0);
    }
    Rig& rig_;
};

struct FullRig : Rig {
    FullRig() : disk(*this) {
        start_plate("step_on,quiet:5,good*2,quiet:600", {"--pace", "flat-out", "--seed", "5"});
        c.emplace(connect());
        wait_for_plate(*c);
        watcher.emplace(connect());
        watcher->request({{"class", "watch"}, {"samples", false}});
        c->request({{"class", "session_start"}, {"side", "right"}, {"sets", 1}, {"reps", 15}});
    }
    json told_session(bool stored) {
        return next_of(*watcher, [stored](const json& line) {
            return line["class"] == "session" && line["session"]["stored"] == stored &&
                   line["session"]["state"] == "stopped";
        })["session"];
    }
    json stored_session() { return c->request({{"class", "session"}, {"session", "last"}}); }

    FullDisk disk;
    std::optional<client::Connection> c, watcher;
};

}  // namespace

TEST_CASE("a full disk stops the session, everybody is told that it is not stored, and once there is room it is") {
    FullRig rig;
    rig.disk.fill();
    rig.begin_script();
    const json error = next_of(*rig.watcher, [](const json& line) { return line["class"] == "error"; });
    CHECK(error["code"] == "store_failed");
    const json told = rig.told_session(false);
    CHECK(rig.c->request({{"class", "status"}})["session"] == told);
    // What the store has of it is behind, and says so.
    CHECK(rig.stored_session()["session"]["stored"] == false);
    CHECK(rig.c->request({{"class", "sessions"}})["sessions"][0]["stored"] == false);
    CHECK(code_of(*rig.c, {{"class", "session_start"}, {"side", "left"}}) == "store_failed");
    CHECK_THAT(rig.log_text(), Catch::Contains("not stored yet") && Catch::Contains("Free space"));

    rig.disk.make_room();
    const json now_stored = rig.told_session(true);
    CHECK(now_stored["id"] == told["id"]);
    const json stored = rig.stored_session();
    CHECK(stored["session"] == now_stored);
    // In order and each once, however often it was tried.
    const json& events = stored["events"];
    REQUIRE(events.size() > 0);
    for (std::size_t i = 1; i < events.size(); ++i)
        CHECK(events[i - 1] != events[i]);
    CHECK_THAT(rig.log_text(), Catch::Contains("all of it is stored now"));
    CHECK(code_of(*rig.c, {{"class", "session_start"}, {"side", "left"}}) == "");
}

TEST_CASE("who stops a session on a full disk hears that it has ended and is not stored yet") {
    FullRig rig;
    rig.disk.fill();
    try {
        rig.c->request({{"class", "session_stop"}});
        FAIL("it was answered as stored");
    } catch (const client::RequestError& error) {
        CHECK(error.code() == "store_failed");
        CHECK_THAT(error.what(), Catch::Contains("not stored yet"));
    }
    rig.told_session(false);
    rig.disk.make_room();
    // The next session's beginning does not wait for the next try.
    CHECK(code_of(*rig.c, {{"class", "session_start"}, {"side", "left"}}) == "");
    rig.told_session(true);
    CHECK(rig.c->request({{"class", "sessions"}})["sessions"][1]["state"] == "stopped");
}

TEST_CASE("a daemon that ends tries once more to store what a full disk has refused, and says where it cannot") {
    const bool room = GENERATE(true, false);
    FullRig rig;
    rig.disk.fill();
    CHECK(code_of(*rig.c, {{"class", "session_stop"}}) == "store_failed");
    if (room)
        rig.disk.make_room();
    CHECK(rig.end_daemon() == 0);
    const bool lost = rig.log_text().find("are lost") != std::string::npos;
    CHECK(lost == !room);
    rig.start_daemon();
    rig.c.emplace(rig.connect());
    CHECK(rig.stored_session()["session"]["state"] == (room ? "stopped" : "interrupted"));
}
