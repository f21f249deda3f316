#include "calibration/lib/pad_fit.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "calibration/lib/median.hpp"

namespace heeldrop::calibration {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double samples_a_second = 64.0;  ///< of an HX711 in truth; more only lessens the noise
/// A rectangular half-width as a standard deviation (GUM 4.3.7).
double standard(double half_width) {
    return half_width / std::sqrt(3.0);
}

/// FL and RR are one diagonal, FR and RL the other.
double diagonal_sign(const Cell& cell) {
    return (cell.x.value < 0.0) == (cell.y.value > 0.0) ? 1.0 : -1.0;
}

}  // namespace

PadFit::PadFit(const Observations& seen, Pad pad, const std::set<int>& excluded, const CellBelief& belief)
    : tolerance_(seen.tolerance), belief_(belief) {
    map_.pad = pad;
    map_.cells = cells_of_pad(seen.cells, pad);
    for (const std::size_t c : map_.cells)
        cells_.push_back(seen.cells[c]);
    for (const Placement& p : seen.placements)
        if (p.pad == pad) {
            if (p.role != Role::verify && excluded.count(p.number) == 0)
                rows_.push_back(placements_.size());
            // What is taken for mistyped says nothing of how far the map holds.
            if (excluded.count(p.number) == 0)
                range_ = std::max(range_, weight_of(p.mass, seen.gravity));
            placements_.push_back(p);
        }
    if (rows_.size() < 3 || seen.empties.empty() || cells_.size() < 3)
        throw std::invalid_argument("a pad's map needs three cells, a zero and three loads at least");
    for (const Cell& cell : cells_) {
        lever_x_ = std::max(lever_x_, std::abs(cell.x.value));
        lever_y_ = std::max(lever_y_, std::abs(cell.y.value));
    }
    whiten(seen, belief);
    solve(belief);
    find_rank();
    find_response();
    find_residuals(seen);
}

/// Loads, responses and how well each is known.
void PadFit::whiten(const Observations& seen, const CellBelief& belief) {
    const auto n = static_cast<Eigen::Index>(rows_.size());
    const auto m = static_cast<Eigen::Index>(cells_.size());
    all_.resize(static_cast<Eigen::Index>(placements_.size()), m);
    for (std::size_t i = 0; i < placements_.size(); ++i) {
        const auto newtons = nominal_newtons(seen, placements_[i].reading);
        for (Eigen::Index j = 0; j < m; ++j)
            all_(static_cast<Eigen::Index>(i), j) = newtons[map_.cells[static_cast<std::size_t>(j)]];
    }
    response_.resize(n, m);
    loads_.resize(n, 3);
    sigma_.resize(n, 3);
    reading_noise_ = VectorXd::Zero(m);
    std::vector<double> scales;
    VectorXd x(m), y(m);
    for (Eigen::Index j = 0; j < m; ++j) {
        x[j] = cells_[static_cast<std::size_t>(j)].x.value;
        y[j] = cells_[static_cast<std::size_t>(j)].y.value;
    }
    for (Eigen::Index i = 0; i < n; ++i) {
        const Placement& p = placements_[rows_[static_cast<std::size_t>(i)]];
        response_.row(i) = all_.row(static_cast<Eigen::Index>(rows_[static_cast<std::size_t>(i)]));
        const double force = weight_of(p.mass, seen.gravity).value;
        loads_.row(i) << force, force * p.x.value, force * p.y.value;
        const double seat = belief.scatter.value * range_.value;
        const double place = force * standard(tolerance_.position.value);
        double var_force = seat * seat, var_x = place * place, var_y = var_x;
        for (Eigen::Index j = 0; j < m; ++j) {
            const auto c = map_.cells[static_cast<std::size_t>(j)];
            const Cell& cell = cells_[static_cast<std::size_t>(j)];
            const double sample = p.reading.noise[c] / std::abs(cell.gain.value);
            const double mean = sample / std::sqrt(std::max(1.0, static_cast<double>(p.reading.samples)));
            reading_noise_[j] += sample / std::sqrt(samples_a_second) / static_cast<double>(n);
            const double capacity = cell.capacity.value > 0.0 ? cell.capacity.value : 981.0;
            const double bend = belief.curvature.value * response_(i, j) * response_(i, j) / capacity;
            const double var = mean * mean + bend * bend;
            var_force += var;
            var_x += x[j] * x[j] * (var + seat * seat / static_cast<double>(m));
            var_y += y[j] * y[j] * (var + seat * seat / static_cast<double>(m));
        }
        sigma_.row(i) << std::sqrt(var_force), std::sqrt(var_x), std::sqrt(var_y);
        if (const double sum = response_.row(i).sum(); sum > 0.0)
            scales.push_back(force / sum);
    }
    scale_ = scales.empty() ? 1.0 : median_of(scales);
    prior_.resize(m, 3);
    prior_ << VectorXd::Ones(m), x, y;
    prior_ *= scale_;
    // A cell beside the axis still has neighbours: its lever is believed no better than half the longest's.
    const double least_x = x.cwiseAbs().maxCoeff() / 2, least_y = y.cwiseAbs().maxCoeff() / 2;
    prior_sd_.resize(m, 3);
    prior_sd_ << VectorXd::Ones(m), x.cwiseAbs().cwiseMax(least_x), y.cwiseAbs().cwiseMax(least_y);
    prior_sd_ *= scale_ * belief.coefficient.value;
}

