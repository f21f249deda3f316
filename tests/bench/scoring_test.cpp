// The bench's own judgement, on made-up truths and accounts: what must count as a hit, a miss, a false rep, a wrong
// side.
#include "tests/bench/scoring.hpp"

#include <catch2/catch.hpp>

#include "tests/bench/table.hpp"

using namespace heeldrop;
using namespace heeldrop::bench;
namespace vp = heeldrop::virtual_plate;

namespace {

/// A good rep on the right leg whose drop lasts 3 s from `drop_start` on.
vp::TruthRep done(double drop_start, double seconds = 3.0) {
    vp::TruthRep t;
    t.element = "good";
    t.profile = "bell";
    t.side = vp::Side::right;
    t.rise_start = Seconds{drop_start - 4.0};
    t.rise_end = Seconds{drop_start - 3.0};
    t.transfer_start = Seconds{drop_start - 2.0};
    t.transfer_end = Seconds{drop_start - 1.0};
    t.drop_start = Seconds{drop_start};
    t.drop_end = Seconds{drop_start + seconds};
    t.drop_depth = Metres{0.09};
    t.return_end = Seconds{drop_start + seconds + 1.0};
    return t;
}

/// The account that would be right for it.
motion::Rep account_of(const vp::TruthRep& t, int index = 1) {
    motion::Rep r;
    r.index = index;
    r.side = motion::Side::right;
    r.verdict = motion::Verdict::good;
    r.rise_start = t.rise_start;
    r.rise_end = t.rise_end;
    r.transfer_start = t.transfer_start;
    r.transfer_end = t.transfer_end;
    r.drop_start = t.drop_start;
    r.drop_end = t.drop_end;
    r.return_end = t.return_end;
    r.drop_duration = t.drop_duration();
    r.drop_duration_uncertainty = Seconds{0.1};
    r.drop_depth = t.drop_depth;
    r.drop_depth_uncertainty = Metres{0.005};
    return r;
}

struct Made {
    Session session;
    vp::Truth truth;
    Played played;
    std::vector<Interval> unusable;

    Made() { session.kind = "ordinary"; }
    void does(const vp::TruthRep& t) { truth.reps.push_back(t); }
    void is_told(const motion::Rep& r, double at = 0.0) {
        played.reps.push_back(r);
        played.first_said.push_back({r, Seconds{at}});
    }
    Outcome outcome() const { return score(session, truth, played, unusable); }
};

const Row& row(const std::vector<Row>& rows, std::string_view figure) {
    for (const auto& r : rows)
        if (r.figure == figure)
            return r;
    FAIL("no row " << figure);
    return rows.front();
}

std::vector<Row> rows_of(const Outcome& o) {
    return accuracy_rows(std::span(&o, 1), std::nullopt);
}

}  // namespace

TEST_CASE("a rep told as it was done meets every target", "[bench]") {
    Made m;
    m.does(done(10));
    m.is_told(account_of(done(10)), 14.2);
    const auto o = m.outcome();
    REQUIRE(o.reps.size() == 1);
    CHECK(o.reps[0].found);
    CHECK(o.reps[0].verdict_is_right());
    CHECK(o.reps[0].side_right == true);
    CHECK(o.reps[0].drop_duration->error == Approx(0.0).margin(1e-12));
    CHECK(*o.reps[0].verdict_after == Approx(0.2));
    CHECK(o.false_reps.empty());
    for (const auto& r : rows_of(o)) {
        CAPTURE(r.figure, r.measured);
        // No live phase was announced at all.
        CHECK(r.met.value_or(true) == (r.figure != "live phase within 0.15 s of the final one"));
    }
}

TEST_CASE("a rep nobody told is missed, and one nobody did is false", "[bench]") {
    Made m;
    m.does(done(10));
    m.does(done(40));
    m.truth.others.push_back({"squat", Seconds{68}, Seconds{76}});
    m.is_told(account_of(done(10), 1));
    m.is_told(account_of(done(70), 2));
    const auto o = m.outcome();
    CHECK(o.reps[0].found);
    CHECK_FALSE(o.reps[1].found);
    REQUIRE(o.false_reps.size() == 1);
    CHECK(o.false_reps[0].during == "squat");
    CHECK(o.others.at("squat").times == 1);
    const auto rows = rows_of(o);
    CHECK(row(rows, "reps found: F1").measured == "0.5000 (1 hit, 1 missed, 1 false)");
    CHECK(row(rows, "reps found: F1").met == false);
    CHECK(row(rows, "no exercise: reps").met == false);
    CHECK(false_rep_table(std::span(&o, 1))
              .find("| squat                    |     1 |         8 |          1 |            1 |") !=
          std::string::npos);
}

