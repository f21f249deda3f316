// Bins from samples: force x time is kept whatever the sampling, lone wrong values are bridged, holes are said.
#include "daemon/motion/grid.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/daemon/motion/generators.hpp"

using namespace heeldrop;
using motion::Bin;
using motion::bin_seconds;
using motion::ForceSample;
using motion::Grid;

namespace {

ForceSample sample(double t, double left, double right) {
    return {Seconds{t}, Newtons{left}, Newtons{right}, Millimetres{0}, Millimetres{0}, false, false};
}

/// An even 100/s signal whose pads carry different, slowly changing loads.
std::vector<ForceSample> even(double seconds) {
    std::vector<ForceSample> out;
    for (int i = 0; i <= static_cast<int>(100 * seconds); ++i) {
        const double t = 0.01 * i;
        out.push_back(sample(t, 400 + 30 * std::sin(2 * t), 350 + 20 * std::cos(3 * t)));
    }
    return out;
}

std::vector<Bin> bins_of(const std::vector<ForceSample>& samples) {
    Grid grid;
    std::vector<Bin> bins;
    for (const auto& s : samples)
        grid.push(s, bins);
    grid.finish(bins);
    return bins;
}

/// The largest difference of two bins' forces; infinite where their number differs.
double apart(const std::vector<Bin>& a, const std::vector<Bin>& b) {
    if (a.size() != b.size())
        return std::numeric_limits<double>::infinity();
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max({most, std::abs(a[i].left - b[i].left), std::abs(a[i].right - b[i].right)});
    return most;
}

/// The integral from the first sample to `until` of the straight lines from sample to sample.
double impulse(const std::vector<ForceSample>& samples, Newtons ForceSample::*pad, double until) {
    double sum = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const double from = samples[i - 1].t.value, to = samples[i].t.value;
        if (from >= until)
            break;
        const double a = (samples[i - 1].*pad).value, b = (samples[i].*pad).value;
        const double end = std::min(to, until);
        sum += (end - from) * (a + 0.5 * (b - a) * (end - from) / (to - from));
    }
    return sum;
}

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

TEST_CASE("a lone spike is as if it had not been measured") {
    CHECK(rc::check([] {
        auto samples = even(2);
        const auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(2, samples.size() - 2));
        auto without = samples;
        without.erase(without.begin() + at);
        const double size = *rc::gen::element(150.0, 900.0, 1e5) * (*rc::gen::arbitrary<bool>() ? 1 : -1);
        auto& pad = *rc::gen::arbitrary<bool>() ? samples[static_cast<std::size_t>(at)].left
                                                : samples[static_cast<std::size_t>(at)].right;
        pad += Newtons{size};
        const auto bins = bins_of(samples);
        RC_ASSERT(apart(bins, bins_of(without)) < 1e-6);
        RC_ASSERT(std::all_of(bins.begin(), bins.end(), [](const Bin& b) { return b.usable(); }));
    }));
}

TEST_CASE("a few bad samples of one pad in a row are bridged at a slow converter's rate, also while the load shifts") {
    for (const bool shifting : {false, true}) {
        std::vector<ForceSample> samples;
        for (int i = 0; i <= 126; ++i) {
            const double t = i / 63.0, left = shifting && t > 0.5 ? std::max(0.0, 750 - 900 * (t - 0.5)) : 400;
            samples.push_back(sample(t, left, 750 - left));
        }
        auto without = samples;
        without.erase(without.begin() + 63, without.begin() + (shifting ? 64 : 65));
        for (std::size_t i = 63; i < (shifting ? 64 : 65); ++i)
            samples[i].right += Newtons{120};
        const auto bins = bins_of(samples);
        INFO("shifting " << shifting);
        CHECK(apart(bins, bins_of(without)) < 1e-6);
    }
}

TEST_CASE("a few bad samples of one pad need not be alike, to one side or to and fro, also while the load shifts") {
    struct {
        double rate;
        std::vector<double> off;
    } const cases[] = {{80, {400, 240}},  {80, {-1400, 1400}}, {80, {240, 400}},       {62, {900, 500}},
                       {62, {300, -200}}, {40, {300, -300}},   {200, {400, 250, 300}}, {1000, {-150, -120, 300}}};
    for (const auto& [rate, off] : cases) {
        for (const bool shifting : {false, true}) {
            std::vector<ForceSample> samples;
            for (int i = 0; i <= static_cast<int>(2 * rate); ++i) {
                const double t = i / rate;
                const double left = shifting ? std::clamp(600 - 1500 * (t - 0.9), 0.0, 600.0) : 400;
                samples.push_back(sample(t, left, 750 - left));
            }
            const auto at = static_cast<std::ptrdiff_t>(rate);
            auto without = samples;
            without.erase(without.begin() + at, without.begin() + at + static_cast<std::ptrdiff_t>(off.size()));
            for (std::size_t k = 0; k < off.size(); ++k)
                samples[static_cast<std::size_t>(at) + k].right += Newtons{off[k]};
            INFO("at " << rate << "/s, first " << off.front() << ", shifting " << shifting);
            CHECK(apart(bins_of(samples), bins_of(without)) < 1e-6);
        }
    }
}

