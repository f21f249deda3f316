// Sets that begin at the top, without a rise: what is told of their first rep, and when.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <variant>

#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;

TEST_CASE("a set that begins at the top has no rise and is judged without") {
    for (const Person& person : {Person{1, 80, right}, Person{4, 1000, left}, Person{5, 80, right}}) {
        const std::string script = "empty:3,step_on(high),quiet:4,good(no_rise),good,quiet:3,step_off,empty:2";
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const auto reps = analyze(record.samples, record.criteria).reps;
        REQUIRE(reps.size() == 2);
        CHECK(reps[0].verdict == Verdict::good);
        CHECK_FALSE(reps[0].rise_start);
        CHECK_FALSE(reps[0].rise_duration);
        CHECK_FALSE(reps[0].working_share_rise);
        CHECK(has(reps[0], Reason::no_rise));
        CHECK(reps[1].rise_start);
        CHECK_FALSE(has(reps[1], Reason::no_rise));
    }
}

TEST_CASE("a set's first rep from the top, too gentle to be told from sway by itself, is told once the set goes on") {
    for (const Person& person : {Person{3, 80, right}, Person{16, 80, left}, Person{21, 80, right}}) {
        const std::string start = "empty:3,step_on(high),quiet:4,good(no_rise,drop=4.5)";
        INFO(description(person, start));
        const Record alone = simulated::record(start + ",quiet:3,step_off,empty:2", person);
        CHECK(counted(analyze(alone.samples, alone.criteria).reps).empty());
        const Record in_a_set = simulated::record(start + ",good,good,quiet:3,step_off,empty:2", person);
        const auto reps = counted(analyze(in_a_set.samples, in_a_set.criteria).reps);
        REQUIRE(reps.size() == 3);
        CHECK(reps[0].index == 1);
        CHECK(has(reps[0], Reason::no_rise));
        CHECK(*reps[0].drop_start < *reps[1].rise_start);
    }
}

TEST_CASE("what may be a set's first rep is told neither after a later one nor of who has stepped off since") {
    const std::string start = "empty:3,step_on(high),quiet:4,good(no_rise,drop=4.5)";
    const std::string broken_off = start + ",incomplete(at=transfer,back),good,good,quiet:3,step_off,empty:2";
    const std::string another =
        start + ",step_off,empty:2,step_on,quiet:3,good(side=left,drop=3),quiet:2,step_off,empty:2";
    for (std::uint64_t seed = 1; seed <= 8; ++seed)
        for (const std::string& script : {broken_off, another}) {
            const Person person{seed, 80, left};
            INFO(description(person, script));
            const Record record = simulated::record(script, person);
            const Analysis found = analyze(record.samples, record.criteria);
            const auto at = [](const Rep& r) { return r.drop_start ? *r.drop_start : *r.rise_start; };
            for (std::size_t i = 1; i < found.reps.size(); ++i) {
                CHECK(found.reps[i].index == found.reps[i - 1].index + 1);
                CHECK(at(found.reps[i]) > at(found.reps[i - 1]));
            }
            for (std::size_t i = 1; i < found.phases.size(); ++i) {
                CHECK(found.phases[i].t > found.phases[i - 1].t);
                CHECK((found.phases[i].phase != found.phases[i - 1].phase ||
                       found.phases[i].side != found.phases[i - 1].side));
            }
            bool off = false;
            for (const Output& told : Tracker(record.criteria).push(record.samples)) {
                if (const auto* event = std::get_if<Event>(&told); event && event->kind == EventKind::step_off)
                    off = true;
                if (const auto* rep = std::get_if<Rep>(&told); rep && off && rep->counted)
                    CHECK(rep->rise_start);
            }
        }
}

TEST_CASE("a fall right after stepping up high is found: its landing is no way up from a squat, its hitches no other") {
    const auto falls = [](double seconds, const Person& person) {
        const std::string script = fmt::format(
            "empty:3,step_on(high),quiet:4,good,good,step_off,empty:2,step_on(high),quiet:2,fast_drop(drop={}),good,"
            "quiet:3,step_off,empty:2",
            seconds);
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        CHECK(counted(analyze(record.samples, record.criteria).reps).size() == 4);
    };
    falls(0.6, {1, 80, right});
    falls(0.6, {4, 80, left});
    falls(0.6, {6, 80, left});
    falls(1.3, {8, 80, left});
    falls(1.3, {27, 80, right});
}