TEST_CASE("two accounts of one rep are a hit and a false rep, and the likelier one is the hit", "[bench]") {
    Made m;
    m.does(done(10));
    auto partly = account_of(done(10), 1);
    partly.drop_end = Seconds{10.8};
    m.is_told(partly);
    m.is_told(account_of(done(10), 2));
    const auto o = m.outcome();
    CHECK(o.reps[0].drop_duration->error == Approx(0.0).margin(1e-12));
    REQUIRE(o.false_reps.size() == 1);
    CHECK(o.false_reps[0].to == Seconds{10.8});
    CHECK(o.false_reps[0].in_a_rep);
    CHECK(row(rows_of(o), "no exercise: reps").met == true);
    CHECK(row(rows_of(o), "reps found: F1").measured == "0.6667 (1 hit, 0 missed, 1 false)");
}

TEST_CASE("a wrong side, or none where one was clear, is counted", "[bench]") {
    Made m;
    m.does(done(10));
    m.does(done(30));
    m.does(done(50));
    auto left = account_of(done(10), 1), none = account_of(done(30), 2);
    left.side = motion::Side::left;
    none.side.reset();
    m.is_told(left);
    m.is_told(none);
    m.is_told(account_of(done(50), 3));
    const auto o = m.outcome();
    CHECK(o.reps[0].side_right == false);
    CHECK(o.reps[1].side_right == false);
    CHECK(o.reps[2].side_right == true);
    CHECK(row(rows_of(o), "side").measured == "1 of 3");
    CHECK(row(rows_of(o), "side").met == false);
}

TEST_CASE("a verdict is right where good is good and not good is not, and never where it is unjudged", "[bench]") {
    Made m;
    auto fast = done(10, 1.2);
    fast.faults = {vp::Fault::fast_drop};
    m.does(fast);
    m.does(done(30));
    m.does(done(50));
    auto other_fault = account_of(fast, 1), unjudged = account_of(done(30), 2), wrong = account_of(done(50), 3);
    other_fault.verdict = motion::Verdict::fault;
    other_fault.faults = {motion::Fault::bounce};
    unjudged.verdict = motion::Verdict::unjudged;
    wrong.verdict = motion::Verdict::fault;
    wrong.faults = {motion::Fault::fast_drop};
    m.is_told(other_fault);
    m.is_told(unjudged);
    m.is_told(wrong);
    const auto o = m.outcome();
    CHECK(o.reps[0].verdict_is_right());
    CHECK_FALSE(o.reps[1].verdict_is_right());
    CHECK_FALSE(o.reps[2].verdict_is_right());
    const auto rows = rows_of(o);
    CHECK(row(rows, "  fast_drop: F1").measured == "0.0000 (0 hit, 1 missed, 1 false)");
    CHECK(row(rows, "  bounce: F1").measured == "0.0000 (0 hit, 0 missed, 1 false)");
    CHECK_FALSE(row(rows, "  wrong_leg: F1").met);
}

TEST_CASE("a fault in a rep that was not found is missed", "[bench]") {
    Made m;
    auto fast = done(10, 1.2);
    fast.faults = {vp::Fault::fast_drop};
    m.does(fast);
    CHECK(row(rows_of(m.outcome()), "  fast_drop: F1").measured == "0.0000 (0 hit, 1 missed, 0 false)");
}

TEST_CASE("a fall after a hold is called slow from 2 s on", "[bench]") {
    for (const double told : {0.5, 2.1}) {
        Made m;
        auto fall = done(10, 0.4);
        fall.element = "hold_then_fall";
        fall.faults = {vp::Fault::fast_drop};
        m.does(fall);
        auto r = account_of(fall);
        r.drop_duration = Seconds{told};
        m.is_told(r);
        CHECK(row(rows_of(m.outcome()), "hold, then a fall: called slow").met == (told < 2.0));
    }
}

TEST_CASE("an uncertainty holds the error that is no more than twice its size", "[bench]") {
    Made m;
    for (const int i : {0, 1, 2}) {
        const auto t = done(20.0 * i + 10.0);
        m.does(t);
        auto r = account_of(t, i + 1);
        r.drop_duration = Seconds{t.drop_duration()->value + (i == 2 ? 0.21 : 0.19)};
        m.is_told(r);
    }
    CHECK(row(rows_of(m.outcome()), "2 u covers the duration error").measured == "66.7 % (n 3), median u 0.100 s");
}

