// What is accepted, what is refused, and whether the right thing gets the blame.
#include <algorithm>
#include <catch2/catch.hpp>

#include "calibration/lib/evaluation.hpp"
#include "tests/calibration/first_finding.hpp"
#include "tests/calibration/simulated_calibration.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using test::Bench;
using test::first_finding;
using test::Hand;
using virtual_plate::draw_plate;
using virtual_plate::PlateTruth;

namespace {

Observations calibrated(const PlateTruth& plate, std::uint64_t seed,
                        std::function<void(int, double&, double&, double&)> blunder = {}, double hold_minutes = 8.0) {
    Bench bench(plate, seed, Hand{1.0, 0.0002});
    bench.blunder = std::move(blunder);
    bench.calibrate_plate(hold_minutes);
    return bench.seen;
}

}  // namespace

TEST_CASE("a sound plate passes every check of the domain's table, and its map converts") {
    const Observations seen = calibrated(draw_plate(21), 21);
    const Evaluation judged = evaluate(seen);
    for (const Finding& f : judged.findings)
        UNSCOPED_INFO(f.message);
    for (const Check& c : judged.checks) {
        INFO(c.code << ": " << c.value << " of " << c.limit << " " << c.note);
        CHECK(c.verdict == Verdict::passed);
    }
    CHECK(judged.checks.size() == 2 * 11 + 2);
    REQUIRE(judged.passed());
    const PlateMap map = judged.map("cal-1");
    CHECK(map.range[0].value == Approx(980.665));
    CHECK(map.pads[1].cells == std::vector<std::size_t>{4, 5, 6, 7});
}

TEST_CASE("a wrongly typed weight is named, with what the plate says instead") {
    const Finding f = first_finding(calibrated(draw_plate(1), 1, [](int number, double& kg, double&, double&) {
        if (number == 6)
            kg -= 2.5;
    }));
    CHECK(f.code == "mistyped_weight");
    CHECK(f.placement == 6);
    CHECK(f.amount == Approx(2.5).margin(0.2));
}

TEST_CASE("two wrongly typed weights are both named") {
    const Evaluation judged = evaluate(calibrated(draw_plate(2), 2, [](int number, double& kg, double&, double&) {
        if (number == 3 || number == 12)
            kg += 4.0;
    }));
    REQUIRE(judged.findings.size() == 2);
    CHECK(judged.excluded == std::set<int>{3, 12});
}

TEST_CASE("a weight 5 cm off its mark in a corner is named, not the cells") {
    const Finding f = first_finding(calibrated(draw_plate(3), 3, [](int number, double&, double& x, double&) {
        if (number == 13)
            x += 50.0;
    }));
    CHECK(f.code == "off_mark");
    CHECK(f.placement == 13);
    CHECK(f.amount == Approx(50.0).margin(10.0));
}

TEST_CASE(
    "a drift within its limit is no corner that sticks, and hides neither one that does nor a weight off its mark") {
    const std::size_t cell = GENERATE(1u, 6u);
    PlateTruth plate = draw_plate(31);
    plate.cells[cell].zero_drift_n_per_min = GENERATE(0.3, -0.4);
    SECTION("alone") {
        CHECK(first_finding(calibrated(plate, 31)).code != "sticky_corner");
    }
    SECTION("beside friction") {
        plate.cells[3].friction = Newtons{5.0};
        const Finding f = first_finding(calibrated(plate, 31));
        CHECK(f.code == "sticky_corner");
        CHECK(f.cell == 3u);
    }
    SECTION("beside a weight off its mark") {
        const Finding f = first_finding(calibrated(plate, 31, [](int number, double&, double& x, double&) {
            if (number == 13)
                x += 50.0;
        }));
        CHECK(f.code == "off_mark");
        CHECK(f.placement == 13);
    }
}

TEST_CASE("a cell that is dead, reversed or swapped is named, and nothing is fitted") {
    PlateTruth plate = draw_plate(4);
    SECTION("dead") {
        plate.cells[5].counts_per_newton = 0.0;
        const Finding f = first_finding(calibrated(plate, 4));
        CHECK(f.code == "dead_cell");
        CHECK(f.cell == 5u);
    }
    SECTION("reversed") {
        plate.cells[2].counts_per_newton *= -1.0;
        const Finding f = first_finding(calibrated(plate, 4));
        CHECK(f.code == "inverted_cell");
        CHECK(f.cell == 2u);
    }
    SECTION("swapped over the pads") {
        std::swap(plate.channel[1], plate.channel[6]);
        const Evaluation judged = evaluate(calibrated(plate, 4));
        REQUIRE(judged.findings.size() == 1);
        CHECK(judged.findings[0].code == "swapped_cells");
        CHECK(judged.findings[0].message.find("left FR and right RL") != std::string::npos);
        CHECK_FALSE(judged.fits[0]);
    }
}

TEST_CASE("a corner that sticks gets the blame, the weights do not") {
    const std::uint64_t seed = GENERATE(5u, 11u, 23u, 34u);
    const std::size_t cell = GENERATE(0u, 2u, 6u);
    PlateTruth plate = draw_plate(seed);
    plate.cells[cell].friction = Newtons{5.0};
    const Evaluation judged = evaluate(calibrated(plate, seed));
    REQUIRE_FALSE(judged.findings.empty());
    CHECK(judged.findings[0].code == "sticky_corner");
    CHECK(judged.findings[0].cell == cell);
    for (const Finding& f : judged.findings)
        CHECK(f.code != "mistyped_weight");
}

