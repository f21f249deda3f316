// The whole station: plate, daemon, kiosk and a client of the socket. All of them tell the same verdicts, and these are
// what the simulated person really did.
#include <fmt/core.h>

#include <QColor>
#include <QImage>
#include <algorithm>
#include <random>
#include <set>

#include "tests/e2e/stage.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

struct Play {
    unsigned seed;
    std::string side;
    int mass_kg;
    std::string rate;
    std::vector<std::string> order;
};

/// Seeds that nothing was tuned on; side, mass and rate vary so that each meets each.
std::vector<Play> plays() {
    std::vector<Play> all;
    for (unsigned i = 0; i < 10; ++i) {
        Play play{910001 + i,
                  i % 2 == 0 ? "right" : "left",
                  static_cast<int>(50 + i * 60 / 9),
                  i / 2 % 2 == 0 ? "80" : "1000",
                  {"good", "good", "good", "fast_drop", "two_leg_drop", "wrong_leg"}};
        std::mt19937 shuffler(play.seed);
        std::shuffle(play.order.begin(), play.order.end(), shuffler);
        all.push_back(play);
    }
    return all;
}

std::string joined(const std::vector<std::string>& words, const char* by) {
    std::string out;
    for (const auto& word : words)
        out += (out.empty() ? "" : by) + word;
    return out;
}

/// The script of a play: the reps lower in every manner, in turn.
std::string script_of(const Play& play) {
    const char* manners[] = {"bell", "skewed", "constant", "jerky"};
    std::vector<std::string> reps;
    for (std::size_t i = 0; i < play.order.size(); ++i)
        reps.push_back(play.order[i] + "(profile=" + manners[(play.seed + i) % 4] + ")");
    return "step_on,quiet:6," + joined(reps, ",") + ",quiet:4,step_off,empty:6";
}

/// "good", "fast_drop", "fast_drop+shallow_drop", "unjudged": a rep's verdict in a word.
std::string verdict_of(const json& rep) {
    if (rep["verdict"] != "fault")
        return rep["verdict"];
    auto faults = rep["faults"].get<std::vector<std::string>>();
    std::sort(faults.begin(), faults.end());
    return joined(faults, "+");
}

std::string verdicts_of(const json& reps) {
    std::vector<std::string> words;
    for (const auto& rep : reps)
        words.push_back(verdict_of(rep));
    return joined(words, " ");
}

/// The banner holds no names of faults: good, fault or unjudged, the last that was said of each rep.
std::string live_words(const json& banners) {
    std::map<int, std::string> last;
    for (const auto& banner : banners)
        last[banner["index"].get<int>()] = banner["verdict"];
    std::vector<std::string> words;
    for (const auto& [index, word] : last)
        words.push_back(word);
    return joined(words, " ");
}
std::string live_words_of(const json& reps) {
    std::vector<std::string> words;
    for (const auto& rep : reps)
        words.push_back(rep["verdict"]);
    return joined(words, " ");
}

/// What stands against what, for whoever has to find out why.
void tell_differences(const json& reps, const json& truth) {
    for (std::size_t i = 0; i < std::max(reps.size(), truth.size()); ++i) {
        const json rep = i < reps.size() ? reps[i] : json(), really = i < truth.size() ? truth[i] : json();
        if (!rep.is_null() && !really.is_null() && verdict_of(rep) == verdict_of(really))
            continue;
        fmt::print("    rep {}, {} {}:\n", i + 1, really.value("element", "none"), really.value("profile", ""));
        for (const char* key : {"rise_duration_s", "drop_duration_s", "drop_duration_uncertainty_s", "drop_depth_m",
                                "drop_depth_uncertainty_m", "working_share_drop", "working_share_rise", "reasons"})
            fmt::print("        {:28} told {:24} in truth {}\n", key, rep.is_null() ? "-" : rep[key].dump(),
                       really.is_null() || !really.contains(key) ? "-" : really[key].dump());
    }
}

bool alike(const QColor& a, const QColor& b) {
    return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue()) < 40;
}

