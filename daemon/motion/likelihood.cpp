#include "daemon/motion/likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace heeldrop::motion {
namespace {

/// Noise of a bin that is not usable, times the largest of the others.
constexpr double unusable_factor = 100.0;

/// One movement in so many is like those before; the others last anything from a fifth of a second to nine seconds.
constexpr double as_before = 0.6, any_log_duration = 3.8;

/// Hands that carry a part for a while change it within some such time, seconds.
constexpr double hands_memory = 1.5;

/// The inverse of a stationary noise's covariance, and the log of that one's determinant, by what each value tells of
/// the next: Levinson and Durbin's recursion, Gohberg and Semencul's formula (Golub and Van Loan, Matrix Computations,
/// 4.7). A square of the values' number instead of its cube.
std::pair<Eigen::MatrixXd, double> inverse_of_stationary(std::span<const double> covariance) {
    const auto n = static_cast<Eigen::Index>(covariance.size());
    const Eigen::Map<const Eigen::VectorXd> r(covariance.data(), n);
    Eigen::VectorXd told = Eigen::VectorXd::Zero(n);
    told(0) = 1.0;
    double left = r(0), log_determinant = std::log(left);
    for (Eigen::Index k = 1; k < n; ++k) {
        const double more = -told.head(k).dot(r.segment(1, k).reverse()) / left;
        told.head(k + 1) += more * told.head(k + 1).reverse().eval();
        left *= 1.0 - more * more;
        log_determinant += std::log(left);
    }
    Eigen::MatrixXd inverse(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j <= i; ++j)
            inverse(i, j) = inverse(j, i) = (j > 0 ? inverse(i - 1, j - 1) : 0.0) +
                                            (told(i) * told(j) - (j > 0 ? told(n - i) * told(n - j) : 0.0)) / left;
    return {std::move(inverse), log_determinant};
}

double cautious_log(double x) {
    return std::log(std::max(x, 1e-300));
}

}  // namespace