TEST_CASE("a landing on one foot after a fall is no run of bad samples") {
    // A third of the body's weight while falling, a peak 80 ms wide, and what rings on.
    const auto landing = [](double t) {
        if (t < 0.5)
            return 700.0;
        if (t < 0.62)
            return 250.0;
        if (t < 0.70)
            return 250.0 + 330.0 * (t - 0.62) / 0.08 + 1300.0 * std::sin(3.14159 * (t - 0.62) / 0.08);
        return 700.0 - 120.0 * std::exp(-(t - 0.70) / 0.03) * std::cos(30 * (t - 0.70));
    };
    for (const double rate : {62.0, 80.0, 200.0, 1000.0, 2000.0}) {
        std::vector<ForceSample> samples;
        for (int i = 0; i <= static_cast<int>(1.5 * rate); ++i)
            samples.push_back(sample(i / rate, 0, landing(i / rate)));
        const auto bins = bins_of(samples);
        double right = 0;
        for (const Bin& b : bins)
            right += b.right * bin_seconds;
        INFO("at " << rate << "/s");
        CHECK(right == Approx(impulse(samples, &ForceSample::right, static_cast<double>(bins.size()) * bin_seconds))
                           .epsilon(1e-9));
    }
}

TEST_CASE(
    "a landing seen in one sample is kept after the fall whose momentum it gives back, and is a spike without it") {
    // 0.2 m/s lost within four samples of 63 a second, constant speed, then all of it back in one.
    std::vector<ForceSample> fall, quiet;
    for (int i = 0; i < 300; ++i) {
        const double t = i / 63.0, push = i >= 200 && i < 204 ? -225.0 : i == 220 ? 800.0 : 0.0;
        fall.push_back(sample(t, 5, 730 + push));
        quiet.push_back(sample(t, 5, 730 + std::max(0.0, push)));
    }
    const auto highest = [](const std::vector<Bin>& bins) {
        double most = 0;
        for (const Bin& b : bins)
            most = std::max(most, b.right);
        return most;
    };
    CHECK(highest(bins_of(fall)) > 1100);
    CHECK(highest(bins_of(quiet)) < 731);
    // What is left out may be a body's after all: it is said how far off the bins may be, and only there.
    double unseen = 0;
    for (const Bin& b : bins_of(quiet)) {
        unseen += b.unseen * b.unseen * bin_seconds * bin_seconds;
        if (std::abs(b.start - 220 / 63.0) > 0.05)
            CHECK(b.unseen == 0);
    }
    CHECK(std::sqrt(unseen) == Approx(800 / 63.0).epsilon(0.3));
}

TEST_CASE("a lone spike soon after a rise is no landing: who has braked a rise does not fall") {
    // It was kept, as the braking alone lay within the time that a fall may take, and made a rep of nothing.
    for (const double after : {0.5, 0.8, 1.1}) {
        INFO(after << " s after the rise");
        std::vector<ForceSample> samples;
        for (int i = 0; i < 250 * 8; ++i) {
            const double t = i / 250.0, in_rise = t - 5.0;
            const double push = in_rise > 0.0 && in_rise < 0.6 ? 220.0 * std::sin(6.2832 * in_rise / 0.6) : 0.0;
            samples.push_back(sample(t, 430, 400 + push));
        }
        samples[static_cast<std::size_t>(250 * (5.6 + after))].right = Newtons{3600};
        double most = 0.0;
        for (const Bin& b : bins_of(samples))
            most = std::max(most, b.start > 5.5 ? b.right : 0.0);
        CHECK(most < 410.0);
    }
}

TEST_CASE("a landing of one sample is kept however soon after the one before") {
    // The push of the last landing was reckoned against the fall: falls every 2.9 s lost theirs.
    for (const double every : {2.6, 2.8, 2.9, 3.0, 3.4}) {
        INFO("every " << every << " s");
        std::vector<ForceSample> samples;
        for (int i = 0; i < 63 * 24; ++i) {
            const double t = i / 63.0, in_fall = std::fmod(t - 6.0, every);
            const int k = static_cast<int>(std::floor(in_fall * 63.0));
            const double push = t < 6.0 ? 0.0 : k >= 10 && k < 14 ? -225.0 : k == 30 ? 800.0 : 0.0;
            samples.push_back(sample(t, 5, 730 + push));
        }
        int landings = 0;
        bool high = false;
        for (const Bin& b : bins_of(samples)) {
            landings += b.right > 1050.0 && !high;
            high = b.right > 1050.0;
        }
        CHECK(landings == static_cast<int>((24.0 - 6.0 - 31.0 / 63.0) / every) + 1);
    }
}

TEST_CASE("a spike of one pad and then one of the other are two, and so they are within a few milliseconds") {
    for (const double second : {1800.0, -1000.0}) {
        std::vector<ForceSample> samples;
        for (int i = 0; i < 250 * 4; ++i)
            samples.push_back(sample(i / 250.0, 425, 410));
        samples[500].right = Newtons{1400};
        samples[501].left = Newtons{second};
        for (const Bin& b : bins_of(samples)) {
            CHECK(b.left == Approx(425.0));
            CHECK(b.right == Approx(410.0));
        }
    }
}

TEST_CASE("what both pads feel for as long is a body's") {
    std::vector<ForceSample> samples;
    for (int i = 0; i <= 126; ++i)
        samples.push_back(sample(i / 63.0, i == 63 || i == 64 ? 520 : 400, i == 63 || i == 64 ? 470 : 350));
    const auto bins = bins_of(samples);
    CHECK(bins[50].left > 480);
}

TEST_CASE("a load that comes and stays is no spike") {
    auto samples = even(2);
    for (std::size_t i = 100; i < samples.size(); ++i)
        samples[i].left += Newtons{500};
    const auto bins = bins_of(samples);
    CHECK(bins[40].left < 450);
    CHECK(bins[60].left > 850);
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
