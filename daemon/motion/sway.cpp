#include "daemon/motion/sway.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "daemon/motion/grid.hpp"

namespace heeldrop::motion {
namespace {

constexpr std::array<double, 7> band_edges_hz{0.5, 1, 2, 4, 8, 12, 20};
// N rms in each band, for a body of about 75 kg (domain.md section 2).
constexpr std::array<double, 6> one_leg_rms{0.4, 0.7, 2.4, 3.7, 1.0, 0.6};
constexpr std::array<double, 6> two_leg_rms{0.04, 0.15, 0.27, 0.68, 0.13, 0.10};
// The same with hitches of some 3 N between 0.5 and 2 Hz.
constexpr std::array<double, 6> unsteady_rms{2.2, 2.6, 2.6, 3.7, 1.0, 0.6};
// Eight HX711 cells of 0.25 N rms each, white to 40 Hz.
constexpr double converter_density = 8 * 0.25 * 0.25 / 40.0;

double density(Stance stance, double hz) {
    const auto& rms = stance == Stance::one_leg ? one_leg_rms : stance == Stance::two_legs ? two_leg_rms : unsteady_rms;
    double n2_per_hz = hz < 40.0 ? converter_density : 0.0;
    for (std::size_t b = 0; b < rms.size(); ++b) {
        // Below the lowest band that was measured, its density is taken to go on.
        const double from = b == 0 ? 0.0 : band_edges_hz[b];
        if (hz >= from && hz < band_edges_hz[b + 1])
            n2_per_hz += rms[b] * rms[b] / (band_edges_hz[b + 1] - band_edges_hz[b]);
    }
    return n2_per_hz;
}

/// Of means over `bin` seconds: averaging leaves sin(x)^2 / x^2 of each frequency, x = pi f bin.
std::array<double, Sway::order + 1> autocovariance(Stance stance, double bin) {
    std::array<double, Sway::order + 1> r{};
    constexpr double step_hz = 0.02;
    for (double hz = 0.5 * step_hz; hz < 40.0; hz += step_hz) {
        const double x = std::numbers::pi * hz * bin;
        const double power = density(stance, hz) * step_hz * std::pow(std::sin(x) / x, 2);
        for (int lag = 0; lag <= Sway::order; ++lag)
            r[static_cast<std::size_t>(lag)] += power * std::cos(2.0 * std::numbers::pi * hz * lag * bin);
    }
    return r;
}

}  // namespace

const Sway& Sway::of(Stance stance, double bin) {
    static const std::array<Sway, 3> fine{Sway(Stance::one_leg, bin_seconds), Sway(Stance::two_legs, bin_seconds),
                                          Sway(Stance::one_leg_unsteady, bin_seconds)};
    static const std::array<Sway, 3> coarse{Sway(Stance::one_leg, coarse_bin), Sway(Stance::two_legs, coarse_bin),
                                            Sway(Stance::one_leg_unsteady, coarse_bin)};
    const auto& all = bin == bin_seconds ? fine : coarse;
    return all[static_cast<std::size_t>(stance)];
}

// Levinson-Durbin: the best predictor of every order up to the full one, so that a stretch's first values are
// weighed exactly as well.
Sway::Sway(Stance stance, double bin) {
    const auto r = autocovariance(stance, bin);
    rms_ = std::sqrt(r[0]);
    std::array<double, order + 1> a{};  // prediction error filter, a[0] = 1
    a[0] = 1.0;
    double error = r[0];
    const auto store = [&](int p) {
        const double scale = std::sqrt(r[0] / error);
        for (int j = 0; j <= p; ++j)
            filter_[static_cast<std::size_t>(p)][static_cast<std::size_t>(j)] = a[static_cast<std::size_t>(j)] * scale;
    };
    store(0);
    for (int p = 1; p <= order; ++p) {
        double acc = 0.0;
        for (int j = 0; j < p; ++j)
            acc += a[static_cast<std::size_t>(j)] * r[static_cast<std::size_t>(p - j)];
        const double reflection = -acc / error;
        auto next = a;
        for (int j = 1; j <= p; ++j)
            next[static_cast<std::size_t>(j)] =
                a[static_cast<std::size_t>(j)] + reflection * a[static_cast<std::size_t>(p - j)];
        a = next;
        error *= 1.0 - reflection * reflection;
        store(p);
    }
}

double Sway::log_volume(std::size_t n) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < n; ++k)
        sum += std::log(filter_[std::min<std::size_t>(k, order)][0]);
    return sum;
}

void Sway::whiten(std::span<const double> in, std::span<double> out, std::size_t zeros_before) const {
    for (std::size_t k = 0; k < out.size(); ++k) {
        const std::size_t p = std::min<std::size_t>(k + zeros_before, order);
        const auto& f = filter_[p];
        double sum = 0.0;
        for (std::size_t j = 0; j <= std::min(p, k); ++j)
            if (k - j < in.size())
                sum += f[j] * in[k - j];
        out[k] = sum;
    }
}

void Sway::whiten_transposed(std::span<const double> in, std::span<double> out) const {
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t k = 0; k < in.size(); ++k) {
        const std::size_t p = std::min<std::size_t>(k, order);
        const auto& f = filter_[p];
        for (std::size_t j = 0; j <= p; ++j)
            out[k - j] += f[j] * in[k];
    }
}

}  // namespace heeldrop::motion