Likelihood::Likelihood(const MovementWindow& window, std::size_t group, std::size_t from, std::size_t to)
    : window_(window),
      whole_{window.height_mean, window.height_sd},
      part_{part_mean * window.height_mean, part_sd * window.height_mean},
      bin_(bin_seconds * static_cast<double>(group)),
      // A remainder is left out at the beginning.
      begin_(bin_seconds * static_cast<double>(from + (to - from) % group)),
      bins_(static_cast<Eigen::Index>((to - from) / group)),
      pressure_(window, group, from + (to - from) % group, bins_) {
    const auto first = from + (to - from) % group;
    const auto n = bins_;
    Eigen::VectorXd y(n), noise(n);
    Eigen::Matrix<double, -1, 3> nuisance(n, 3);
    const double middle = 0.5 * bin_ * static_cast<double>(n);
    double noisiest = 0.0;
    for (Eigen::Index k = 0; k < n; ++k) {
        double force = 0.0, shift = 0.0, rms = 0.0;
        for (std::size_t j = 0; j < group; ++j) {
            const std::size_t i = first + static_cast<std::size_t>(k) * group + j;
            force += window.force[i];
            shift += window.share_shift[i];
            rms += window.noise[i];
        }
        const double parts = static_cast<double>(group);
        y(k) = force / parts - window.baseline;
        noise(k) = rms / parts;
        nuisance(k, 0) = 1.0;
        nuisance(k, 1) = shift / parts;
        nuisance(k, 2) = bin_ * (static_cast<double>(k) + 0.5) - middle;
        if (std::isfinite(noise(k)))
            noisiest = std::max(noisiest, noise(k));
    }
    // What is not usable gets noise of its own on top, which tells nothing of its neighbours' sway.
    Eigen::VectorXd own = Eigen::VectorXd::Zero(n);
    for (Eigen::Index k = 0; k < n; ++k)
        if (!std::isfinite(noise(k))) {
            noise(k) = std::max(noisiest, 1.0);
            own(k) = unusable_factor * noise(k);
        }

    const auto covariance = sway_covariance(window.stance, group, static_cast<std::size_t>(n));
    Eigen::MatrixXd precision;
    if (window.unsteady_sd > 0.0 || own.any()) {
        precision.resize(n, n);
        for (Eigen::Index i = 0; i < n; ++i)
            for (Eigen::Index j = 0; j <= i; ++j)
                precision(i, j) = precision(j, i) = noise(i) * noise(j) * covariance[static_cast<std::size_t>(i - j)] +
                                                    window.unsteady_sd * window.unsteady_sd *
                                                        std::exp(-bin_ * static_cast<double>(i - j) / hands_memory);
        precision.diagonal() += own.cwiseAbs2();
        const Eigen::LLT<Eigen::MatrixXd> llt(precision);
        log_norm_ = -llt.matrixLLT().diagonal().array().log().sum();
        precision = llt.solve(Eigen::MatrixXd::Identity(n, n)).eval();
    } else {
        double log_determinant;
        std::tie(precision, log_determinant) = inverse_of_stationary(covariance);
        const Eigen::VectorXd each = noise.cwiseInverse();
        precision = each.asDiagonal() * precision * each.asDiagonal();
        log_norm_ = -0.5 * log_determinant - noise.array().log().sum();
    }

    // Force in bin k is direction m (v[k + 1] - v[k]) / bin: what acts on forces is carried over to speeds at edges.
    const double factor = window.direction * window.mass / bin_;
    const auto to_speeds = [&](const Eigen::MatrixXd& at_bins) {
        Eigen::MatrixXd at_edges = Eigen::MatrixXd::Zero(n + 1, at_bins.cols());
        at_edges.bottomRows(n) += factor * at_bins;
        at_edges.topRows(n) -= factor * at_bins;
        return at_edges;
    };
    const Eigen::MatrixXd half = to_speeds(precision);
    vv_ = to_speeds(half.transpose());
    const Eigen::VectorXd py = precision * y;
    const Eigen::MatrixXd pn = precision * nuisance;
    vy_ = to_speeds(py);
    vn_ = to_speeds(pn);
    nn_ = nuisance.transpose() * pn;
    ny_ = pn.transpose() * y;
    yy_ = y.dot(py);

    expected_ << 0.0, window.gain, 0.0;
    precision_ = Eigen::Vector3d(window.baseline_sd, window.gain_sd, window.slope_sd).array().square().inverse();
    set_scale(1.0);
}

void Likelihood::set_scale(double scale) {
    scale_ = scale;
    const double weight = 1.0 / (scale * scale);
    Eigen::Matrix3d a = nn_ * weight;
    a.diagonal() += precision_;
    nuisance_cov_ = a.inverse();
    nuisance_moment_ = ny_ * weight + precision_.cwiseProduct(expected_);
    at_rest_ = -0.5 * (yy_ * weight + expected_.dot(precision_.cwiseProduct(expected_)) -
                       nuisance_moment_.dot(nuisance_cov_ * nuisance_moment_)) -
               0.5 * cautious_log(a.determinant()) + 0.5 * precision_.array().log().sum() -
               static_cast<double>(bins_) * std::log(scale) -
               // The expectation of the scale.
               0.5 * expectation_bins * (weight - 1.0 + 2.0 * std::log(scale));
}

Eigen::Index Likelihood::edge_from(double t) const {
    return static_cast<Eigen::Index>(std::clamp(std::ceil((t - begin_) / bin_), 0.0, static_cast<double>(bins_ + 1)));
}

