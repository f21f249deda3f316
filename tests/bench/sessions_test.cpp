// The bench's sessions and damage: the same for everybody, playable, and doing what their names say.
#include "tests/bench/sessions.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/bench/pictures.hpp"
#include "tests/bench/running.hpp"
#include "tests/bench/table.hpp"

using namespace heeldrop;
using namespace heeldrop::bench;
namespace vp = heeldrop::virtual_plate;

namespace {

constexpr double rates[] = {63, 80, 100, 1000};

/// 60 s of 400 N on either pad, 100 a second.
std::vector<vp::PadSample> still() {
    std::vector<vp::PadSample> samples;
    for (int i = 0; i < 6000; ++i)
        samples.push_back({Seconds{0.01 * i}, Newtons{400}, Newtons{400}, Millimetres{0}, Millimetres{0}});
    return samples;
}

bool increases(const std::vector<motion::ForceSample>& samples) {
    return std::adjacent_find(samples.begin(), samples.end(),
                              [](const auto& a, const auto& b) { return b.t <= a.t; }) == samples.end();
}

}  // namespace

TEST_CASE("ordinary sessions are those of the bench's first form", "[bench]") {
    const auto s = draw_session("ordinary", 1, Hertz{80});
    CHECK(s.side == vp::Side::left);
    CHECK(s.script ==
          "empty:3,step_on,quiet:5,one_leg_rise,fast_drop(drop=0.93),good(drop=3.28,toe=0.06),wrong_leg,good(drop=3.25)"
          ",shift,good(drop=4.87),good(drop=4.09),two_leg_drop,hold_then_fall,good(drop=2.64),squat,fast_drop(drop=0."
          "51),good(drop=3.58),quiet:2,step_off,empty:2");
    CHECK(s.mass.value == Approx(45.794512).epsilon(1e-4));
}

TEST_CASE("every kind of session can be played, and has the reps or the other things that it stands for", "[bench]") {
    for (const auto& kind : kinds()) {
        CAPTURE(std::string(kind.name));
        const auto s = draw_session(kind.name, 3, Hertz{40});
        CHECK(s.script == draw_session(kind.name, 3, Hertz{40}).script);
        const auto played = perform(s);
        CHECK(played.truth.duration.value < 400.0);
        CHECK(played.truth.reps.size() >= 2);
        if (kind.exercise)
            CHECK(played.truth.reps.size() >= 5);
        else
            CHECK(played.truth.reps.size() + played.truth.others.size() >= 7);
    }
    CHECK_THROWS_AS(draw_session("nothing", 1, Hertz{80}), std::invalid_argument);
}

TEST_CASE("the default has 600 reps and more, at every rate and of every kind", "[bench]") {
    const auto sessions = draw_sessions(Mix::full, std::nullopt, default_sessions, 1, rates);
    std::set<std::string> seen;
    std::set<double> at;
    std::size_t ordinary = 0;
    for (const auto& s : sessions) {
        seen.insert(s.kind);
        at.insert(s.rate.value);
        ordinary += s.kind == "ordinary";
    }
    CHECK(12 * ordinary >= 500);
    CHECK(seen.size() == kinds().size());
    for (const double rate : rates)
        CHECK(at.contains(rate));
}

TEST_CASE("what is not damaged arrives as it was sent", "[bench]") {
    const auto sent = still();
    const auto got = receive(sent, {}, 1);
    REQUIRE(got.samples.size() == sent.size());
    CHECK(got.unusable.empty());
    CHECK(got.samples[17].left == sent[17].left);
}

TEST_CASE("spikes hit as many reads as asked, on one pad, by 94 to 187 N", "[bench]") {
    Damage d;
    d.spikes = 0.02;
    const auto got = receive(still(), d, 4);
    int hit = 0;
    for (const auto& s : got.samples) {
        const double left = std::abs(s.left.value - 400), right = std::abs(s.right.value - 400);
        hit += left + right > 0;
        CHECK((left == 0.0 || right == 0.0));
        CHECK(left + right < 187.01);
        CHECK((left + right == 0.0 || left + right > 93.9));
    }
    CHECK(hit > 80);
    CHECK(hit < 240);
    CHECK(got.unusable.empty());
}