/// Each row on its own: minimise |(N a - t) / sigma|^2 + |(a - prior) / prior_sd|^2. The belief is rows like the
/// loads', so that what the loads leave open keeps the data sheet's value, and no direction is ever divided by nothing.
void PadFit::solve(const CellBelief&) {
    const Eigen::Index n = response_.rows(), m = response_.cols();
    coefficients_.resize(m, 3);
    double chi[2] = {0.0, 0.0};
    for (Eigen::Index r = 0; r < 3; ++r) {
        const VectorXd weight = sigma_.col(r).cwiseInverse();
        MatrixXd rows(n + m, m);
        rows << weight.asDiagonal() * response_ * prior_sd_.col(r).asDiagonal(), MatrixXd::Identity(m, m);
        const Eigen::CompleteOrthogonalDecomposition<MatrixXd> qr(rows);
        const MatrixXd pseudo = qr.pseudoInverse();  // m x (n + m), of the scaled coefficients
        const VectorXd rest = weight.asDiagonal() * (loads_.col(r) - response_ * prior_.col(r));
        const auto k = static_cast<std::size_t>(r);
        influence_[k] = prior_sd_.col(r).asDiagonal() * pseudo.leftCols(n) * weight.asDiagonal();
        const VectorXd change = pseudo.leftCols(n) * rest;
        coefficients_.col(r) = prior_.col(r) + prior_sd_.col(r).cwiseProduct(change);
        posterior_[k] = prior_sd_.col(r).asDiagonal() * (pseudo * pseudo.transpose()) * prior_sd_.col(r).asDiagonal();
        const double cost = (rows.topRows(n) * change - rest).squaredNorm() + change.squaredNorm();
        chi[r == 0 ? 0 : 1] += cost;
    }
    // The cost of data and belief together is a chi-square with as many degrees of freedom as there are data.
    scatter_[0] = std::sqrt(std::max(1.0, chi[0] / static_cast<double>(n)));
    scatter_[1] = std::sqrt(std::max(1.0, chi[1] / static_cast<double>(2 * n)));

    auto& rows = map_;
    for (auto* row : {&rows.force, &rows.moment_x, &rows.moment_y})
        row->resize(static_cast<std::size_t>(m));
    for (Eigen::Index j = 0; j < m; ++j) {
        const auto c = static_cast<std::size_t>(j);
        const double gain = cells_[c].gain.value;
        rows.force[c] = coefficients_(j, 0) / gain;
        rows.moment_x[c] = coefficients_(j, 1) / gain;
        rows.moment_y[c] = coefficients_(j, 2) / gain;
        for (std::size_t r = 0; r < 3; ++r) {
            sd_[r].resize(static_cast<std::size_t>(m));
            sd_[r][c] = std::sqrt(posterior_[r](j, j)) * scatter_[r == 0 ? 0 : 1] / std::abs(gain);
        }
    }
}

