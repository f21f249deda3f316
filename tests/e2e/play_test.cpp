// `./station run` after its build, on a machine without a display: one session is played and left behind to be looked
// at.
#include <utility>

#include "tests/e2e/stage.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

struct Outcome {
    int code;
    std::string out, errors;
};

/// On SIGTERM the script ends the programs that it started; killed, it would leave them behind a test that fails.
struct EndsItself {
    Process& script;
    ~EndsItself() {
        if (script.running()) {
            script.signal(SIGTERM);
            script.wait();
        }
    }
};

Outcome play(const std::filesystem::path& folder, std::vector<std::string> options, const std::string& build = BUILD) {
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // for the kiosk, as in stage.hpp
    const auto errors = folder / "errors";
    std::filesystem::remove(errors);
    options.insert(options.begin(), {PLAY, build, (folder / "out").native()});
    Process script(options, errors.native());
    const std::string out = script.read_all();
    const int code = script.wait();
    std::stringstream text;
    text << std::ifstream(errors).rdbuf();
    return {code, out, text.str()};
}

}  // namespace

TEST_CASE("without a display one session is played: pictures, results and force curve are left, twice in a row") {
    TemporaryFolder folder;
    for (const std::string side : {"right", "left"}) {
        const Outcome o = play(folder.path, {"--pace", "flat-out", "--side", side});
        CAPTURE(o.out, o.errors);
        REQUIRE(o.code == 0);
        const auto out = folder.path / "out";
        for (const char* name : {"ready.png", "live-weighing.png", "live-rise.png", "live-drop.png", "live-verdict.png",
                                 "results.png", "texts.json"})
            CHECK(std::filesystem::exists(out / name));
        std::string header;
        std::getline(std::ifstream(out / "session.csv"), header);
        CHECK(header.starts_with("t_s,left_n,right_n"));
        CHECK(std::filesystem::file_size(out / "session.csv") > 50'000);
        const json texts = json::parse(std::ifstream(out / "texts.json"));
        CHECK(texts["pictures"]["results.png"]["reps"].size() == 6);
        CHECK_THAT(o.out, Catch::Contains(out.native()) && Catch::Contains("results.png") &&
                              Catch::Contains("session.csv") && Catch::Contains("1 x 6 on " + side) &&
                              Catch::Contains("fast_drop") && Catch::Contains("wrong_leg"));
    }
}

TEST_CASE("with a display the patient lowers on the leg of the session that was started, one session after another") {
    TemporaryFolder folder;
    const Display display;
    setenv("TMPDIR", folder.path.c_str(), 1);     // where the script's own folder, with the socket, is looked for
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // for the kiosk, as in stage.hpp
    Process script({PLAY, BUILD, (folder.path / "out").native(), "--pace", "flat-out", "--side", "right"},
                   (folder.path / "errors").native());
    const EndsItself end{script};
    unsetenv("TMPDIR");
    std::filesystem::path socket;
    std::optional<client::Connection> c;
    wait_until([&] {
        for (const auto& entry : std::filesystem::directory_iterator(folder.path))
            if (entry.path().filename().native().starts_with("heeldrop-run-"))
                socket = entry.path() / "daemon.sock";
        try {
            c = client::Connection::open(socket);
        } catch (const client::ConnectionError&) {
        }
        return c.has_value();
    });
    json last;
    for (const std::string side : {"left", "right"}) {
        CAPTURE(side);
        wait_until([&] {  // for the next patient, who comes with a plate of his own
            const json plate = c->request({{"class", "status"}})["plate"];
            return plate["state"] == "ready" && std::exchange(last, plate["serial"]) != plate["serial"];
        });
        ctl_json(socket, {"session", "start", "--side", side, "--sets", "1", "--reps", "2"});
        wait_until([&] {
            const json session = c->request({{"class", "status"}})["session"];
            return session.is_null() || (session["state"] != "weighing" && session["state"] != "running");
        });
        const json stored = ctl_json(socket, {"sessions", "show", "last"});
        CHECK(stored["session"]["state"] == "finished");
        REQUIRE(stored["reps"].size() == 2);
        for (const auto& rep : stored["reps"])
            CHECK(rep["side"] == side);
    }
    script.signal(SIGTERM);
    CHECK(script.wait() == 143);
}

TEST_CASE("what goes wrong in a run is said with the program's own reason") {
    TemporaryFolder folder;
    const Outcome script = play(folder.path, {"--script", "somersault"});
    CHECK(script.code == 1);
    CHECK_THAT(script.errors, Catch::Contains("heeldrop-plate") && Catch::Contains("somersault"));
    const Outcome build = play(folder.path, {}, "/no-such-build");
    CHECK(build.code == 2);
    CHECK_THAT(build.errors, Catch::Contains("/no-such-build/daemon/heeldropd is not built"));
}
