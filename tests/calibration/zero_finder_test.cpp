// When a plate is taken for empty, and what its zero is.
#include "calibration/lib/zero_finder.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <random>

#include "tests/calibration/reference_plate.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using test::reading;

namespace {

using Loads = std::array<double, max_cells>;

/// Every outcome of one finder over the given seconds, `collecting` left out.
std::vector<ZeroAttempt> outcomes(ZeroFinder& finder, double from, double to, double rate,
                                  const std::function<Reading(double)>& read) {
    std::vector<ZeroAttempt> list;
    for (double t = from; t < to; t += 1.0 / rate)
        if (const auto a = finder.push(Seconds{t}, read(t)); a != ZeroAttempt::collecting)
            list.push_back(a);
    return list;
}

std::function<Reading(double)> noisy(Loads mean, double sd, unsigned seed) {
    return [=, random = std::mt19937(seed)](double) mutable {
        std::normal_distribution<double> noise(0, sd);
        Loads loads = mean;
        for (double& l : loads)
            l += noise(random);
        return reading(loads);
    };
}

}  // namespace

TEST_CASE("an empty plate with a cell's noise is zeroed after a second, each corner by its own mean") {
    const double rate = GENERATE(64.0, 80.0, 1000.0);
    ZeroFinder finder(test::reference_cells());
    const auto got = outcomes(finder, 0, 1.1, rate, noisy({1, -2, 3, 0, 0, 5, -4, 2}, 0.25, 3));
    CHECK(got == std::vector{ZeroAttempt::found});
    const Reading expected = reading({1, -2, 3, 0, 0, 5, -4, 2});
    for (std::size_t c = 0; c < max_cells; ++c)
        CHECK((*finder.zero())[c].value == Approx(expected.counts[c]).margin(0.15 * 2000));
}

TEST_CASE("a plate on which somebody sways is not zeroed, however light they are") {
    ZeroFinder finder(test::reference_cells());
    const auto got = outcomes(finder, 0, 5.1, 80, [](double t) {
        const double sway = 1.5 * std::sin(2 * 3.14159 * 0.8 * t);  // 3 % of 50 N on each corner, as CoP moves by 4 mm
        return reading({50 + sway, 50 + sway, 50 - sway, 50 - sway, 50, 50, 50, 50});
    });
    CHECK(got == std::vector(5, ZeroAttempt::unsteady));
    CHECK_FALSE(finder.zero());
}

TEST_CASE("a still weight is not zeroed away once the plate knows its zero, and the zero returns when it is gone") {
    ZeroFinder finder(test::reference_cells());
    outcomes(finder, 0, 1.1, 80, noisy({}, 0.2, 1));
    REQUIRE(finder.zero());
    const Zero before = *finder.zero();
    finder.restart();
    CHECK(outcomes(finder, 1.1, 4.2, 80, noisy({25, 25, 25, 25, 0, 0, 0, 0}, 0.2, 2)) ==
          std::vector(3, ZeroAttempt::loaded));
    CHECK(*finder.zero() == before);
    finder.restart();
    CHECK(outcomes(finder, 4.2, 5.3, 80, noisy({}, 0.2, 3)) == std::vector{ZeroAttempt::found});
}

TEST_CASE("a zero taken with something on the plate heals when it is taken off") {
    ZeroFinder finder(test::reference_cells());
    REQUIRE(outcomes(finder, 0, 1.1, 80, noisy({25, 25, 25, 25, 0, 0, 0, 0}, 0.2, 2)) ==
            std::vector{ZeroAttempt::found});
    finder.restart();
    CHECK(outcomes(finder, 1.1, 2.2, 80, noisy({}, 0.2, 3)) == std::vector{ZeroAttempt::found});
    CHECK((*finder.zero())[1].value == Approx(reading({}).counts[1]).margin(200));
}

TEST_CASE("with no zero before, a corner far from its electrical zero is loaded") {
    ZeroFinder finder(test::reference_cells());
    CHECK(outcomes(finder, 0, 1.1, 80, noisy({0, 0, 0, 0, 0, 0, 0, 260}, 0.2, 4)) == std::vector{ZeroAttempt::loaded});
}

TEST_CASE("marked and saturated samples are left out, too many of them give no zero") {
    ZeroFinder finder(test::reference_cells());
    const int every = GENERATE(2, 50);
    int n = 0;
    auto read = noisy({}, 0.2, 5);
    const auto got = outcomes(finder, 0, 1.1, 80, [&](double t) {
        Reading r = read(t);
        if (++n % every == 0) {
            r.counts[3] = n % 4 == 0 ? count_max : 5'000'000;
            r.faults = n % 4 == 0 ? 0 : 1u << 3;
        }
        return r;
    });
    CHECK(got == std::vector{every == 2 ? ZeroAttempt::invalid : ZeroAttempt::found});
}

TEST_CASE("a pause in the samples begins the second again") {
    ZeroFinder finder(test::reference_cells());
    auto read = noisy({}, 0.2, 6);
    CHECK(outcomes(finder, 0, 0.8, 80, read).empty());
    CHECK(outcomes(finder, 1.5, 2.4, 80, read).empty());
    CHECK(outcomes(finder, 2.4, 2.6, 80, read) == std::vector{ZeroAttempt::found});
}
