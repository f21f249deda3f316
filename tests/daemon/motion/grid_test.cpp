// Bins from samples: force x time is kept whatever the sampling, faulty samples are bridged, holes are said.
#include "daemon/motion/grid.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/daemon/motion/generators.hpp"
#include "tests/daemon/motion/grid_bins.hpp"

using namespace heeldrop;
using namespace heeldrop::binned;
using motion::Bin;
using motion::bin_seconds;
using motion::ForceSample;
using motion::Grid;

namespace {

/// Any sampling without gaps, any force that a body can make: steps of less than a spike.
std::vector<ForceSample> any_samples(double origin) {
    std::vector<ForceSample> out;
    double t = origin, left = within(0, 1000), right = within(0, 1000);
    const int n = *rc::gen::inRange(2, 200);
    for (int i = 0; i < n; ++i) {
        out.push_back(sample(t, left, right));
        t += *rc::gen::arbitrary<bool>() ? within(0.0005, 0.02) : within(0.0005, 0.34);
        left += within(-75, 75);
        right += within(-75, 75);
    }
    return out;
}

}  // namespace

TEST_CASE("force x time is kept for any uneven sampling") {
    CHECK(rc::check([] {
        const double origin = *rc::gen::element(0.0, 0.007, 1234.5);
        const auto samples = any_samples(origin);
        const auto bins = bins_of(samples);
        const double length = samples.back().t.value - origin;
        RC_ASSERT(std::abs(static_cast<double>(bins.size()) - length / bin_seconds) < 1.001);
        double left = 0, right = 0;
        for (const Bin& b : bins) {
            left += b.left * bin_seconds;
            right += b.right * bin_seconds;
            RC_ASSERT(b.usable());
        }
        const double until = origin + static_cast<double>(bins.size()) * bin_seconds;
        const double scale = 1e-6 * (1.0 + length) * 1000;
        RC_ASSERT(std::abs(left - impulse(samples, &ForceSample::left, until)) < scale);
        RC_ASSERT(std::abs(right - impulse(samples, &ForceSample::right, until)) < scale);
    }));
}

TEST_CASE("one force curve gives the same bins at 80 and at 1000 samples a second") {
    const auto curve = [](double rate) {
        std::vector<ForceSample> out;
        for (int i = 0; i <= static_cast<int>(5 * rate); ++i) {
            const double t = i / rate;
            out.push_back(sample(t, 300 + 40 * std::sin(2 * t), 310));
        }
        return bins_of(out);
    };
    const auto slow = curve(80), fast = curve(1000);
    REQUIRE(slow.size() == Approx(fast.size()).margin(1));
    for (std::size_t i = 0; i < std::min(slow.size(), fast.size()); ++i)
        CHECK(slow[i].left == Approx(fast[i].left).margin(0.05));
}

TEST_CASE("samples may come one by one or all at once") {
    const auto samples = even(3);
    Grid grid;
    std::vector<Bin> one_by_one;
    for (const auto& s : samples) {
        std::vector<Bin> completed;
        grid.push(s, completed);
        one_by_one.insert(one_by_one.end(), completed.begin(), completed.end());
    }
    grid.finish(one_by_one);
    CHECK(apart(one_by_one, bins_of(samples)) == 0.0);
}

TEST_CASE("a flagged sample is bridged whatever its force and marks nothing") {
    auto samples = even(2);
    auto without = samples;
    without.erase(without.begin() + 77);
    samples[77].right_fault = true;
    samples[77].right = Newtons{std::numeric_limits<double>::quiet_NaN()};
    const auto bins = bins_of(samples);
    CHECK(apart(bins, bins_of(without)) < 1e-6);
    CHECK(std::all_of(bins.begin(), bins.end(), [](const Bin& b) { return b.usable(); }));
}

TEST_CASE("flagged samples for longer than a bridge are marked as saturated there and only there") {
    auto samples = even(4);
    for (std::size_t i = 150; i < 200; ++i)
        samples[i].left_fault = true;
    const auto bins = bins_of(samples);
    for (std::size_t i = 0; i < bins.size(); ++i) {
        const double t = static_cast<double>(i) * bin_seconds;
        INFO("at " << t);
        if (t > 1.501 && t < 1.979)
            CHECK(bins[i].saturated);
        if (t < 1.469 || t > 2.001)
            CHECK(bins[i].usable());
        CHECK_FALSE(bins[i].gap);
    }
}

