// Crashes and excess: what was told is stored, and whatever comes the daemon's memory stays flat.
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/daemon/server/control.hpp"
#include "tests/daemon/server/weighing.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

const json reps_of_three{{"class", "session_start"}, {"side", "right"}, {"sets", 3}, {"reps", 15}};

}  // namespace

TEST_CASE("killed at any moment, the daemon finds every rep it told of, and the raw counts up to a second before") {
    // After so many lines of its news: in the middle of reps, commits and flushes.
    const int lines = GENERATE(40, 173, 311, 397);
    Rig rig;
    rig.start_plate("step_on,quiet:4,good*30", {"--pace", "flat-out", "--seed", "31", "--rate", "1000"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}});
    c.request(reps_of_three);
    rig.begin_script();
    std::map<int, json> told;
    json session;
    for (int i = 0; i < lines; ++i) {
        const json line = next_of(watcher, [](const json&) { return true; });
        if (line["class"] == "rep")
            told[line["rep"]["index"].get<int>()] = line["rep"];
        if (line["class"] == "session")
            session = line["session"];
    }
    rig.end_daemon(SIGKILL);
    rig.plate.reset();
    rig.start_daemon();
    auto again = rig.connect();
    const json stored = again.request({{"class", "session"}, {"session", "last"}});
    CHECK(stored["session"]["state"] == "interrupted");
    REQUIRE(stored["reps"].size() >= told.size());
    for (const auto& [index, rep] : told) {
        const json& kept = stored["reps"][static_cast<std::size_t>(index) - 1];
        CHECK(kept["revision"].get<int>() >= rep["revision"].get<int>());
        if (kept["revision"] == rep["revision"])
            CHECK(kept == rep);
    }
    CHECK(exported(rig, again).samples.size() > 500);
}

TEST_CASE("killed in true time, the recording ends within a second of what was shown") {
    Rig rig;
    rig.start_plate("step_on,quiet:60", {"--pace", "real", "--seed", "32", "--rate", "1000"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}});
    c.request(reps_of_three);
    rig.begin_script();
    double shown_s = 0;
    next_of(watcher, [&](const json& line) {
        if (line["class"] == "samples" && line["live"].contains("phase"))
            shown_s = line["t_s"].back();
        return shown_s > 2.5 && shown_s < 10;
    });
    rig.end_daemon(SIGKILL);
    rig.plate.reset();
    // The crash came in the middle of a write: half a block lies at the end.
    for (const auto& entry : std::filesystem::directory_iterator(rig.folder.path / "data" / "raw"))
        std::ofstream(entry.path(), std::ios::binary | std::ios::app) << "HDBK\x10";
    rig.start_daemon();
    auto again = rig.connect();
    const auto samples = exported(rig, again).samples;
    CHECK(samples.back().t.value > shown_s - 1.0);
    CHECK(samples.back().t.value < shown_s + 10.0);
    const double end_s = samples.back().t.value;
    CHECK(again.request({{"class", "session"}, {"session", "last"}})["session"]["duration_s"].get<double>() ==
          Approx(end_s).margin(1e-4));
    CHECK(again.request({{"class", "sessions"}})["sessions"][0]["duration_s"].get<double>() ==
          Approx(end_s).margin(1e-4));
}

TEST_CASE("a database from a newer Heeldrop is refused in one clear line") {
    Rig rig;
    rig.start_daemon();
    rig.end_daemon();
    {
        // user_version lies at byte 60 of an SQLite file (its file format, section 1.3).
        std::fstream file(rig.folder.path / "data" / "heeldrop.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(60);
        file.write("\0\0\3\xe7", 4);
    }
    const auto errors = (rig.folder.path / "newer").native();
    Process daemon({HEELDROPD, "--settings", "/dev/null", "--socket", rig.socket().native(), "--data-dir",
                    (rig.folder.path / "data").native()},
                   errors);
    CHECK(daemon.wait() == 1);
    std::stringstream said;
    said << std::ifstream(errors).rdbuf();
    CHECK_THAT(said.str(), Catch::Contains("newer Heeldrop") && Catch::Contains("999"));
}

TEST_CASE("two hundred clients, a line of a gigabyte and a watcher that never reads leave the memory flat") {
    Rig rig;
    rig.start_plate("empty:600", {"--pace", "real", "--rate", "1000"});
    rig.start_daemon_that_returns_memory();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    std::vector<client::Connection> clients;
    for (int i = 0; i < 200; ++i)
        clients.push_back(rig.connect());
    for (auto& client : clients)
        CHECK(client.request({{"class", "status"}})["plate"]["state"] == "ready");
    for (std::size_t i = 0; i < 20; ++i)
        clients[i].send({{"class", "watch"}});  // and never read again
    const double before = resident_mib(rig.daemon->pid());

    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, rig.socket().c_str());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const std::string part(1 << 20, 'x');
    for (int i = 0; i < 1024; ++i)
        for (std::size_t done = 0; done < part.size();) {
            const ssize_t n = ::send(fd, part.data() + done, part.size() - done, MSG_NOSIGNAL);
            REQUIRE(n > 0);
            done += static_cast<std::size_t>(n);
        }
    REQUIRE(::send(fd, "\n{\"class\":\"status\",\"id\":5}\n", 27, MSG_NOSIGNAL) == 27);
    std::string answers;
    char bytes[4096];
    while (answers.find("\"id\":5") == std::string::npos) {
        const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        REQUIRE(n > 0);
        answers.append(bytes, static_cast<std::size_t>(n));
    }
    close(fd);
    CHECK(answers.find("too_long") != std::string::npos);
    const json plate = c.request({{"class", "status"}})["plate"];
    CHECK(plate["line"]["lost_samples"] == 0);
    const double grown = resident_mib(rig.daemon->pid()) - before;
    INFO("grew by " << grown << " MiB");
    CHECK(grown < 40);
}

TEST_CASE("a plate that floods the line is taken in whole and the memory stays flat") {
    Rig rig;
    rig.start_plate("step_on,quiet:240", {"--pace", "flat-out", "--rate", "1000", "--seed", "3"});
    rig.start_daemon_that_returns_memory();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto deaf = rig.connect();
    deaf.send({{"class", "watch"}});
    rig.begin_script();
    const auto samples = [&] { return c.request({{"class", "status"}})["plate"]["line"]["samples"].get<int>(); };
    wait_until([&] { return samples() > 60'000; });
    const double before = resident_mib(rig.daemon->pid());
    wait_until([&] { return samples() > 230'000; });
    CHECK(c.request({{"class", "status"}})["plate"]["line"]["lost_samples"] == 0);
    CHECK(resident_mib(rig.daemon->pid()) - before < 20);
}
