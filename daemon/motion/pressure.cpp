#include "daemon/motion/pressure.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::motion {
namespace {

/// Seconds in which a body that balances forgets where its pressure was.
constexpr double memory = 0.5;
/// Where it stands before looking, millimetres: a foot is long.
constexpr double place_sd = 60.0;

}  // namespace

Pressure::Pressure(const MovementWindow& window, std::size_t group, std::size_t first, Eigen::Index bins)
    : coupling_(window.direction * window.coupling), coupling_sd_(window.coupling_sd) {
    if (window.pressure.empty())
        return;
    std::vector<double> seen;
    for (Eigen::Index k = 0; k < bins; ++k) {
        double sum = 0.0;
        for (std::size_t j = 0; j < group; ++j)
            sum += window.pressure[first + static_cast<std::size_t>(k) * group + j];
        if (!std::isfinite(sum))
            continue;
        used_.push_back(k);
        seen.push_back(sum / static_cast<double>(group));
    }
    if (!known())
        return;
    const auto n = static_cast<Eigen::Index>(used_.size());
    const double bin = bin_seconds * static_cast<double>(group);
    keep_ = Eigen::VectorXd::Zero(n);
    weight_ = Eigen::VectorXd::Constant(n, 1.0 / window.pressure_noise);
    for (Eigen::Index i = 1; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        keep_(i) = std::exp(-bin * static_cast<double>(used_[at] - used_[at - 1]) / memory);
        weight_(i) /= std::sqrt(1.0 - keep_(i) * keep_(i));
    }
    Eigen::VectorXd all = Eigen::VectorXd::Zero(bins);
    double mean = 0.0;
    for (const double c : seen)
        mean += c / static_cast<double>(n);
    for (std::size_t i = 0; i < seen.size(); ++i)
        all(used_[i]) = seen[i] - mean;
    one_ = whitened(Eigen::VectorXd::Ones(bins));
    one_energy_ = one_.squaredNorm() + 1.0 / (place_sd * place_sd);
    seen_ = whitened(all);
    one_seen_ = one_.dot(seen_);
    cc_ = seen_.squaredNorm() - one_seen_ * one_seen_ / one_energy_;
    ones_left_ = seen_left_ = Eigen::VectorXd::Zero(n + 1);
    for (Eigen::Index i = n - 1; i >= 0; --i) {
        ones_left_(i) = ones_left_(i + 1) + one_(i) * one_(i);
        seen_left_(i) = seen_left_(i + 1) + one_(i) * seen_(i);
    }
}

Eigen::MatrixXd Pressure::whitened(const Eigen::MatrixXd& columns) const {
    const auto n = static_cast<Eigen::Index>(used_.size());
    Eigen::MatrixXd out(n, columns.cols());
    for (Eigen::Index i = n - 1; i >= 0; --i) {
        out.row(i) = columns.row(used_[static_cast<std::size_t>(i)]);
        if (i > 0)
            out.row(i) -= keep_(i) * columns.row(used_[static_cast<std::size_t>(i - 1)]);
        out.row(i) *= weight_(i);
    }
    return out;
}

Pressure::Match Pressure::match(const Eigen::VectorXd& way, Eigen::Index first, double in_the_end) const {
    Match m;
    double ones = 0.0, before = 0.0;
    const auto n = static_cast<Eigen::Index>(used_.size());
    const auto begins = std::lower_bound(used_.begin(), used_.end(), first) - used_.begin();
    Eigen::Index k = begins;
    for (bool moving = true; k < n && moving; ++k) {
        const Eigen::Index at = used_[static_cast<std::size_t>(k)] - first;
        moving = at < way.size();
        const double here = moving ? way(at) : in_the_end, z = (here - keep_(k) * before) * weight_(k);
        before = here;
        m.energy += z * z;
        m.match += z * seen_(k);
        ones += z * one_(k);
    }
    m.energy += in_the_end * in_the_end * ones_left_(k);
    m.match += in_the_end * seen_left_(k);
    ones += in_the_end * ones_left_(k);
    m.energy -= ones * ones / one_energy_;
    m.match -= ones * one_seen_ / one_energy_;
    return m;
}

double Pressure::log_likelihood(const Match& m, double height_mean, double height_sd) const {
    const double mean = coupling_ * height_mean;
    const double variance = std::pow(coupling_sd_ * height_mean, 2) + std::pow(coupling_ * height_sd, 2);
    if (!(variance > 0.0))
        return m.match * mean - 0.5 * m.energy * mean * mean;
    const double precision = m.energy + 1.0 / variance, moment = m.match + mean / variance;
    return 0.5 * (moment * moment / precision - mean * mean / variance - std::log(precision * variance));
}

void Pressure::add_to(const Eigen::MatrixXd& ways, Eigen::MatrixXd& normal, Eigen::VectorXd& moment) const {
    const Eigen::MatrixXd z = whitened(ways);
    const Eigen::VectorXd ones = z.transpose() * one_;
    normal += z.transpose() * z - ones * ones.transpose() / one_energy_;
    moment += z.transpose() * seen_ - ones * (one_seen_ / one_energy_);
}

}  // namespace heeldrop::motion
