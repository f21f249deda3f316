#include "daemon/motion/sway.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>
#include <utility>
#include <vector>

#include "daemon/motion/grid.hpp"

namespace heeldrop::motion {
namespace {

constexpr std::array<double, 7> band_edges_hz{0.5, 1, 2, 4, 8, 12, 20};
// N rms in each band, for a body of about 75 kg (domain.md section 2).
constexpr std::array<double, 6> one_leg_rms{0.4, 0.7, 2.4, 3.7, 1.0, 0.6};
constexpr std::array<double, 6> two_leg_rms{0.04, 0.15, 0.27, 0.68, 0.13, 0.10};
// Eight HX711 cells of 0.25 N rms each, white to 40 Hz.
constexpr double converter_density = 8 * 0.25 * 0.25 / 40.0;
// Below the lowest measured band the density falls with the fourth power, as the body's height is bounded and force is
// its second derivative, but not below this part: breathing goes on.
constexpr double breathing_part = 0.2;

double density(Stance stance, double hz) {
    const auto& rms = stance == Stance::one_leg ? one_leg_rms : two_leg_rms;
    double n2_per_hz = converter_density;
    if (hz < band_edges_hz[0]) {
        const double lowest = rms[0] * rms[0] / (band_edges_hz[1] - band_edges_hz[0]);
        return n2_per_hz + lowest * std::max(breathing_part, std::pow(hz / band_edges_hz[0], 4));
    }
    for (std::size_t b = 0; b < rms.size(); ++b)
        if (hz >= band_edges_hz[b] && hz < band_edges_hz[b + 1])
            n2_per_hz += rms[b] * rms[b] / (band_edges_hz[b + 1] - band_edges_hz[b]);
    return n2_per_hz;
}

/// Averaging over a bin leaves sin(x)^2 / x^2 of each frequency, x = pi f bin.
std::vector<double> covariance(Stance stance, double bin, std::size_t lags) {
    std::vector<double> r(lags, 0.0);
    constexpr double step_hz = 0.01, highest_hz = 40.0;
    constexpr int at_once = 8;
    using Frequencies = Eigen::Array<double, at_once, 1>;
    for (double lowest = 0.5 * step_hz; lowest < highest_hz; lowest += at_once * step_hz) {
        const Frequencies hz = lowest + step_hz * Frequencies::LinSpaced(0.0, at_once - 1.0);
        const Frequencies x = std::numbers::pi * bin * hz;
        const Frequencies power =
            hz.unaryExpr([&](double f) { return density(stance, f); }) * step_hz * (x.sin() / x).square();
        // cos(k a) for k = 0, 1, 2, .. by its recurrence.
        const Frequencies twice_cos = 2.0 * (2.0 * x).cos();
        Frequencies before = 0.5 * twice_cos, now = Frequencies::Ones();
        for (double& at_lag : r) {
            at_lag += (power * now).sum();
            before = std::exchange(now, (twice_cos * now - before).eval());
        }
    }
    return r;
}

}  // namespace

std::span<const double> sway_covariance(Stance stance, std::size_t grid_bins_per_bin, std::size_t lags) {
    assert(lags <= longest_stretch_bins);
    static std::mutex mutex;
    static std::map<std::pair<Stance, std::size_t>, std::vector<double>> known;
    const std::scoped_lock lock(mutex);
    auto& table = known[{stance, grid_bins_per_bin}];
    if (table.empty()) {
        table = covariance(stance, bin_seconds * static_cast<double>(grid_bins_per_bin), longest_stretch_bins);
        const double one = covariance(stance, bin_seconds, 1).front();
        for (double& r : table)
            r /= one;
    }
    return std::span(table).first(lags);
}

}  // namespace heeldrop::motion