MatrixXd PadFit::covariance(int row) const {
    const auto r = static_cast<std::size_t>(row);
    VectorXd per_count(static_cast<Eigen::Index>(cells_.size()));
    for (std::size_t c = 0; c < cells_.size(); ++c)
        per_count[static_cast<Eigen::Index>(c)] = 1.0 / cells_[c].gain.value;
    const double scatter = scatter_[row == 0 ? 0 : 1];
    return per_count.asDiagonal() * posterior_[r] * per_count.asDiagonal() * (scatter * scatter);
}

/// How many directions the loads tell better than the belief: pivots above 3 once everything is measured in the
/// belief's own standard deviations. The condition is of the loads alone, each scaled to the same weight.
void PadFit::find_rank() {
    const Eigen::Index n = response_.rows();
    rank_ = 0;
    const MatrixXd informed = sigma_.col(0).cwiseInverse().asDiagonal() * response_ * prior_sd_.col(0).asDiagonal();
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(informed);
    for (Eigen::Index k = 0; k < std::min<Eigen::Index>(n, qr.matrixQR().cols()); ++k)
        rank_ += std::abs(qr.matrixQR()(k, k)) > 3.0;
    // Where the loads stood, each as a point (1, x / lever, y / lever): a plate's counts cannot be better conditioned.
    MatrixXd places(n, 3);
    for (Eigen::Index i = 0; i < n; ++i)
        places.row(i) << 1.0, loads_(i, 1) / loads_(i, 0) / lever_x_, loads_(i, 2) / loads_(i, 0) / lever_y_;
    const Eigen::ColPivHouseholderQR<MatrixXd> of_places(places / std::sqrt(static_cast<double>(n)));
    const auto pivot = [&](Eigen::Index k) { return std::abs(of_places.matrixQR()(k, k)); };
    condition_ = pivot(0) / std::max(pivot(2), 1e-9);
}

PadReading PadFit::read(const std::array<double, max_cells>& counts) const {
    double force = 0.0, mx = 0.0, my = 0.0, diagonal = 0.0;
    for (std::size_t j = 0; j < cells_.size(); ++j) {
        const double count = counts[map_.cells[j]];
        force += map_.force[j] * count;
        mx += map_.moment_x[j] * count;
        my += map_.moment_y[j] * count;
        diagonal += diagonal_sign(cells_[j]) * scale_ * count / cells_[j].gain.value;
    }
    return {Newtons{force}, Millimetres{mx / force}, Millimetres{my / force},
            Newtons{cells_.size() == 4 ? diagonal : 0.0}};
}

/// F, F x, F y and F x y in levers: what a cell on a plate that may twist can answer to.
Eigen::Vector4d PadFit::terms(double force, double x, double y) const {
    return force * Eigen::Vector4d(1.0, x / lever_x_, y / lever_y_, x * y / (lever_x_ * lever_y_));
}

/// What each cell of this very plate answers to a load, gains and cross-talk and all, so that an uncertainty is asked
/// for where readings really lie.
void PadFit::find_response() {
    MatrixXd all(response_.rows(), 4);
    for (Eigen::Index i = 0; i < all.rows(); ++i)
        all.row(i) = terms(loads_(i, 0), loads_(i, 1) / loads_(i, 0), loads_(i, 2) / loads_(i, 0)).transpose();
    // The least norm where no load stood off both axes.
    response_of_plate_ = Eigen::CompleteOrthogonalDecomposition<MatrixXd>(all).solve(response_);
}

