// The map and what is said of it, on simulated plates: properties that hold for any plate, and any honest work.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <algorithm>

#include "calibration/lib/evaluation.hpp"
#include "tests/calibration/simulated_calibration.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using test::Bench;
using test::Hand;
using virtual_plate::draw_plate;
using virtual_plate::PlateSpread;

namespace {

/// Linear cells without noise: what is left is arithmetic.
PlateSpread perfect(double softness) {
    PlateSpread spread;
    spread.non_linearity = 0.0;
    spread.least_noise_n = spread.most_noise_n = 0.0;
    spread.least_softness = spread.most_softness = softness;
    return spread;
}

void corners_and_centre(Bench& bench) {
    bench.read_empty(0.0);
    for (const Pad pad : {Pad::left, Pad::right}) {
        for (const double kg : {20.0, 60.0, 100.0})
            bench.place(pad, Role::up, kg, 0, 0);
        for (const double x : {-72.0, 72.0})
            for (const double y : {-104.0, 104.0})
                bench.place(pad, Role::corner, 40, x, y);
    }
    bench.read_empty();
}

bool near(double a, double b, double within) {
    return std::abs(a - b) <= within;
}

}  // namespace

TEST_CASE("on linear cells of any gain and cross-talk the map gives every load back, limp plate or stiff") {
    CHECK(rc::check([] {
        const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1000000);
        const double softness = *rc::gen::element(0.0, 0.6, 1.0);
        Bench bench(draw_plate(seed, perfect(softness)), seed);
        corners_and_centre(bench);
        const auto pad = *rc::gen::element(Pad::left, Pad::right);
        const PadFit fit(bench.seen, pad);
        RC_ASSERT(fit.rank() == (softness == 0.0 ? 3 : 4));
        const double n = *rc::gen::inRange(100, 980), x = *rc::gen::inRange(-80, 80), y = *rc::gen::inRange(-110, 110);
        const auto got = fit.read(bench.fresh(pad, n, x, y));
        RC_ASSERT(near(got.force.value, n, 0.3));
        RC_ASSERT(near(got.x.value, x, 0.3));
        RC_ASSERT(near(got.y.value, y, 0.3));
    }));
}

TEST_CASE("the map does not depend on the order of the placements, and grows with gravity") {
    Bench bench(draw_plate(5), 5);
    corners_and_centre(bench);
    const PadFit fit(bench.seen, Pad::left);
    Observations turned = bench.seen;
    std::reverse(turned.placements.begin(), turned.placements.end());
    const PadFit again(turned, Pad::left);
    Observations heavier = bench.seen;
    heavier.gravity = MetresPerSecond2{heavier.gravity.value * 1.002};
    const PadFit more(heavier, Pad::left);
    for (std::size_t j = 0; j < 4; ++j) {
        CHECK(again.map().moment_x[j] == Approx(fit.map().moment_x[j]).epsilon(1e-9));
        CHECK(more.map().force[j] == Approx(1.002 * fit.map().force[j]).epsilon(1e-5));
    }
}

TEST_CASE("the diagonal is told, and a twist of the frame moves it without moving the force") {
    Bench bench(draw_plate(8, perfect(0.8)), 8);
    corners_and_centre(bench);
    const PadFit fit(bench.seen, Pad::left);
    auto counts = bench.fresh(Pad::left, 500, 40, 60);
    const auto before = fit.read(counts);
    CHECK(before.diagonal.value == Approx(fit.expected_diagonal(before.force, before.x, before.y).value).margin(8.0));
    for (std::size_t k = 0; k < 4; ++k)
        counts[k] += (k == 0 || k == 3 ? 2.4 : -2.4) * bench.seen.cells[k].gain.value;
    const auto after = fit.read(counts);
    CHECK(after.diagonal.value - before.diagonal.value == Approx(9.6).epsilon(0.15));
    CHECK(after.force.value == Approx(before.force.value).margin(0.6));
    CHECK(after.x.value == Approx(before.x.value).margin(0.2));
}

TEST_CASE("a steady drift of the zero between two empty readings costs nothing") {
    auto plate = draw_plate(3, perfect(0.7));
    for (auto& cell : plate.cells)
        cell.zero_drift_n_per_min = 0.4;
    Bench bench(plate, 3);
    corners_and_centre(bench);
    const PadFit fit(bench.seen, Pad::left);
    for (const Residual& r : fit.residuals()) {
        CHECK(std::abs(r.force.value) < 0.2);
        CHECK(std::abs(r.x.value) < 0.3);
    }
}

TEST_CASE("loads that were placed worse than they claim make the stated uncertainty grow") {
    const auto stated = [](double off_mm) {
        Bench bench(draw_plate(4), 4, Hand{off_mm, 0.0});
        bench.seen.tolerance.position = Millimetres{0.5};
        corners_and_centre(bench);
        return PadFit(bench.seen, Pad::left).uncertainty(Newtons{400}, Millimetres{60}, Millimetres{90}).x.value;
    };
    CHECK(stated(5.0) > 2.0 * stated(0.2));
}

TEST_CASE("k = 2 covers what fresh loads show") {
    int inside = 0, all = 0;
    for (const std::uint64_t seed : {11u, 12u, 13u}) {
        Bench bench(draw_plate(seed), seed, Hand{1.0, 0.0002});
        corners_and_centre(bench);
        const PadFit fit(bench.seen, Pad::right);
        for (const double n : {200.0, 600.0, 950.0})
            for (const double x : {-70.0, 0.0, 70.0})
                for (const double y : {-100.0, 50.0}) {
                    const auto got = fit.read(bench.fresh(Pad::right, n, x, y));
                    const auto said = fit.uncertainty(got.force, got.x, got.y);
                    inside += (std::abs(got.force.value - n) <= said.force.value) +
                              (std::abs(got.x.value - x) <= said.x.value) + (std::abs(got.y.value - y) <= said.y.value);
                    all += 3;
                }
    }
    CHECK(inside >= 0.9 * all);
}

TEST_CASE("a load that is taken for mistyped does not make the range") {
    Bench bench(virtual_plate::draw_plate(4), 4);
    bench.read_empty();
    for (const double kg : {20.0, 60.0, 100.0})
        bench.place(Pad::left, Role::up, kg, 0, 0);
    for (const double x : {-72.0, 72.0})
        bench.place(Pad::left, Role::corner, 40.0, x, 104.0);
    bench.seen.placements.back().mass = Kilograms{140.0};  // 40 kg stood there
    bench.read_empty();
    const double g = standard_gravity.value;
    CHECK(PadFit(bench.seen, Pad::left).range().value == Approx(140.0 * g));
    CHECK(PadFit(bench.seen, Pad::left, {bench.seen.placements.back().number}).range().value == Approx(100.0 * g));
}
