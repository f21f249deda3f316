#include "calibration/lib/load_table.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>
#include <stdexcept>

namespace heeldrop::calibration {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The two-sided tail of Student's t with whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4).
double two_sided_chance(double t, int dof) {
    const double angle = std::atan(std::abs(t) / std::sqrt(static_cast<double>(dof)));
    const double c2 = std::pow(std::cos(angle), 2);
    double inside;
    if (dof % 2 == 1) {
        double sum = 0.0, term = std::cos(angle);
        for (int k = 3; k <= dof; k += 2) {
            sum += term;
            term *= c2 * (k - 1) / k;
        }
        inside = 2.0 / std::numbers::pi * (angle + std::sin(angle) * sum);
    } else {
        double sum = 0.0, term = 1.0;
        for (int k = 2; k <= dof; k += 2) {
            sum += term;
            term *= c2 * (k - 1) / k;
        }
        inside = std::sin(angle) * sum;
    }
    return std::clamp(1.0 - inside, 0.0, 1.0);
}

/// Load on centred and scaled counts, and 1.
struct Line {
    VectorXd centre, scale, coefficients;
    MatrixXd covariance;  ///< of the coefficients, for a scatter of 1
    double scatter = 0.0;
    int rank = 0, dof = 0;
    double condition = 1.0;

    VectorXd design(const VectorXd& counts) const {
        VectorXd row(counts.size() + 1);
        row << 1.0, (counts - centre).cwiseQuotient(scale);
        return row;
    }
    double at(const VectorXd& counts) const { return coefficients.dot(design(counts)); }
};

Line fit_line(const MatrixXd& counts, const VectorXd& loads, const std::set<Eigen::Index>& without) {
    std::vector<Eigen::Index> used;
    for (Eigen::Index i = 0; i < loads.size(); ++i)
        if (without.count(i) == 0)
            used.push_back(i);
    const auto n = static_cast<Eigen::Index>(used.size());
    Line line;
    line.centre = VectorXd::Zero(counts.cols());
    line.scale = VectorXd::Zero(counts.cols());
    for (const auto i : used)
        line.centre += counts.row(i).transpose() / static_cast<double>(n);
    for (const auto i : used)
        line.scale = line.scale.cwiseMax((counts.row(i).transpose() - line.centre).cwiseAbs());
    line.scale = line.scale.cwiseMax(1e-9);
    MatrixXd rows(n, counts.cols() + 1);
    VectorXd right(n);
    for (Eigen::Index k = 0; k < n; ++k) {
        const auto i = used[static_cast<std::size_t>(k)];
        rows.row(k) = line.design(counts.row(i).transpose()).transpose();
        right[k] = loads[i];
    }
    // Of a long table only R is left: it has the same columns' lengths and angles, hence the same pivots and rank.
    const Eigen::HouseholderQR<MatrixXd> triangle(rows);
    const auto m = std::min(rows.rows(), rows.cols());
    const MatrixXd r = triangle.matrixQR().topRows(m).triangularView<Eigen::Upper>();
    Eigen::CompleteOrthogonalDecomposition<MatrixXd> qr(r.rows(), r.cols());
    qr.setThreshold(1e-3);
    qr.compute(r);
    const MatrixXd pseudo = qr.pseudoInverse();
    line.coefficients = pseudo * VectorXd(triangle.householderQ().adjoint() * right).head(m);
    line.covariance = pseudo * pseudo.transpose();
    line.rank = static_cast<int>(qr.rank());
    line.dof = static_cast<int>(n) - line.rank;
    line.condition = qr.maxPivot() / std::max(1e-12, std::abs(qr.matrixQTZ()(qr.rank() - 1, qr.rank() - 1)));
    line.scatter = line.dof > 0 ? std::sqrt((rows * line.coefficients - right).squaredNorm() / line.dof) : 0.0;
    return line;
}

}  // namespace

bool TableFit::suspicious() const {
    return std::any_of(rows.begin(), rows.end(), [](const TableRow& r) { return r.suspicious; });
}