/// Many candidates in turn differ by whole bins only: they share what their shape comes to at edges and middles.
const Likelihood::Sampled& Likelihood::sampled(const Candidate& c) const {
    const SpeedProfile& profile = speed_profiles()[c.profile];
    const double whole = c.duration / profile.width();
    const double begin = (c.start - profile.from() * whole - begin_) / bin_;
    Sampled& s = sampled_;
    s.edge = static_cast<Eigen::Index>(std::ceil(begin));
    const double offset = static_cast<double>(s.edge) - begin;
    constexpr double same = 1e-9;
    const bool known = s.profile == c.profile && s.duration == c.duration && std::abs(s.offset - offset) < same;
    s.middle = (known ? s.offset : offset) < 0.5 ? s.edge : s.edge - 1;
    if (known)
        return s;
    s.profile = c.profile;
    s.duration = c.duration;
    s.offset = offset;
    const double bins = whole / bin_, a_second = 1.0 / whole, a_bin = 1.0 / bins;
    s.speeds.resize(static_cast<Eigen::Index>(std::ceil(bins - offset)));
    for (Eigen::Index k = 0; k < s.speeds.size(); ++k)
        s.speeds(k) = a_second * profile.speed((offset + static_cast<double>(k)) * a_bin);
    if (pressure_.known()) {
        // From middle to middle by the speed at the edge between them.
        const double first = static_cast<double>(s.middle) + 0.5 - begin;
        s.ways.resize(static_cast<Eigen::Index>(std::ceil(bins - first)));
        double way = profile.way(first * a_bin);
        for (Eigen::Index k = 0, edge = s.middle + 1 - s.edge; k < s.ways.size(); ++k, ++edge) {
            s.ways(k) = way;
            if (edge < s.speeds.size())
                way += s.speeds(edge) * bin_;
        }
    }
    return s;
}

/// The part of values from `at` on that lies within [0, size).
Likelihood::Covered Likelihood::within(Eigen::Index size, const Eigen::VectorXd& values, Eigen::Index at) {
    const Eigen::Index first = std::clamp<Eigen::Index>(at, 0, size);
    const Eigen::Index last = std::clamp<Eigen::Index>(at + values.size(), first, size);
    return {first, {values.data() + (first == last ? 0 : first - at), last - first}};
}

Likelihood::Covered Likelihood::speeds(const Sampled& s) const {
    return within(bins_ + 1, s.speeds, s.edge);
}

Pressure::Match Likelihood::pressure_of(const Sampled& s) const {
    const auto [first, ways] = within(bins_, s.ways, s.middle);
    return pressure_.match(ways, first, speed_profiles()[s.profile].way(1.0));
}

Candidate Likelihood::candidate(double start, double duration, std::size_t profile) const {
    Candidate c;
    c.start = start;
    c.duration = duration;
    c.profile = profile;
    c.if_whole = c.if_part = when(c);
    const Sampled& sampled = this->sampled(c);
    const auto [first, speeds] = this->speeds(sampled);
    const Eigen::Index n = speeds.size();
    if (n == 0)
        return c;
    // The matrix is symmetric: half of it will do, four columns at once.
    Eigen::Index j = 0;
    for (; j + 4 <= n; j += 4) {
        const Eigen::Vector4d own = speeds.segment<4>(j);
        Eigen::Array<double, 2, 4> above = Eigen::Array<double, 2, 4>::Zero();
        for (Eigen::Index i = 0; i < j; i += 2)
            for (Eigen::Index k = 0; k < 4; ++k)
                above.col(k) += vv_.col(first + j + k).segment<2>(first + i).array() * speeds.segment<2>(i).array();
        c.energy += own.dot(vv_.block<4, 4>(first + j, first + j) * own) +
                    2.0 * own.dot(above.colwise().sum().matrix().transpose());
    }
    for (; j < n; ++j)
        c.energy += speeds(j) * (vv_(first + j, first + j) * speeds(j) +
                                 2.0 * vv_.col(first + j).segment(first, j).dot(speeds.head(j)));
    c.match = vy_.segment(first, n).dot(speeds);
    c.overlap = vn_.middleRows(first, n).transpose() * speeds;
    if (pressure_.known()) {
        const Pressure::Match match = pressure_of(sampled);
        const auto add = [&](double& to, const Expected& height) {
            to += pressure_.log_likelihood(match, height.mean, height.sd);
        };
        add(c.if_whole, expected(Height::whole));
        if (window_.partial > 0.0)
            add(c.if_part, expected(Height::part));
    }
    return c;
}

