// Cells and converters against the measured table, and the way back from counts to forces.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "firmware-protocol/virtual-plate/load_source.hpp"

using namespace heeldrop;
using namespace heeldrop::virtual_plate;

namespace {

Disturbances only(bool Disturbances::*one) {
    auto d = Disturbances::none();
    d.*one = true;
    return d;
}

double newtons(const CellCounts& counts) {
    double sum = 0.0;
    for (const auto c : counts)
        sum += c / nominal_gain.value;
    return sum;
}

}  // namespace

TEST_CASE("without disturbances the counts tell force and centre of pressure", "[electronics]") {
    Electronics plain(Converter::hx711, Disturbances::none(), 1);
    for (const double y : {-100.0, -12.5, 0.0, 40.0, 120.0}) {
        const Load load{{312.5, 11.0, y}, {801.0, -20.0, -y}};
        const auto counts = plain.convert(Seconds{0.0}, cells_under(load));
        double force[2] = {}, moment_x[2] = {}, moment_y[2] = {};
        for (std::size_t i = 0; i < cell_count; ++i) {
            const double n = counts[i] / nominal_gain.value;
            force[i / 4] += n;
            moment_x[i / 4] += n * corner_x_mm[i % 4];
            moment_y[i / 4] += n * corner_y_mm[i % 4];
        }
        CHECK(force[0] == Approx(312.5).margin(0.001));
        CHECK(force[1] == Approx(801.0).margin(0.001));
        CHECK(moment_x[0] / force[0] == Approx(11.0).margin(0.01));
        CHECK(moment_y[0] / force[0] == Approx(y).margin(0.01));
        CHECK(moment_y[1] / force[1] == Approx(-y).margin(0.01));
    }
}

TEST_CASE("a count stops at 24 bits", "[electronics]") {
    Electronics plain(Converter::hx711, Disturbances::none(), 1);
    CellForces forces{};
    forces[0] = Newtons{5000.0};
    forces[1] = Newtons{-5000.0};
    const auto counts = plain.convert(Seconds{0.0}, forces);
    CHECK(counts[0] == 0x7FFFFF);
    CHECK(counts[1] == -0x800000);
}

TEST_CASE("a cell's noise is 0.19-0.29 N", "[electronics]") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        Electronics noisy(Converter::hx711, only(&Disturbances::noise), seed);
        std::vector<double> sum(cell_count), squares(cell_count);
        const int n = 4000;
        for (int k = 0; k < n; ++k) {
            const auto counts = noisy.convert(Seconds{k * 0.0125}, {});
            for (std::size_t i = 0; i < cell_count; ++i) {
                const double x = counts[i] / nominal_gain.value;
                sum[i] += x / n;
                squares[i] += x * x / n;
            }
        }
        for (std::size_t i = 0; i < cell_count; ++i) {
            const double sd = std::sqrt(squares[i] - sum[i] * sum[i]);
            CHECK(sd > 0.18);
            CHECK(sd < 0.31);
        }
    }
}

TEST_CASE("gains are off by tenths of a percent and zeros are not zero", "[electronics]") {
    Electronics gains(Converter::hx711, only(&Disturbances::gain), 3),
        zeros(Converter::hx711, only(&Disturbances::zero), 3);
    const Load load{{400.0, 0.0, 0.0}, {400.0, 0.0, 0.0}};
    const double part = newtons(gains.convert(Seconds{0.0}, cells_under(load))) / 800.0 - 1.0;
    CHECK(std::abs(part) > 1e-5);
    CHECK(std::abs(part) < 0.01);
    const auto empty = zeros.convert(Seconds{0.0}, {});
    CHECK(std::any_of(empty.begin(), empty.end(), [](auto c) { return std::abs(c) > nominal_gain.value; }));
}

TEST_CASE("a loaded plate creeps 3-12 N/min, an empty one drifts by half a newton", "[electronics]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Electronics loaded(Converter::hx711, only(&Disturbances::drift), seed),
            empty(Converter::hx711, only(&Disturbances::drift), seed);
        const auto stand = cells_under({{367.5, 0.0, 0.0}, {367.5, 0.0, 0.0}});
        const double before = newtons(loaded.convert(Seconds{0.0}, stand));
        double after = 0.0, idle = 0.0;
        for (double t = 0.1; t <= 60.0; t += 0.1) {
            after = newtons(loaded.convert(Seconds{t}, stand));
            idle = newtons(empty.convert(Seconds{t}, {}));
        }
        CHECK(after - before < -2.5);
        CHECK(after - before > -13.5);
        CHECK(idle < -0.3);
        CHECK(idle > -1.8);  // both pads
    }
}

TEST_CASE("corners shift diagonally by some newtons in a session, unseen by the sum", "[electronics]") {
    Electronics e(Converter::hx711, only(&Disturbances::corner), 7);
    const auto stand = cells_under({{400.0, 0.0, 0.0}, {400.0, 0.0, 0.0}});
    CellCounts counts{};
    for (double t = 0.0; t <= 108.0; t += 0.1)
        counts = e.convert(Seconds{t}, stand);
    counts = e.convert(Seconds{108.1}, {});
    for (const std::size_t pad : {0u, 4u}) {
        const auto corner = [&](std::size_t i) { return counts[pad + i] / nominal_gain.value; };
        CHECK(std::abs(corner(0)) > 0.7);
        CHECK(std::abs(corner(0)) < 3.0);
        CHECK(corner(0) * corner(3) > 0.0);
        CHECK(corner(0) * corner(1) < 0.0);
        CHECK(corner(0) + corner(1) + corner(2) + corner(3) == Approx(0.0).margin(0.4));
    }
}

TEST_CASE("the HX711's clock is uneven: 61-66 samples/s, 1 % later than 30 ms, never 300 ms", "[electronics]") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        SampleClock clock(Converter::hx711, Hertz{80.0}, true, seed);
        std::vector<double> intervals;
        double last = clock.next().value;
        CHECK(last == 0.0);
        for (int i = 0; i < 200000; ++i) {
            const double t = clock.next().value;
            intervals.push_back(t - last);
            last = t;
        }
        CHECK(200000 / last > 61.0);
        CHECK(200000 / last < 66.5);
        std::sort(intervals.begin(), intervals.end());
        CHECK(intervals.front() > 0.010);
        CHECK(intervals[100000] == Approx(0.0125).margin(0.001));
        CHECK(intervals[198000] > 0.030);
        CHECK(intervals[198000] < 0.040);
        CHECK(intervals.back() > 0.1);
        CHECK(intervals.back() < 0.31);
    }
}

TEST_CASE("the ADS131M08's clock is even", "[electronics]") {
    SampleClock clock(Converter::ads131m08, Hertz{1000.0}, true, 1);
    for (int i = 0; i < 5000; ++i)
        REQUIRE(clock.next().value == Approx(i * 0.001).margin(1e-9));
}
