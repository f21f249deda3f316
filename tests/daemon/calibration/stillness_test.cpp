// What counts as still, and when.
#include <catch2/catch.hpp>

#include "tests/daemon/calibration/simulated_weights.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using heeldrop::calibration::test::Weights;

TEST_CASE("a weight set down is still once a whole window lies behind it, and says how long that takes") {
    Weights weights(virtual_plate::draw_plate(1), 1);
    Stillness stillness(test::described_cells());
    const auto pass = [&](double s) {
        for (int i = 0; i < 64 * s; ++i)
            stillness.push(weights.sample());
        return stillness.assess(Newtons{1.5}, Measure::corners);
    };
    CHECK(pass(2.0).remaining.value == Approx(3.0).margin(0.1));
    CHECK(pass(4.0).reading);
    weights.put(Pad::left, 40.0, 0, 0);
    const Stability moved = pass(1.0);
    CHECK_FALSE(moved.reading);
    CHECK(moved.remaining.value > 3.5);
    CHECK_FALSE(pass(2.0).reading);
    CHECK(pass(4.0).reading);
}

TEST_CASE("a pause in the samples begins the window again") {
    Weights weights(virtual_plate::draw_plate(1), 1);
    Stillness stillness(test::described_cells());
    for (int i = 0; i < 64 * 6; ++i)
        stillness.push(weights.sample());
    weights.wait(0.5);
    stillness.push(weights.sample());
    CHECK(stillness.assess(Newtons{1.5}, Measure::corners).remaining == Stillness::window);
}

TEST_CASE("a person who sways is judged by the whole weight, not by the corners") {
    Weights weights(virtual_plate::draw_plate(1), 1);
    Stillness stillness(test::described_cells());
    for (int i = 0; i < 64 * 6; ++i) {
        weights.put(Pad::left, 80.0, 10.0 * std::sin(i / 64.0), 5.0 * std::cos(i / 40.0));
        stillness.push(weights.sample());
    }
    CHECK(stillness.assess(Newtons{8.0}, Measure::sum).reading);
    CHECK_FALSE(stillness.assess(Newtons{8.0}, Measure::corners).reading);
}
