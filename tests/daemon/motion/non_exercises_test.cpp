// What people do on a plate besides the exercise counts nothing.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/drawn_body.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;
using drawn::Body;

namespace {

constexpr double rates[] = {80.0, 1000.0};

Person someone(std::uint64_t seed, double rate) {
    return {seed, rate, seed % 2 == 0 ? Side::left : Side::right};
}

void gives_no_rep(std::string_view elements, std::initializer_list<std::uint64_t> seeds) {
    const std::string script = session_of(elements);
    for (const auto seed : seeds) {
        for (const double rate : rates) {
            const Person person = someone(seed, rate);
            INFO(description(person, script));
            const Record record = simulated::record(script, person);
            CHECK(verdicts(analyze(record.samples, record.criteria).reps).empty());
        }
    }
}

}  // namespace

TEST_CASE("standing quietly is no rep") {
    gives_no_rep("quiet:30", {1, 2, 3, 4, 5, 6});
}
TEST_CASE("fingertips that let go while somebody stands, and the stepping off after it, are no rep") {
    const double part = GENERATE(0.01, 0.02), stands = GENERATE(2.0, 5.0, 10.0, 22.0);
    std::vector<ForceSample> samples;
    for (double t = 0.0; t < 16.0 + stands; t += 0.0125) {
        const auto wave = [t](double hertz, double phase) { return std::sin(6.2832 * hertz * t + phase); };
        const double sway = 0.4 * wave(0.4, 0.3) + 0.5 * wave(1.1, 1.0) + 0.6 * wave(2.7, 2.0) + 0.8 * wave(5.0, 0.0);
        const double hands = std::clamp((t - 12.0) / 0.5, 0.0, 1.0);  // as they let go
        const double off = std::clamp((t - 12.5 - stands) / 0.6, 0.0, 1.0);
        const double weight = 734.0 * (t < 2.0 ? 1.0 : 1.0 - part * (1.0 - hands));
        const double total = t < 1.0 || t > 13.3 + stands ? 0.0 : (weight + sway) * (1.0 - off);
        const double right = std::min(1.0, 0.52 + 0.01 * wave(0.3, 0.0) + off);
        samples.push_back({Seconds{t}, Newtons{total * (1.0 - right)}, Newtons{total * right}});
    }
    CAPTURE(part, stands);
    CHECK(analyze(samples, Criteria{}).reps.empty());
}
TEST_CASE("leaning about on two feet is no rep") {
    gives_no_rep("sway:20", {1, 2, 4, 5, 6, 7, 8});
}
TEST_CASE("shifting weight from foot to foot is no rep") {
    gives_no_rep("shift:20", {2, 3, 4, 7, 8});
}
TEST_CASE("squats are no reps nor on one side") {
    gives_no_rep("squat*3", {1, 2, 3, 4, 5, 6});
    gives_no_rep("squat(side=left)*3", {1, 2, 3, 4, 5, 6});
    gives_no_rep("squat(side=right)*3", {1, 2, 3, 4, 5, 6});
}
TEST_CASE("squats on one leg are no reps") {
    const double depth = GENERATE(0.1, 0.15, 0.19), down = GENERATE(1.0, 1.6, 2.3);
    Body body;
    for (int i = 0; i < 4; ++i) {
        body.share(0.5, 0.6);
        body.wait(1.2);
        body.height(-depth, down);
        body.wait(0.3);
        body.height(depth, 1.4);
        body.wait(0.7);
        body.share(-0.5, 0.6);
        body.wait(2.0);
    }
    CAPTURE(depth, down);
    CHECK(body.reps().empty());
}
TEST_CASE("squats on one leg that go down slowly and come up quickly are no reps") {
    const auto& [down, up] = GENERATE(std::pair{2.5, 1.0}, std::pair{3.0, 1.0});
    Body body;
    for (int i = 0; i < 4; ++i) {
        body.share(0.5, 0.6);
        body.wait(1.2);
        body.height(-0.1, down);
        body.height(0.1, up);
        body.wait(0.7);
        body.share(-0.5, 0.6);
        body.wait(2.0);
    }
    CAPTURE(down, up);
    CHECK(body.reps().empty());
}
TEST_CASE("squats that lean on a leg are no reps") {
    const double lean = GENERATE(0.18, 0.23, 0.29), takes = GENERATE(1.0, 1.8, 2.6);
    Body body;
    for (int i = 0; i < 4; ++i) {
        body.share(lean, 0.8);
        body.height(-0.2, takes);
        body.wait(0.4);
        body.height(0.2, takes);
        body.share(-lean, 0.8);
        body.wait(2.4);
    }
    CAPTURE(lean, takes);
    CHECK(body.reps().empty());
}
TEST_CASE("squats between which one foot is lifted are no reps") {
    // Soon after a foot's return the crouch was taken for standing, and the way up from it for a rise.
    for (const double depth : {0.1, 0.12, 0.135})
        for (const double up : {0.7, 1.0}) {
            INFO(depth << " m, up in " << up << " s");
            Body body;
            for (int i = 0; i < 6; ++i) {
                body.height(-depth, 1.0);
                body.wait(0.3 * i);
                body.height(depth, up);
                body.wait(-0.15);
                body.share(i % 2 == 0 ? 0.5 : -0.5, 0.5);
                body.wait(2.0);
                body.share(i % 2 == 0 ? -0.5 : 0.5, 0.5);
                body.wait(0.4);
            }
            CHECK(body.reps().empty());
        }
}

