// Wrong values that nothing flags: left out where only a converter makes them, kept where a body may.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/daemon/motion/grid_bins.hpp"

using namespace heeldrop;
using namespace heeldrop::binned;
using motion::Bin;
using motion::bin_seconds;
using motion::ForceSample;

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