TEST_CASE("an incomplete rep is told as incomplete, and is false where it is told as a whole one", "[bench]") {
    auto begun = done(10);
    begun.element = "incomplete";
    begun.counted = false;
    begun.faults = {vp::Fault::incomplete};
    begun.drop_end.reset();
    begun.return_end.reset();
    auto told = account_of(begun);
    told.counted = false;
    told.verdict = motion::Verdict::fault;
    told.faults = {motion::Fault::incomplete};
    Made right, wrong;
    right.does(begun);
    right.is_told(told);
    CHECK(row(rows_of(right.outcome()), "  incomplete: F1").measured == "1.0000 (1 hit, 0 missed, 0 false)");
    CHECK(row(rows_of(right.outcome()), "no exercise: reps").met == true);
    wrong.does(begun);
    wrong.is_told(account_of(done(10)));
    CHECK(row(rows_of(wrong.outcome()), "  incomplete: F1").measured == "0.0000 (0 hit, 1 missed, 0 false)");
    CHECK(wrong.outcome().false_reps.at(0).during == "incomplete");
    CHECK(row(rows_of(wrong.outcome()), "no exercise: reps").met == false);
}

TEST_CASE("a rep in damaged data may stay unjudged, and a wrong verdict on it is told", "[bench]") {
    Made m;
    m.does(done(10));
    m.unusable.push_back({Seconds{11}, Seconds{11.5}});
    auto r = account_of(done(10));
    r.verdict = motion::Verdict::unjudged;
    m.is_told(r);
    auto rows = rows_of(m.outcome());
    CHECK_FALSE(row(rows, "reps found: F1").met);
    CHECK(row(rows, "reps in damaged data or with company").met == true);
    m.played.reps[0].verdict = motion::Verdict::fault;
    rows = rows_of(m.outcome());
    CHECK(row(rows, "reps in damaged data or with company").met == false);
}

TEST_CASE("a rep told without its drop is found by the rest of it", "[bench]") {
    Made m;
    m.does(done(10));
    auto r = account_of(done(10));
    r.verdict = motion::Verdict::unjudged;
    r.drop_start = r.drop_end = r.drop_duration = r.drop_duration_uncertainty = std::nullopt;
    m.is_told(r);
    CHECK(m.outcome().false_reps.empty());
    CHECK(m.outcome().reps[0].found);
}

TEST_CASE("calf raises are never good, and leave the other figures alone", "[bench]") {
    Made m;
    auto raise = done(10, 0.4);
    raise.element = "calf_raise";
    raise.faults = {vp::Fault::fast_drop, vp::Fault::two_leg_drop};
    m.does(raise);
    m.is_told(account_of(raise));
    const auto rows = rows_of(m.outcome());
    CHECK(row(rows, "brisk two-leg calf raises: good").met == false);
    CHECK_FALSE(row(rows, "reps found: F1").met);
    CHECK_FALSE(row(rows, "verdict, good or not").met);
}

TEST_CASE("a live phase counts where the nearest one of its kind was announced to begin", "[bench]") {
    using motion::Phase;
    Made m;
    m.does(done(10));
    m.is_told(account_of(done(10)));
    const auto says = [&](double t, Phase phase, double at) {
        m.played.phases.push_back({{Seconds{t}, phase, {}}, Seconds{at}});
    };
    says(6.1, Phase::rise, 6.2);
    says(7.4, Phase::top, 7.5);
    says(9.9, Phase::drop, 10.5);
    says(10.4, Phase::drop, 10.6);
    const auto live = m.outcome().reps[0].live;
    REQUIRE(live.size() == 5);
    CHECK(*live[0].error == Approx(0.1));
    CHECK(*live[1].error == Approx(0.4));
    CHECK_FALSE(live[2].error);  // the transfer never showed
    CHECK(*live[3].error == Approx(-0.1));
    CHECK(*live[3].shown_late == Approx(0.5));
    CHECK(row(rows_of(m.outcome()), "live phase within 0.15 s of the final one").measured == "40.0 % of 5 changes");
}

TEST_CASE("an account corrected later is scored as corrected, and its delay by when it first came", "[bench]") {
    Made m;
    m.does(done(10));
    auto first = account_of(done(10));
    first.verdict = motion::Verdict::fault;
    m.played.first_said.push_back({first, Seconds{14.3}});
    m.played.reps.push_back(account_of(done(10)));
    const auto o = m.outcome();
    CHECK(o.reps[0].verdict_is_right());
    CHECK(o.reps[0].verdict_revised);
    CHECK(*o.reps[0].verdict_after == Approx(0.3));
}

TEST_CASE("a break-down has a line for each value and refuses what it does not know", "[bench]") {
    Made m;
    m.does(done(10));
    auto jerky = done(30);
    jerky.profile = "jerky";
    m.does(jerky);
    const auto o = m.outcome();
    const auto text = break_down(std::span(&o, 1), "profile");
    CHECK(text.find("| bell ") != std::string::npos);
    CHECK(text.find("| jerky ") != std::string::npos);
    CHECK_THROWS_AS(break_down(std::span(&o, 1), "colour"), std::invalid_argument);
}
