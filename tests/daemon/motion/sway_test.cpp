// Sway: the covariance of bin means is that of the measured spectrum, whatever the bins.
#include "daemon/motion/sway.hpp"

#include <Eigen/Dense>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "daemon/motion/grid.hpp"

using namespace heeldrop::motion;

namespace {

constexpr Stance stances[] = {Stance::one_leg, Stance::two_legs};
constexpr std::size_t groups[] = {1, 2, 5, 8};

Eigen::MatrixXd matrix(Stance stance, std::size_t group, Eigen::Index n) {
    const auto r = sway_covariance(stance, group, static_cast<std::size_t>(n));
    Eigen::MatrixXd m(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j)
            m(i, j) = r[static_cast<std::size_t>(std::abs(i - j))];
    return m;
}

/// The variance of what a wave of this frequency and unit amplitude gives in n grid bins, per unit of sway's variance.
double power_at(Stance stance, double hz, Eigen::Index n) {
    Eigen::VectorXd cosine(n), sine(n);
    for (Eigen::Index k = 0; k < n; ++k) {
        const double window =
            std::pow(std::sin(std::numbers::pi * (static_cast<double>(k) + 0.5) / static_cast<double>(n)), 2);
        const double angle = 2 * std::numbers::pi * hz * static_cast<double>(k) * bin_seconds;
        cosine(k) = window * std::cos(angle);
        sine(k) = window * std::sin(angle);
    }
    const Eigen::MatrixXd m = matrix(stance, 1, n);
    return cosine.dot(m * cosine) + sine.dot(m * sine);
}

}  // namespace

TEST_CASE("sway in one grid bin has variance one, and in wider bins less") {
    for (const Stance stance : stances) {
        double before = 1.0 + 1e-9;
        for (const std::size_t group : groups) {
            const double variance = sway_covariance(stance, group, 1).front();
            CHECK(variance < before);
            before = variance;
        }
        CHECK(sway_covariance(stance, 1, 1).front() == Approx(1.0));
    }
}

TEST_CASE("a mean over a wide bin is the mean of the narrow ones in it") {
    for (const Stance stance : stances) {
        const Eigen::MatrixXd narrow = matrix(stance, 1, 20), wide = matrix(stance, 5, 4);
        Eigen::MatrixXd mean = Eigen::MatrixXd::Zero(4, 20);
        for (Eigen::Index k = 0; k < 20; ++k)
            mean(k / 5, k) = 0.2;
        CHECK((mean * narrow * mean.transpose() - wide).cwiseAbs().maxCoeff() < 1e-6);
    }
}

TEST_CASE("any stretch's covariance can be inverted") {
    for (const Stance stance : stances)
        for (const std::size_t group : groups) {
            const Eigen::LLT<Eigen::MatrixXd> llt(matrix(stance, group, 128));
            CHECK(llt.info() == Eigen::Success);
            CHECK(llt.rcond() > 1e-8);
        }
}

TEST_CASE("sway's power lies where it was measured: most at 4 to 8 Hz, little below half a hertz") {
    constexpr Eigen::Index n = 250;  // 5 s
    const double strongest = power_at(Stance::one_leg, 6.0, n);
    // 0.4 N rms in 0.5-1 Hz against 3.7 N in 4-8 Hz (domain.md): densities of 0.32 and 3.42 N^2/Hz.
    CHECK(power_at(Stance::one_leg, 0.75, n) / strongest == Approx(0.32 / 3.42).epsilon(0.35));
    CHECK(power_at(Stance::one_leg, 3.0, n) / strongest == Approx(2.88 / 3.42).epsilon(0.2));
    CHECK(power_at(Stance::one_leg, 0.2, n) < 0.6 * power_at(Stance::one_leg, 0.75, n));
}