Newtons PadFit::expected_diagonal(Newtons force, Millimetres x, Millimetres y) const {
    const VectorXd newtons = response_of_plate_.transpose() * terms(force.value, x.value, y.value);
    double diagonal = 0.0;
    for (std::size_t j = 0; j < cells_.size(); ++j)
        diagonal += diagonal_sign(cells_[j]) * scale_ * newtons[static_cast<Eigen::Index>(j)];
    return Newtons{cells_.size() == 4 ? diagonal : 0.0};
}

void PadFit::find_residuals(const Observations& seen) {
    for (std::size_t i = 0; i < placements_.size(); ++i) {
        const Placement& p = placements_[i];
        const auto zero = zero_at(seen.empties, p.reading.t);
        std::array<double, max_cells> counts{};
        for (std::size_t c = 0; c < seen.cells.size(); ++c)
            counts[c] = p.reading.mean[c] - zero[c];
        const PadReading got = read(counts);
        residuals_.push_back({p.number, got.force - weight_of(p.mass, seen.gravity), got.x - p.x, got.y - p.y,
                              std::find(rows_.begin(), rows_.end(), i) != rows_.end()});
    }
    double squares = 0.0, off_diagonal = 0.0;
    for (const std::size_t i : rows_) {
        const auto row = all_.row(static_cast<Eigen::Index>(i));
        double diagonal = 0.0;
        for (std::size_t j = 0; j < cells_.size(); ++j)
            diagonal += diagonal_sign(cells_[j]) * scale_ * row[static_cast<Eigen::Index>(j)];
        const Placement& p = placements_[i];
        off_diagonal += std::pow(diagonal - expected_diagonal(weight_of(p.mass, seen.gravity), p.x, p.y).value, 2);
    }
    diagonal_scatter_ = Newtons{cells_.size() == 4 ? std::sqrt(off_diagonal / static_cast<double>(rows_.size())) : 0.0};
    int pairs = 0;
    for (std::size_t i = 0; i < placements_.size(); ++i)
        for (std::size_t k = 0; k < placements_.size(); ++k)
            if (placements_[i].role == Role::up && placements_[k].role == Role::down && residuals_[i].fitted &&
                residuals_[k].fitted && placements_[i].mass == placements_[k].mass) {
                squares += std::pow((residuals_[i].force - residuals_[k].force).value / 2, 2);
                ++pairs;
            }
    hysteresis_ = pairs > 0 ? std::sqrt(squares / pairs) : 0.0;
}