/// In every rep's drop both legs' lines stand in the picture, the loaded leg's above the other's.
void check_curve(const QImage& picture, const json& place, const json& session, const json& reps) {
    REQUIRE_FALSE(picture.isNull());
    const int x0 = place["x"], y0 = place["y"], width = place["width"], height = place["height"];
    const auto rows_of = [&](int x, const std::string& leg) {
        const QColor color(QString::fromStdString(place[leg]));
        std::vector<int> rows;
        for (int y = y0; y < y0 + height; ++y)
            if (alike(picture.pixelColor(x, y), color))
                rows.push_back(y);
        return rows;
    };
    int both = 0;
    for (int x = x0; x < x0 + width; ++x)
        both += !rows_of(x, "left").empty() && !rows_of(x, "right").empty();
    CHECK(both > width / 3);
    for (const auto& rep : reps) {
        if (rep["drop_start_s"].is_null() || rep["working_share_drop"] < 0.9)
            continue;
        const double middle_s = (rep["drop_start_s"].get<double>() + rep["drop_end_s"].get<double>()) / 2;
        const int x = x0 + static_cast<int>(middle_s / session["duration_s"].get<double>() * width);
        const std::string leg = rep["side"], other = leg == "left" ? "right" : "left";
        const auto loaded = rows_of(x, leg), empty = rows_of(x, other);
        CAPTURE(rep["index"], x, leg);
        REQUIRE_FALSE(loaded.empty());
        REQUIRE_FALSE(empty.empty());
        CHECK(loaded.front() < empty.front() - height / 3);
    }
}

}  // namespace

TEST_CASE("store, socket, heeldropctl and kiosk tell the verdicts of what was really done") {
    const Display display;
    std::set<std::vector<std::string>> orders;
    for (const Play& play : plays()) {
        orders.insert(play.order);
        Rig rig;
        const auto truth_file = rig.folder.path / "truth.json";
        rig.start_plate(script_of(play),
                        {"--pace", "flat-out", "--seed", std::to_string(play.seed), "--side", play.side, "--mass",
                         std::to_string(play.mass_kg), "--rate", play.rate, "--truth", truth_file.native()});
        rig.start_daemon();
        Kiosk kiosk(rig.socket(), rig.folder.path / "pictures");
        auto c = rig.connect();
        auto watcher = rig.connect();
        watcher.request({{"class", "watch"}});
        rig.wait_for_plate(c);
        const json started =
            c.request({{"class", "session_start"}, {"side", play.side}, {"sets", 1}, {"reps", 6}})["session"];
        kiosk.wait_for_picture("live-weighing.png");
        rig.begin_script();
        const Watched watched = watch_to_the_end(watcher, c, truth_file);

        const json stored = c.request({{"class", "session"}, {"session", started["id"]}});
        const json told = ctl_json(rig.socket(), {"sessions", "show", "last"});
        wait_until([&] { return std::filesystem::exists(truth_file); });
        const json truth = json::parse(std::ifstream(truth_file));
        CHECK(kiosk.wait() == 0);
        const json shown = kiosk.account();
        const json& results = shown["pictures"]["results.png"];

        const std::string true_verdicts = verdicts_of(truth["reps"]), verdicts = verdicts_of(stored["reps"]);
        fmt::print("seed {} {:>5} {:>3} kg {:>4}/s, did {}: {}{}\n", play.seed, play.side, play.mass_kg, play.rate,
                   joined(play.order, " "), verdicts,
                   verdicts == true_verdicts ? "" : "  <-- WRONG, in truth " + true_verdicts);
        if (verdicts != true_verdicts)
            tell_differences(stored["reps"], truth["reps"]);
        std::fflush(stdout);
        CAPTURE(play.seed, play.side, play.mass_kg, play.rate);
        CHECK(verdicts == true_verdicts);
        CHECK(stored["session"]["state"] == "finished");
        CHECK(stored["session"] == watched.session);
        CHECK(stored["reps"] == watched.list());
        CHECK(told["session"] == stored["session"]);
        CHECK(told["reps"] == stored["reps"]);
        for (std::size_t i = 0; i < std::min(stored["reps"].size(), truth["reps"].size()); ++i)
            if (truth["reps"][i]["element"] != "two_leg_drop")  // on two legs hardly more than half says which
                CHECK(stored["reps"][i]["side"] == truth["reps"][i]["side"]);

        CHECK(live_words(shown["live_verdicts"]) == live_words_of(stored["reps"]));
        CHECK(verdicts_of(results["reps"]) == verdicts);
        for (const auto& row : results["reps"]) {
            CAPTURE(row.dump());
            CHECK(std::count(row["shown"].begin(), row["shown"].end(), row["verdict_word"]) >= 1);
            CHECK(row["side"] == stored["reps"][row["index"].get<std::size_t>() - 1]["side"]);
        }
        check_curve(QImage(QString::fromStdString(rig.folder.path / "pictures" / "results.png")), results["curve"],
                    stored["session"], stored["reps"]);

        // Nothing of it was only in the daemon's memory.
        rig.plate.reset();
        CHECK(rig.end_daemon() == 0);
        rig.start_daemon();
        const json again = ctl_json(rig.socket(), {"sessions", "show", "last"});
        CHECK(again["session"] == stored["session"]);
        CHECK(again["reps"] == stored["reps"]);
    }
    CHECK(orders.size() >= 3);
}