TEST_CASE("gaps are gone from the record and excused, short losses are gone only", "[bench]") {
    Damage gaps, losses;
    gaps.gaps_per_minute = 6.0;
    losses.losses_per_minute = 20.0;
    const auto a = receive(still(), gaps, 2), b = receive(still(), losses, 2);
    REQUIRE_FALSE(a.unusable.empty());
    for (const auto& gap : a.unusable)
        for (const auto& s : a.samples)
            CHECK_FALSE((s.t >= gap.from && s.t < gap.to));
    CHECK(b.samples.size() < 5990);
    CHECK(b.unusable.empty());
    CHECK(increases(a.samples));
    CHECK(increases(b.samples));
}

TEST_CASE("a faulty pad is flagged, for a while or to the end", "[bench]") {
    Damage now_and_then, dead;
    now_and_then.faulty_per_minute = 10.0;
    dead.dead_from = 0.5;
    int flagged = 0;
    for (const auto& s : receive(still(), now_and_then, 3).samples)
        flagged += s.left_fault || s.right_fault;
    CHECK(flagged > 10);
    CHECK(flagged < 1000);
    const auto got = receive(still(), dead, 3);
    CHECK((got.samples.back().left_fault != got.samples.back().right_fault));
    CHECK_FALSE((got.samples[2900].left_fault || got.samples[2900].right_fault));
    REQUIRE(got.unusable.size() == 1);
}

TEST_CASE("drift moves the sum by so many newtons a minute", "[bench]") {
    Damage d;
    d.drift_per_minute = Newtons{-12.0};
    const auto last = receive(still(), d, 3).samples.back();
    CHECK((last.left + last.right).value == Approx(788.0).margin(0.01));
}

TEST_CASE("uneven sampling keeps about as many samples as asked, at times that differ", "[bench]") {
    Damage d;
    d.uneven_rate = Hertz{40.0};
    const auto got = receive(still(), d, 3).samples;
    CHECK(got.size() == Approx(2400).epsilon(0.2));
    std::set<int> intervals;
    for (std::size_t i = 1; i < got.size(); ++i)
        intervals.insert(static_cast<int>(std::lround((got[i].t - got[i - 1].t).value * 1000)));
    CHECK(intervals.size() >= 3);
}

TEST_CASE("the outcome does not depend on how many sessions run at once", "[bench]") {
    std::vector<Session> sessions;
    for (const char* rep : {"fast_drop", "good", "two_leg_drop"}) {
        sessions.push_back(draw_session("tempos", 5, Hertz{63}));
        sessions.back().script = std::string("empty:2,step_on,quiet:4,") + rep + ",step_off";
    }
    const auto one = run_all(sessions, 1), three = run_all(sessions, 3);
    CHECK(as_text(accuracy_rows(one, std::nullopt)) == as_text(accuracy_rows(three, std::nullopt)));
    CHECK(break_down(one, "element") == break_down(three, "element"));
    REQUIRE(one.size() == 3);
    CHECK(one[1].reps.at(0).element == "good");
}

TEST_CASE("pictures are drawn of every estimate, and of a few reps with all that happened around them", "[bench]") {
    const auto session = draw_session("squats_one_sided", 3, Hertz{63});
    const auto outcomes = run_all(std::span(&session, 1), 1);
    const auto data = nlohmann::json::parse(picture_data(outcomes));
    CHECK(data.at("schema") == "heeldrop.accuracy/1");
    const auto found =
        std::count_if(outcomes[0].reps.begin(), outcomes[0].reps.end(), [](const auto& r) { return r.found; });
    CHECK(data.at("estimates").size() == static_cast<std::size_t>(found));
    REQUIRE_FALSE(data.at("reps").empty());
    const auto& rep = data["reps"][0];
    CHECK(rep.at("element") == "good");
    CHECK(rep.at("samples").size() > 300);
    CHECK(rep.at("body").size() == rep["samples"].size());
    CHECK(rep.at("truth").at("times").at("drop_end") > rep["truth"]["times"].at("drop_start"));
}

TEST_CASE("a session that cannot be played is told, not left out", "[bench]") {
    auto s = draw_session("tempos", 1, Hertz{63});
    s.script = "good(drop=0.2,depth=0.2)";
    CHECK_THROWS_AS(run_all(std::span(&s, 1), 2), vp::ScriptError);
}
