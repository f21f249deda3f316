// Bodies that spring up again at the bottom: a rebound is a bounce of its rep, no rep of its own and not the drop.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;

namespace {

/// Metres up, by minimum jerk.
struct Way {
    double from, takes, by;
};
constexpr Way rise{8.0, 1.2, 0.1};

/// The right leg's work of one who moves by these ways, its foot alone from 10.7 s until the return.
std::vector<Rep> reps_of_ways(const std::vector<Way>& ways, double back, double right_gain = 1.0) {
    const double mass = 75.0, rate = 100.0, off = back + 4.2;
    const auto part = [](double t, double from, double takes) {
        const double u = std::clamp((t - from) / takes, 0.0, 1.0);
        return u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
    };
    const auto height = [&](double t) {
        double sum = 0.0;
        for (const Way& w : ways)
            sum += w.by * part(t, w.from, w.takes);
        return sum;
    };
    const auto share = [&](double t) { return 0.5 + 0.5 * part(t, 9.7, 1.0) - 0.5 * part(t, back, 0.8); };
    std::vector<ForceSample> samples;
    for (double t = 0.0; t < off + 2.0; t += 1.0 / rate) {
        constexpr double d = 0.004;
        const double acceleration = (height(t + d) - 2.0 * height(t) + height(t - d)) / (d * d);
        const double alone = 2.0 * std::abs(share(t) - 0.5);
        const double sway = (0.8 + 5.0 * alone) * (std::sin(2.3 * 6.28 * t) + 0.7 * std::sin(4.1 * 6.28 * t + 1.0));
        const double total = t < 2.0 || t > off ? 0.0 : mass * (standard_gravity.value + acceleration) + sway;
        samples.push_back({Seconds{t}, Newtons{total * (1.0 - share(t))}, Newtons{right_gain * total * share(t)}});
    }
    Criteria criteria;
    criteria.side = PrescribedSide::right;
    return analyze(samples, criteria).reps;
}

}  // namespace

TEST_CASE("a rebound after a slow drop that fades out is a bounce of that rep, and no rep of its own") {
    const double rebound = GENERATE(0.04, 0.06);
    const auto reps = reps_of_ways({rise, {11.5, 3.2, -0.1}, {14.7, 0.3, rebound}, {15.0, 0.4, -rebound}}, 15.8);
    CHECK(verdicts(reps) == std::vector<std::string>{"bounce"});
    REQUIRE(reps.size() == 1);
    REQUIRE(reps[0].return_end);
    CHECK(reps[0].return_end->value == Approx(16.1).margin(0.15));
    CHECK(reps[0].drop_duration->value == Approx(2.64).margin(0.4));
}

TEST_CASE("a rebound once the body has sunk to the end of its fade, right before the return, is a bounce") {
    const double takes = 5.2, after = GENERATE(0.1, 0.3);
    const double bottom = 11.5 + takes + after;
    const auto reps = reps_of_ways({rise, {11.5, takes, -0.12}, {bottom, 0.25, 0.035}}, bottom + 0.27);
    CHECK(verdicts(reps) == std::vector<std::string>{"bounce"});
    REQUIRE(reps.size() == 1);
    CHECK(reps[0].drop_duration->value == Approx(0.827 * takes).margin(0.3));
}

TEST_CASE("a rebound out of a fall is its bounce, and neither it nor the way down after it is the drop") {
    const double fast = GENERATE(0.45, 0.6), rest = GENERATE(0.02, 0.04), pause = GENERATE(0.0, 0.15);
    const double bottom = 12.4 + pause;
    const auto reps = reps_of_ways(
        {rise, {11.5, fast, -0.1 + rest}, {11.6, 0.8, -rest}, {bottom, 0.28, 0.05}, {bottom + 0.35, 0.7, -0.05}},
        bottom + 2.0);
    CHECK(verdicts(reps) == std::vector<std::string>{"fast_drop+bounce"});
    REQUIRE(reps.size() == 1);
    CHECK(reps[0].drop_start->value == Approx(11.55).margin(0.05));
    CHECK(reps[0].drop_end->value == Approx(12.25).margin(0.08));
}

TEST_CASE("a fall that is braked is no bounce where the pads differ") {
    const double takes = GENERATE(range(0.7, 1.2, 0.1));
    const double gain = GENERATE(0.994, 1.006);
    const auto reps = reps_of_ways({rise, {11.5, takes, -0.11}}, 11.5 + takes + 0.9, gain);
    INFO("takes " << takes << ", right gain " << gain);
    CHECK(verdicts(reps) == std::vector<std::string>{"fast_drop"});
}

TEST_CASE("a rebound's way down is not the drop") {
    for (const Person& person : {Person{3, 80, right}, Person{4, 1000, left}}) {
        const std::string script = session_of("good,bounce(drop=3,speed=0.3)");
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const auto reps = analyze(record.samples, record.criteria).reps;
        CHECK(verdicts(reps) == std::vector<std::string>{"good", "bounce"});
        REQUIRE(reps.size() == 2);
        CHECK(reps[1].drop_duration->value == Approx(3.0).margin(0.6));
    }
}

TEST_CASE("what sinks on two feet after a bounce just before the return is not what the drop left undone") {
    // 10 cm were told as 5.
    for (const double sinks : {15.9, 16.2}) {
        const auto reps = reps_of_ways({rise, {11.5, 3.2, -0.1}, {14.8, 0.35, 0.05}, {sinks, 0.7, -0.05}}, 15.2);
        INFO("sinks from " << sinks);
        REQUIRE(verdicts(reps) == std::vector<std::string>{"bounce"});
        // Who stands higher after a rebound may have come down further: the plate does not see which.
        CHECK(reps[0].drop_depth->value == Approx(0.1).margin(0.03));
    }
}

TEST_CASE("a drop below the step whose rebound stays up is as deep as its bottom was low") {
    // 10 cm were told as 7, sure to 6 mm.
    const auto reps = reps_of_ways({{8.0, 1.2, 0.05}, {11.5, 3.6, -0.1}, {15.2, 0.28, 0.03}, {16.3, 1.0, 0.02}}, 16.1);
    REQUIRE(verdicts(reps) == std::vector<std::string>{"bounce"});
    CHECK(reps[0].drop_depth->value == Approx(0.1).margin(0.015));
}