LoadUncertainty PadFit::uncertainty(Newtons force, Millimetres x, Millimetres y) const {
    const auto m = static_cast<Eigen::Index>(cells_.size());
    const VectorXd newtons = response_of_plate_.transpose() * terms(force.value, x.value, y.value);

    // The coefficients, as the loads' own errors and the belief leave them.
    const auto of_coefficients = [&](std::size_t r) {
        const double scatter = scatter_[r == 0 ? 0 : 1];
        return newtons.dot(posterior_[r] * newtons) * scatter * scatter;
    };
    const double place[3] = {0.0, x.value, y.value};
    double variance[3] = {of_coefficients(0), of_coefficients(1), of_coefficients(2)};
    // A moment's error and the force's make the place's: x' - x = (dMx - x dF) / F.
    for (int r = 1; r < 3; ++r)
        variance[r] += place[r] * place[r] * variance[0];
    // A cell's bent line errs in the loads that were fitted and in this one; the map has taken up a part of it.
    for (Eigen::Index j = 0; j < m; ++j) {
        const Cell& cell = cells_[static_cast<std::size_t>(j)];
        const double capacity = cell.capacity.value > 0.0 ? cell.capacity.value : 981.0;
        const VectorXd bent = response_.col(j).cwiseAbs2() / capacity;
        double error[3];
        for (std::size_t r = 0; r < 3; ++r)
            error[r] = coefficients_(j, static_cast<Eigen::Index>(r)) *
                       (newtons[j] * newtons[j] / capacity - newtons.dot(influence_[r] * bent));
        const double k = belief_.curvature.value;
        variance[0] += std::pow(k * error[0], 2);
        variance[1] += std::pow(k * (error[1] - x.value * error[0]), 2);
        variance[2] += std::pow(k * (error[2] - y.value * error[0]), 2);
        // Reading the load and the zero: a second each.
        const double noise = 2.0 * std::pow(reading_noise_[j], 2) + std::pow(hysteresis_, 2) / static_cast<double>(m);
        for (int r = 0; r < 3; ++r)
            variance[r] += noise * std::pow(coefficients_(j, r) - (r == 0 ? 0.0 : place[r] * coefficients_(j, 0)), 2);
    }
    variance[0] += std::pow(standard(tolerance_.mass.value) * force.value, 2);
    const double f = force.value;
    return {Newtons{2.0 * std::sqrt(variance[0])}, Millimetres{2.0 * std::sqrt(variance[1]) / f},
            Millimetres{2.0 * std::sqrt(variance[2]) / f}};
}

/// All three rows at once, as a wrong mass or a cell that sticks spoils the force and both moments alike.
PadFit::Explanation PadFit::explain(const Doubt& doubt) const {
    const Eigen::Index n = response_.rows(), m = response_.cols();
    const bool mass = doubt.what == Doubt::mass, place = doubt.what == Doubt::place,
               friction = doubt.what == Doubt::friction;
    const Eigen::Index extra = mass || friction ? 1 : 0;
    const auto cell = static_cast<Eigen::Index>(doubt.cell);
    Eigen::Index at = -1;
    MatrixXd rows = MatrixXd::Zero(3 * (n + m), 3 * m + extra);
    VectorXd right = VectorXd::Zero(3 * (n + m));
    for (Eigen::Index i = 0; i < n; ++i) {
        const Placement& p = placements_[rows_[static_cast<std::size_t>(i)]];
        const bool doubted = (mass || place) && p.number == doubt.placement;
        if (doubted)
            at = i;
        for (Eigen::Index r = 0; r < 3; ++r) {
            const Eigen::Index row = r * (n + m) + i;
            const double weight = place && doubted && r > 0 ? 0.0 : 1.0 / sigma_(i, r);
            rows.block(row, r * m, 1, m) = weight * response_.row(i).cwiseProduct(prior_sd_.col(r).transpose());
            right[row] = weight * (loads_(i, r) - response_.row(i).dot(prior_.col(r)));
            if (mass && doubted)
                rows(row, 3 * m) = -weight * loads_(i, r);
            // Put on, a sticking corner lets its cell have less; taken off, it has let go of what it kept.
            if (friction && p.role != Role::down)
                rows(row, 3 * m) = weight * prior_(cell, r);
        }
    }
    for (Eigen::Index r = 0; r < 3; ++r)
        rows.block(r * (n + m) + n, r * m, m, m).setIdentity();
    const VectorXd found = rows.colPivHouseholderQr().solve(right);
    Explanation result;
    result.cost = (rows * found - right).squaredNorm();
    if (friction)
        result.kept = Newtons{found[3 * m]};
    if (at < 0)
        return result;
    if (mass)
        result.mass_factor = 1.0 + found[3 * m];
    double read[3];
    for (Eigen::Index r = 0; r < 3; ++r)
        read[r] = response_.row(at).dot(prior_.col(r) + prior_sd_.col(r).cwiseProduct(found.segment(r * m, m)));
    result.x = Millimetres{read[1] / read[0]};
    result.y = Millimetres{read[2] / read[0]};
    return result;
}

}  // namespace heeldrop::calibration
