// Real people on real force plates who do no heel drop: each recording goes through plate, line and daemon in full, and
// must not yield a rep. The recordings lie outside the project.
#include <fmt/core.h>

#include <set>

#include "tests/e2e/stage.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

std::filesystem::path recordings() {
    const char* shared = std::getenv("HEELDROP_SHARED");
    return std::filesystem::path(shared != nullptr ? shared : HEELDROP_SHARED_DEFAULT) / "data" / "plates";
}

constexpr double empty_s = 5;  ///< before and after a recording, by the plate's own default

struct Content {
    double duration_s = 0, highest_n = 0;
};

/// Of a force file: its length and its largest total force.
Content content_of(const std::filesystem::path& file) {
    Content content;
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    double first = -1;
    while (std::getline(in, line)) {
        double t = 0, left = 0, right = 0;
        if (std::sscanf(line.c_str(), "%lf,%lf,%lf", &t, &left, &right) != 3)
            continue;
        if (first < 0)
            first = t;
        content.duration_s = t - first;
        content.highest_n = std::max(content.highest_n, left + right);
    }
    return content;
}

}  // namespace

TEST_CASE("recordings of squats, sit-to-stands, jumps and standing give no reps") {
    if (!std::filesystem::is_directory(recordings())) {
        // The words that CTest knows as a skipped test.
        fmt::print(
            "SKIPPED: the recordings are not here ({}); HEELDROP_SHARED names the folder that holds data/plates\n",
            recordings().native());
        return;
    }
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(recordings()))
        if (entry.path().extension() == ".csv")
            files.insert(entry.path());
    REQUIRE_FALSE(files.empty());
    for (const auto& file : files)
        for (const std::string rate : {"80", "1000"}) {
            const bool laboratory_frame = file.filename().native().starts_with("oc4_");
            const Content content = content_of(file);
            CAPTURE(file, rate);
            REQUIRE(content.duration_s > 3);
            Rig rig;
            std::vector<std::string> plate{HEELDROP_PLATE,
                                           "--link",
                                           rig.link().native(),
                                           "--replay",
                                           file.native(),
                                           "--rate",
                                           rate,
                                           "--pace",
                                           "flat-out",
                                           "--hold-until-enter",
                                           "--stay",
                                           "--cop",
                                           laboratory_frame ? "centre" : "recorded"};
            rig.plate = std::make_unique<Process>(plate);
            rig.plate->read_line();
            rig.start_daemon();
            auto c = rig.connect();
            auto watcher = rig.connect();
            watcher.request({{"class", "watch"}});
            rig.wait_for_plate(c);
            c.request({{"class", "session_start"}, {"side", "both"}});
            next_of(watcher, [](const json& line) { return line["class"] == "session"; });
            const double begin_s =
                next_of(watcher, [](const json& line) { return line["class"] == "samples"; })["t_s"].back();
            rig.begin_script();
            const double end_s = begin_s + content.duration_s + 2 * empty_s;
            const Watched watched = watch_to_the_end(watcher, c, [&](double now_s) { return now_s > end_s; });
            const json stored = c.request({{"class", "session"}, {"session", "last"}});
            CHECK(watched.reps.empty());
            CHECK(stored["reps"].empty());

            // In full: as long as the recording with the empty plate around it, and as heavy.
            CHECK(stored["session"]["duration_s"].get<double>() > end_s);
            const auto csv = rig.folder.path / "export.csv";
            ctl_json(rig.socket(), {"export", "last", "-o", csv.native()});
            CHECK(content_of(csv).highest_n == Approx(content.highest_n).epsilon(0.08));
            fmt::print("{} at {}/s: {:.1f} s, up to {:.0f} N, {} reps\n", file.filename().native(), rate,
                       content.duration_s, content.highest_n, stored["reps"].size());
        }
}