TableFit fit_table(const LoadTable& table) {
    const auto n = static_cast<Eigen::Index>(table.loads.size());
    const auto channels = static_cast<Eigen::Index>(table.counts.size());
    VectorXd loads(n);
    for (Eigen::Index i = 0; i < n; ++i)
        loads[i] = table.loads[static_cast<std::size_t>(i)].value;
    if (n < 3 || channels < 1)
        throw std::invalid_argument("a line needs three rows at least");
    TableFit fit;
    fit.full_scale = Newtons{loads.cwiseAbs().maxCoeff()};
    fit.one_gain = channels > 1 && n < channels + 4;
    const bool alike = loads.maxCoeff() - loads.minCoeff() < 1e-9 * std::max(1.0, fit.full_scale.value);
    if (alike && channels < 2)
        throw std::invalid_argument("every row has the same load: no line goes through that");
    MatrixXd counts(n, fit.one_gain ? 1 : channels);
    counts.setZero();
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index k = 0; k < channels; ++k)
            counts(i, fit.one_gain ? 0 : k) += table.counts[static_cast<std::size_t>(k)][static_cast<std::size_t>(i)];
    if (alike && fit.one_gain)
        throw std::invalid_argument("every row has the same load: a row with another one, or with none, is needed");

    std::set<Eigen::Index> doubted;
    std::vector<double> chance(static_cast<std::size_t>(n), 1.0);
    // What a line through the others than row i, and than those doubted, leaves there: by the row's own leverage, which
    // is the same as fitting it again (Belsley, Kuh and Welsch 1980, 2.1).
    struct WithoutRow {
        double off = 0.0, sd = 0.0;
        int dof = 0;
    };
    const auto without_row = [&](const Line& line, Eigen::Index i) -> std::optional<WithoutRow> {
        const VectorXd here = line.design(counts.row(i).transpose());
        const double leverage = here.dot(line.covariance * here);
        const double residual = here.dot(line.coefficients) - loads[i];
        if (doubted.count(i) != 0)
            return WithoutRow{residual, line.scatter * std::sqrt(1.0 + leverage), line.dof};
        // A row that alone holds one end of the line, as the zero beside loads all alike, has nothing to be held
        // against.
        if (leverage > 0.95 || line.dof < 2)
            return std::nullopt;
        const double all = line.scatter * line.scatter * line.dof;
        // Rows that fit to the last digit must not make the one that does not a division by nothing.
        const double squares = std::max(1e-12 * all, all - residual * residual / (1.0 - leverage));
        const double off = residual / (1.0 - leverage);
        return WithoutRow{off, std::sqrt(squares / (line.dof - 1) / (1.0 - leverage)), line.dof - 1};
    };
    // None where the row is near enough, or nothing can be said.
    const auto doubt = [&](const Line& line, Eigen::Index i) -> std::optional<WithoutRow> {
        const auto w = without_row(line, i);
        const bool tells = w && w->dof >= 2 && w->sd > 0.0;
        return tells && std::abs(w->off) >= worth_telling.value * fit.full_scale.value ? w : std::nullopt;
    };
    const auto chance_of = [&](const WithoutRow& w) {
        return std::min(1.0, two_sided_chance(w.off / w.sd, w.dof) * static_cast<double>(n));
    };
    while (static_cast<Eigen::Index>(3 * (doubted.size() + 1)) <= n) {
        const Line line = fit_line(counts, loads, doubted);
        Eigen::Index worst = -1;
        WithoutRow worst_doubt;
        for (Eigen::Index i = 0; i < n; ++i) {
            if (doubted.count(i) != 0)
                continue;
            const auto w = doubt(line, i);
            if (w && (worst < 0 || std::abs(w->off) * worst_doubt.sd > std::abs(worst_doubt.off) * w->sd)) {
                worst = i;
                worst_doubt = *w;
            }
        }
        if (worst < 0 || chance_of(worst_doubt) >= impossible)
            break;
        chance[static_cast<std::size_t>(worst)] = chance_of(worst_doubt);
        doubted.insert(worst);
    }
    const Line line = fit_line(counts, loads, doubted);
    fit.rank = line.rank;
    fit.degrees_of_freedom = line.dof;
    fit.condition = line.condition;
    fit.scatter = Newtons{line.scatter};
    fit.expanded_uncertainty = Newtons{2.0 * line.scatter *
                                       std::sqrt(1.0 + 1.0 / static_cast<double>(std::max<Eigen::Index>(
                                                                 1, n - static_cast<Eigen::Index>(doubted.size()))))};
    for (Eigen::Index k = 0; k < channels; ++k) {
        const Eigen::Index c = fit.one_gain ? 0 : k;
        fit.newtons_per_count.push_back(line.coefficients[c + 1] / line.scale[c]);
        fit.newtons_per_count_sd.push_back(line.scatter * std::sqrt(line.covariance(c + 1, c + 1)) / line.scale[c]);
    }
    const VectorXd nothing = line.design(VectorXd::Zero(counts.cols()));
    fit.at_no_counts = Newtons{line.coefficients.dot(nothing)};
    fit.at_no_counts_sd = Newtons{line.scatter * std::sqrt(nothing.dot(line.covariance * nothing))};
    for (Eigen::Index i = 0; i < n; ++i) {
        TableRow row;
        row.load = Newtons{loads[i]};
        row.reading = Newtons{line.at(counts.row(i).transpose())};
        row.residual = row.reading - row.load;
        row.suspicious = doubted.count(i) != 0;
        const auto w = doubt(line, i);
        row.chance = row.suspicious ? chance[static_cast<std::size_t>(i)] : w ? chance_of(*w) : 1.0;
        const auto without = without_row(line, i);
        row.without_it = without ? Newtons{loads[i] + without->off} : row.reading;
        fit.rows.push_back(row);
    }
    return fit;
}

}  // namespace heeldrop::calibration