TEST_CASE("a knee lifted to hip height is no rep") {
    const double up = GENERATE(0.028, 0.036), holds = GENERATE(1.5, 4.0);
    Body body;
    for (int i = 0; i < 4; ++i) {
        body.share(0.5, 0.5);
        body.height(up, 0.6);
        body.wait(holds);
        body.height(-up, 0.7);
        body.share(-0.5, 0.5);
        body.wait(2.0);
    }
    CAPTURE(up, holds);
    CHECK(body.reps().empty());
}
TEST_CASE("marching with lively steps is no rep") {
    const double step = GENERATE(0.6, 0.9, 1.1, 1.3), up = GENERATE(0.025, 0.04);
    Body body;
    body.share(0.5, 0.3);
    for (int i = 0; i < 16; ++i) {
        body.height(up, 0.45 * step);
        body.heights.push_back({body.t + 0.05 * step, 0.45 * step, -up});
        body.wait(0.4 * step);
        body.share(i % 2 == 0 ? -1.0 : 1.0, 0.15 * step);
    }
    body.wait(0.2);
    body.share(-0.5, 0.4);
    CAPTURE(step, up);
    CHECK(body.reps().empty());
}
TEST_CASE("arms that are lifted overhead are no rep") {
    const double up = GENERATE(0.026, 0.034), takes = GENERATE(0.6, 0.9);
    Body body;
    for (int i = 0; i < 4; ++i) {
        body.height(up, takes);
        body.wait(0.8);
        body.height(-up, takes);
        body.wait(2.0);
    }
    CAPTURE(up, takes);
    CHECK(body.reps().empty());
}
TEST_CASE("standing wholly on one foot and then on the other is no rep") {
    const double takes = GENERATE(0.4, 0.7, 1.0), bob = GENERATE(0.004, 0.015);
    Body body;
    body.share(0.45, 0.6);
    for (int i = 0; i < 14; ++i) {
        body.wait(0.3 + 0.13 * (i % 5));
        body.heights.push_back({body.t, 0.5 * takes, bob});
        body.heights.push_back({body.t + 0.5 * takes, 0.5 * takes, -bob});
        body.share(i % 2 == 0 ? -0.9 : 0.9, takes);
    }
    body.share(-0.45, 0.6);
    CAPTURE(takes, bob);
    CHECK(body.reps().empty());
}
TEST_CASE("standing on one leg is no rep") {
    gives_no_rep("one_leg:10(side=left),quiet:2,one_leg:10(side=right)", {1, 2, 3, 4, 5, 6});
}
TEST_CASE("stepping on and off is no rep") {
    gives_no_rep("step_off,empty:3,step_on,quiet:4,step_off,empty:3,step_on", {1, 2, 3, 4, 5, 6});
}
TEST_CASE("jumping is no rep") {
    gives_no_rep("jump,quiet:2,jump", {1, 2, 3, 4, 5, 6});
}
TEST_CASE("sitting down and getting up is no rep") {
    gives_no_rep("sit_to_stand*2", {1, 2, 3, 4, 5, 6});
    gives_no_rep("sit_to_stand(side=left)*2", {1, 2, 3, 4, 5, 6});
}
TEST_CASE("a second person on the plate is no rep and is said") {
    gives_no_rep("second_person:5", {1, 2, 3, 4, 5, 6});
    const Record record = simulated::record(session_of("second_person:5"), someone(1, 80));
    const Analysis found = analyze(record.samples, record.criteria);
    CHECK(found.session_faults == std::vector{SessionFault::second_person});
    Criteria two_may = record.criteria;
    two_may.second_person_load = Fraction{2.0};
    CHECK(analyze(record.samples, two_may).session_faults.empty());
}
TEST_CASE("marching is never a good rep") {
    for (const std::uint64_t seed : {1, 2, 3, 4}) {
        const Person person = someone(seed, 80);
        INFO(description(person, "march:12"));
        const Record record = simulated::record(session_of("march:12"), person);
        for (const Rep& r : analyze(record.samples, record.criteria).reps)
            CHECK(r.verdict != Verdict::good);
    }
}
TEST_CASE("an empty plate says nothing at all") {
    const Record record = simulated::record("empty:20", someone(1, 80));
    const Analysis found = analyze(record.samples, record.criteria);
    CHECK(found.reps.empty());
    CHECK(found.events.empty());
    CHECK_FALSE(found.system_weight);
}
TEST_CASE("no samples and one sample are a record too") {
    CHECK(analyze({}, Criteria{}).reps.empty());
    const ForceSample one{Seconds{3}, Newtons{400}, Newtons{400}};
    const Analysis found = analyze(std::span(&one, 1), Criteria{});
    CHECK(found.reps.empty());
    CHECK(found.duration.value == 0.0);
    CHECK(found.sample_rate.value == 0.0);
}
