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
    Eigen::VectorXd seen = Eigen::VectorXd::Zero(bins), is_known = Eigen::VectorXd::Zero(bins);
    for (Eigen::Index k = 0; k < bins; ++k) {
        double sum = 0.0;
        for (std::size_t j = 0; j < group; ++j)
            sum += window.pressure[first + static_cast<std::size_t>(k) * group + j];
        if (!std::isfinite(sum))
            continue;
        is_known(k) = 1.0;
        seen(k) = sum / static_cast<double>(group);
    }
    if (is_known.sum() < least_bins)
        return;
    known_ = true;
    seen = (seen.array() - seen.sum() / is_known.sum()).matrix().cwiseProduct(is_known);
    const double kept = std::exp(-bin_seconds * static_cast<double>(group) / memory);
    weight_ = is_known / window.pressure_noise;
    carried_ = Eigen::VectorXd::Zero(bins);
    for (Eigen::Index k = 1; k < bins; ++k)
        if (is_known(k) > 0.0 && is_known(k - 1) > 0.0) {
            weight_(k) /= std::sqrt(1.0 - kept * kept);
            carried_(k) = kept * weight_(k);
        }
    one_ = whitened(Eigen::VectorXd::Ones(bins));
    one_energy_ = one_.squaredNorm() + 1.0 / (place_sd * place_sd);
    seen_ = whitened(seen);
    one_seen_ = one_.dot(seen_);
    ones_left_ = seen_left_ = Eigen::VectorXd::Zero(bins + 1);
    for (Eigen::Index k = bins - 1; k >= 0; --k) {
        ones_left_(k) = ones_left_(k + 1) + one_(k) * one_(k);
        seen_left_(k) = seen_left_(k + 1) + one_(k) * seen_(k);
    }
}

Eigen::MatrixXd Pressure::whitened(const Eigen::MatrixXd& columns) const {
    const Eigen::Index before = columns.rows() - 1;
    Eigen::MatrixXd out = weight_.asDiagonal() * columns;
    out.bottomRows(before) -= carried_.tail(before).asDiagonal() * columns.topRows(before);
    return out;
}

Pressure::Match Pressure::match(const Eigen::Map<const Eigen::VectorXd>& way, Eigen::Index first,
                                double in_the_end) const {
    Match m;
    double ones = 0.0;
    const Eigen::Index moving = way.size(), after = first + moving;
    if (moving > 0) {
        const auto add = [&](Eigen::Index k, double before) {
            const double z = way(k) * weight_(first + k) - before * carried_(first + k);
            m.energy += z * z;
            m.match += z * seen_(first + k);
            ones += z * one_(first + k);
        };
        add(0, 0.0);
        Eigen::Index k = 1;
        Eigen::Array4d energy = Eigen::Array4d::Zero(), match = energy, one = energy;
        for (; k + 4 <= moving; k += 4) {
            const Eigen::Array4d z = way.segment<4>(k).array() * weight_.segment<4>(first + k).array() -
                                     way.segment<4>(k - 1).array() * carried_.segment<4>(first + k).array();
            energy += z * z;
            match += z * seen_.segment<4>(first + k).array();
            one += z * one_.segment<4>(first + k).array();
        }
        m.energy += energy.sum();
        m.match += match.sum();
        ones += one.sum();
        for (; k < moving; ++k)
            add(k, way(k - 1));
    }
    if (after < weight_.size()) {
        const double last = moving > 0 ? way(moving - 1) : 0.0;
        const double z = in_the_end * weight_(after) - last * carried_(after);
        m.energy += z * z + in_the_end * in_the_end * ones_left_(after + 1);
        m.match += z * seen_(after) + in_the_end * seen_left_(after + 1);
        ones += z * one_(after) + in_the_end * ones_left_(after + 1);
    }
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
    normal.selfadjointView<Eigen::Lower>().rankUpdate(z.transpose()).rankUpdate(ones, -1.0 / one_energy_);
    moment += z.transpose() * seen_ - ones * (one_seen_ / one_energy_);
}

}  // namespace heeldrop::motion