TEST_CASE("creep of twice the limit fails for creep, whether the load was left for thirty minutes or eight") {
    const double minutes = GENERATE(30.0, 8.0);
    PlateTruth plate = draw_plate(6);
    for (std::size_t k = 0; k < 4; ++k)
        plate.cells[k].creep = -0.007;
    const Finding f = first_finding(calibrated(plate, 6, {}, minutes));
    CHECK(f.code == "creep");
    CHECK(f.pad == Pad::left);
    // The series just before has crept a part of the way already, and left it in the zero.
    CHECK(f.amount == Approx(-0.6).margin(0.13));
}

TEST_CASE("a hold too short to tell thirty minutes of creep is no measured creep, and what it leaves open is said") {
    const auto creep_after = [](double minutes) {
        const Evaluation judged = evaluate(calibrated(draw_plate(6), 6, {}, minutes));
        return *std::find_if(judged.checks.begin(), judged.checks.end(),
                             [](const Check& c) { return c.code == "creep"; });
    };
    const Check too_short = creep_after(3.0);
    CHECK(too_short.verdict == Verdict::not_measured);
    CHECK(too_short.note.find("leave the load for 5 min") != std::string::npos);
    const Check carried_on = creep_after(8.0);
    CHECK(carried_on.verdict == Verdict::passed);
    CHECK(carried_on.note.find("carried on to 30 min: ") != std::string::npos);
}

TEST_CASE("a load left alone that is not the one typed is told") {
    Observations seen = calibrated(draw_plate(10), 10);
    REQUIRE(evaluate(seen).passed());
    seen.holds.back().mass = Kilograms{80.0};
    const Finding f = first_finding(seen);
    CHECK(f.code == "hold_load");
    CHECK(f.pad == seen.holds.back().pad);
    CHECK(f.amount == Approx(-20.0).margin(0.5));
}

TEST_CASE("a mistyped largest load is the one thing told, not that the range is short of it") {
    const Evaluation judged = evaluate(calibrated(draw_plate(2), 2, [](int number, double& kg, double&, double&) {
        if (number == 5)
            kg -= 10.0;
    }));
    REQUIRE(judged.findings.size() == 1);
    CHECK(judged.findings[0].code == "mistyped_weight");
    CHECK(judged.findings[0].placement == 5);
}

TEST_CASE("a zero that runs is named with its rate") {
    PlateTruth plate = draw_plate(7);
    plate.cells[1].zero_drift_n_per_min = -1.5;
    const Finding f = first_finding(calibrated(plate, 7));
    CHECK(f.code == "drifting_zero");
    CHECK(f.cell == 1u);
    CHECK(f.amount == Approx(-1.5).margin(0.2));
}

TEST_CASE("too little, all in one place, a restless load, a load on the other pad, gravity of elsewhere are refused") {
    Observations seen = calibrated(draw_plate(8), 8);
    std::string expected;
    SECTION("too few") {
        seen.placements.resize(23);
        expected = "too_few_points";
    }
    SECTION("one line") {
        std::erase_if(seen.placements, [](const Placement& p) { return p.x.value != 0.0; });
        expected = "degenerate_positions";
    }
    SECTION("restless") {
        seen.placements[4].reading.wander[2] = 5.0 * 4277.0;
        expected = "unstable_load";
    }
    SECTION("other pad") {
        seen.placements[4].pad = Pad::right;
        expected = "wrong_pad";
    }
    SECTION("gravity") {
        seen.gravity = MetresPerSecond2{9.7};
        expected = "bad_gravity";
    }
    SECTION("no zero before the first load") {
        seen.empties.erase(seen.empties.begin(), seen.empties.begin() + 2);
        expected = "no_zero";
    }
    SECTION("heavier than typed throughout") {
        for (Placement& p : seen.placements)
            p.mass = p.mass * 0.4536;
        for (Hold& h : seen.holds)
            h.mass = h.mass * 0.4536;
        expected = "range";
    }
    CHECK(first_finding(seen).code == expected);
}

TEST_CASE("a check that was left out is no pass") {
    Observations seen = calibrated(draw_plate(9), 9);
    seen.spots.clear();
    const Evaluation judged = evaluate(seen);
    CHECK(judged.findings.empty());
    CHECK_FALSE(judged.passed());
}

TEST_CASE("the mean of a still stretch is unmoved by wild samples, and does not hide that there are too many") {
    std::vector<TimedReading> samples;
    const int every = GENERATE(50, 4);
    for (int i = 0; i < 320; ++i) {
        TimedReading s{Seconds{i / 64.0}, {}};
        s.reading.counts = {100000 + i % 7, -5000 + i % 5, 0, 0, 0, 0, 0, 0};
        if (i % every == 3)
            s.reading.counts[0] += 600000;
        samples.push_back(s);
    }
    const auto mean = mean_reading(samples, 2);
    if (every == 4) {
        CHECK_FALSE(mean);
        return;
    }
    REQUIRE(mean);
    CHECK(mean->mean[0] == Approx(100003).margin(0.5));
    CHECK(mean->wander[0] < 3.0);
}
