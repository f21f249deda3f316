// Sway: noise of the measured spectrum comes out of the whitening filter as independent unit values.
#include "daemon/motion/sway.hpp"

#include <rapidcheck.h>

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "daemon/motion/grid.hpp"

using namespace heeldrop::motion;

namespace {

/// Quiet stance, N rms in 0.5-1-2-4-8-12-20 Hz at 75 kg as measured on people; the lowest band goes on down to 0.
/// With the noise of eight cells of 0.25 N under it, to 40 Hz. Means over bins, as a sum of waves of random size, of
/// unit variance together.
class StanceNoise {
 public:
    StanceNoise(const std::array<double, 6>& rms, double bin, std::size_t bins) : bin_(bin), bins_(bins) {
        constexpr std::array<double, 7> edges{0.5, 1, 2, 4, 8, 12, 20};
        for (std::size_t i = 0; i < rms.size(); ++i)
            band(i == 0 ? 0.0 : edges[i], edges[i + 1], rms[i] * rms[i] / (edges[i + 1] - edges[i]));
        band(0.0, 40.0, 8 * 0.25 * 0.25 / 40.0);
    }
    std::vector<double> draw(std::mt19937_64& random) const {
        std::normal_distribution<> normal;
        std::vector<double> out(bins_);
        for (const auto& wave : waves_) {
            const double size = normal(random) / std::sqrt(power_);
            for (std::size_t k = 0; k < bins_; ++k)
                out[k] += size * wave[k];
        }
        return out;
    }

 private:
    void band(double from, double to, double density) {
        constexpr double step_hz = 0.1;
        for (double f = from + 0.5 * step_hz; f < to; f += step_hz) {
            const double x = std::numbers::pi * f * bin_;
            const double sd = std::sqrt(density * step_hz) * std::sin(x) / x;  // a wave's mean over a bin
            power_ += sd * sd;
            auto& cosine = waves_.emplace_back(bins_);
            for (std::size_t k = 0; k < bins_; ++k)
                cosine[k] = sd * std::cos(2 * std::numbers::pi * f * static_cast<double>(k) * bin_);
            auto& sine = waves_.emplace_back(bins_);
            for (std::size_t k = 0; k < bins_; ++k)
                sine[k] = sd * std::sin(2 * std::numbers::pi * f * static_cast<double>(k) * bin_);
        }
    }
    double bin_;
    std::size_t bins_;
    std::vector<std::vector<double>> waves_;
    double power_ = 0;
};

std::vector<double> any_values(std::size_t n) {
    std::vector<double> out(n);
    for (double& x : out)
        x = *rc::gen::inRange(-1000000, 1000001) / 1e4;
    return out;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

constexpr Stance stances[] = {Stance::one_leg, Stance::two_legs, Stance::one_leg_unsteady};

}  // namespace

TEST_CASE("whitened sway has unit variance and no memory from its first value on") {
    constexpr std::array<double, 6> one_leg{0.4, 0.7, 2.4, 3.7, 1.0, 0.6}, two_legs{0.04, 0.15, 0.27, 0.68, 0.13, 0.10};
    constexpr std::size_t bins = 40, records = 2000;
    for (const auto& [stance, rms] : {std::pair{Stance::one_leg, one_leg}, std::pair{Stance::two_legs, two_legs}}) {
        for (const double bin : {bin_seconds, coarse_bin}) {
            std::mt19937_64 random(7);
            const StanceNoise noise(rms, bin, bins);
            std::vector<double> variance(bins), lagged(bins);  // lagged[j]: mean product of values j apart
            std::vector<double> out(bins);
            for (std::size_t r = 0; r < records; ++r) {
                Sway::of(stance, bin).whiten(noise.draw(random), out);
                for (std::size_t k = 0; k < bins; ++k) {
                    variance[k] += out[k] * out[k] / records;
                    for (std::size_t j = 1; j <= k; ++j)
                        lagged[j] += out[k] * out[k - j] / static_cast<double>(records * (bins - j));
                }
            }
            for (std::size_t k = 0; k < bins; ++k) {
                INFO("value " << k);
                CHECK(variance[k] == Approx(1.0).margin(0.15));
            }
            for (std::size_t j = 1; j < 30; ++j) {
                INFO("values " << j << " apart");
                CHECK(lagged[j] == Approx(0.0).margin(0.1));
            }
        }
    }
}

TEST_CASE("whitening backwards is the transpose of whitening") {
    CHECK(rc::check([] {
        const Sway& sway = Sway::of(*rc::gen::elementOf(std::vector<Stance>(std::begin(stances), std::end(stances))),
                                    *rc::gen::element(bin_seconds, coarse_bin));
        const auto n = *rc::gen::inRange<std::size_t>(0, 120);
        const auto x = any_values(n), y = any_values(n);
        std::vector<double> wx(n), wty(n, 123.0);
        sway.whiten(x, wx);
        sway.whiten_transposed(y, wty);
        const double scale = std::sqrt(dot(wx, wx) * dot(y, y)) + 1e-9;
        RC_ASSERT(std::abs(dot(wx, y) - dot(x, wty)) < 1e-9 * scale);
    }));
}

TEST_CASE("the log volume is that of the filter itself") {
    constexpr std::size_t n = 25;
    for (const Stance stance : stances) {
        const Sway& sway = Sway::of(stance, bin_seconds);
        double log_of_diagonal = 0;  // of a lower triangular map: its determinant
        for (std::size_t k = 0; k < n; ++k) {
            std::vector<double> unit(n), out(n);
            unit[k] = 1;
            sway.whiten(unit, out);
            for (std::size_t j = 0; j < k; ++j)
                CHECK(out[j] == 0.0);
            log_of_diagonal += std::log(out[k]);
        }
        CHECK(sway.log_volume(n) == Approx(log_of_diagonal));
    }
}