/// The log of how much likelier a movement is to last so long than if every order of magnitude were as likely.
double Likelihood::how_long(double duration) const {
    if (!(window_.log_duration_sd > 0.0))
        return 0.0;
    const double off = (std::log(duration) - window_.log_duration_mean) / window_.log_duration_sd;
    const double like_before =
        any_log_duration / (window_.log_duration_sd * std::sqrt(2.0 * std::numbers::pi)) * std::exp(-0.5 * off * off);
    return std::log(1.0 - as_before + as_before * like_before);
}

double Likelihood::last_how_long(double duration) const {
    if (duration != asked_duration_) {
        asked_duration_ = duration;
        asked_how_long_ = how_long(duration);
    }
    return asked_how_long_;
}

/// The log of what is expected of its place, apart from the force.
double Likelihood::when(const Candidate& c) const {
    const double early = std::max(0.0, window_.expected_from - c.start) / window_.expected_sd;
    const double after = c.end() - window_.expected_to;
    const double faded = after + speed_profiles()[c.profile].after() * c.duration;
    const double late = (window_.ends_there && faded < 0.0 ? faded : std::max(0.0, after)) / window_.expected_sd;
    return -0.5 * (early * early + late * late) + last_how_long(c.duration);
}

Likelihood::Seen Likelihood::seen(const Candidate& c) const {
    const double weight = 1.0 / (scale_ * scale_);
    Seen s;
    s.overlap = c.overlap * weight;
    s.carried = nuisance_cov_ * s.overlap;
    s.precision = c.energy * weight - s.overlap.dot(s.carried);
    s.moment = c.match * weight - nuisance_moment_.dot(s.carried);
    s.if_whole = c.if_whole;
    s.if_part = c.if_part;
    return s;
}

double Likelihood::log_likelihood(const Seen& s, Height which, double least) const {
    constexpr double none = -std::numeric_limits<double>::infinity();
    const Expected& height = expected(which);
    const double precision = s.precision + height.precision, moment = s.moment + height.precision * height.mean;
    const double likeliest = moment / precision;
    // Where the sums give no definite answer the likelihood is no number, and nor would any mean over it be.
    if (!(precision > 0.0 && likeliest >= window_.least_height))
        return none;
    const double before_width = at_rest_ + 0.5 * moment * likeliest -
                                0.5 * height.precision * height.mean * height.mean +
                                (which == Height::whole ? s.if_whole : s.if_part);
    // The width can only make it less: what the stretch tells of the height does not make it less known.
    return before_width < least ? none : before_width - 0.5 * std::log(precision / height.precision);
}

Explanation Likelihood::explain(const Seen& s, Height which, double log_likelihood) const {
    Explanation e;
    e.log_likelihood = log_likelihood;
    const Expected& height = expected(which);
    e.height_var = 1.0 / (s.precision + height.precision);
    e.height = (s.moment + height.precision * height.mean) * e.height_var;
    e.nuisance = nuisance_cov_ * nuisance_moment_ - s.carried * e.height;
    e.gain_var = nuisance_cov_(1, 1) + s.carried(1) * s.carried(1) * e.height_var;
    return e;
}

double Likelihood::scale_of(const Candidate& c, Height height) const {
    const Explanation e = explain(c, height);
    const double residual = yy_ - 2.0 * (e.height * c.match + e.nuisance.dot(ny_)) + e.height * e.height * c.energy +
                            2.0 * e.height * e.nuisance.dot(c.overlap) + e.nuisance.dot(nn_ * e.nuisance);
    return scale_leaving(residual);
}

double Likelihood::at_rest_residual() const {
    const Eigen::Vector3d nuisance = nuisance_cov_ * nuisance_moment_;
    return yy_ - 2.0 * nuisance.dot(ny_) + nuisance.dot(nn_ * nuisance);
}

double Likelihood::scale_leaving(double residual) const {
    return std::sqrt((expectation_bins + std::max(0.0, residual)) / (expectation_bins + static_cast<double>(bins_)));
}

}  // namespace heeldrop::motion