TEST_CASE("faulty samples are told although no good one ever follows, also from the first on") {
    for (const std::size_t first : {0, 100}) {
        auto samples = even(4);
        for (std::size_t i = first; i < samples.size(); ++i) {
            samples[i].right_fault = true;
            samples[i].right = Newtons{std::numeric_limits<double>::quiet_NaN()};
        }
        Grid grid;
        std::vector<Bin> bins;
        for (const auto& s : samples)
            grid.push(s, bins);
        const double good = first == 0 ? 0.0 : samples[first - 1].t.value;
        INFO("faulty from sample " << first << " on");
        CHECK(bins.size() >= 198);  // and not only at the end
        for (const Bin& b : bins) {
            CHECK(b.saturated == (b.start + bin_seconds > good + 1e-6));
            CHECK(std::isfinite(b.total()));
        }
    }
}

TEST_CASE("faulty samples that end the record are told, if they are longer than a bridge") {
    for (const std::size_t last : {5, 30}) {
        auto samples = even(2);
        for (std::size_t i = samples.size() - last; i < samples.size(); ++i)
            samples[i].left_fault = true;
        CHECK(bins_of(samples).back().saturated == (last == 30));
    }
}

TEST_CASE("a good load after a long fault is taken as it comes") {
    auto samples = even(4);
    for (std::size_t i = 100; i < 300; ++i)
        samples[i].left_fault = samples[i].right_fault = true;
    for (std::size_t i = 300; i < samples.size(); ++i)
        samples[i].left = samples[i].right = Newtons{0};
    const auto bins = bins_of(samples);
    for (const Bin& b : bins) {
        INFO("at " << b.start);
        if (b.start > 1.0 && b.start + bin_seconds < 2.999)
            CHECK(b.saturated);
        if (b.start > 3.001) {
            CHECK(b.usable());
            CHECK(b.total() == Approx(0.0).margin(1e-9));
        }
    }
}

TEST_CASE("a hole of more than 0.35 s is a gap there and only there") {
    for (const double hole : {0.36, 0.5, 3.0}) {
        auto samples = even(6);
        samples.erase(
            std::remove_if(samples.begin(), samples.end(),
                           [&](const ForceSample& s) { return s.t.value > 2.0001 && s.t.value < 2.0 + hole - 0.0001; }),
            samples.end());
        const auto bins = bins_of(samples);
        for (std::size_t i = 0; i < bins.size(); ++i) {
            const double t = static_cast<double>(i) * bin_seconds;
            INFO("hole " << hole << " at " << t);
            if (t > 2.001 && t + bin_seconds < 2.0 + hole - 0.001)
                CHECK(bins[i].gap);
            if (t + bin_seconds < 1.999 || t > 2.001 + hole)
                CHECK(bins[i].usable());
            CHECK_FALSE(bins[i].saturated);
        }
    }
}

TEST_CASE("the longest hole of an HX711 is no gap") {
    auto samples = even(4);
    samples.erase(samples.begin() + 101, samples.begin() + 131);
    const auto bins = bins_of(samples);
    CHECK(std::all_of(bins.begin(), bins.end(), [](const Bin& b) { return b.usable(); }));
}

TEST_CASE("a time that does not increase and a force that is no number are refused") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    const ForceSample wrong[] = {sample(1.0, 1, 1), sample(0.5, 1, 1),    sample(nan, 1, 1),
                                 sample(inf, 1, 1), sample(1.01, nan, 1), sample(1.01, 1, inf)};
    for (const auto& s : wrong) {
        Grid grid;
        std::vector<Bin> bins;
        grid.push(sample(1.0, 1, 1), bins);
        CHECK_THROWS_AS(grid.push(s, bins), std::invalid_argument);
    }
    auto first = sample(nan, 1, 1);
    Grid grid;
    std::vector<Bin> bins;
    CHECK_THROWS_AS(grid.push(first, bins), std::invalid_argument);
}

TEST_CASE("where the centre of pressure is unknown it stays unknown and the force does not care") {
    auto samples = even(1);
    for (std::size_t i = 50; i < samples.size(); ++i)
        samples[i].left_cop_y = Millimetres{std::numeric_limits<double>::quiet_NaN()};
    const auto bins = bins_of(samples);
    CHECK(bins[10].left_cop == Approx(0.0).margin(1e-9));
    CHECK(std::isnan(bins[40].left_cop));
    CHECK(bins[40].right_cop == Approx(0.0).margin(1e-9));
    CHECK(std::isfinite(bins[40].left));
}
