#include "daemon/motion/movement.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>
#include <utility>

#include "daemon/motion/grid.hpp"
#include "daemon/motion/sway.hpp"

namespace heeldrop::motion {
namespace {

/// A single-peaked speed profile on 0..1 with unit area: it grows over the first `rise` and fades over the last `fall`
/// of its time, each as a sine squared. Long flanks make bells, short ones near-constant speed, unequal ones lean.
/// Described by where its speed passes 10 % of the peak.
class Shape {
 public:
    Shape(double rise, double fall) {
        const auto flank = [](double u) { return u >= 1.0 ? 1.0 : std::pow(std::sin(0.5 * std::numbers::pi * u), 2); };
        double area = 0.0;
        for (int i = 0; i <= points; ++i) {
            const double x = static_cast<double>(i) / points;
            speed_[index(i)] = flank(x / rise) * flank((1.0 - x) / fall);
            area += speed_[index(i)] / points;
        }
        for (double& v : speed_)
            v /= area;
        for (int i = 1; i <= points; ++i)
            way_[index(i)] = way_[index(i - 1)] + 0.5 * (speed_[index(i - 1)] + speed_[index(i)]) / points;
        peak_ = *std::max_element(speed_.begin(), speed_.end());
        int first = 0, last = points;
        while (speed_[index(first)] < 0.1 * peak_)
            ++first;
        while (speed_[index(last)] < 0.1 * peak_)
            --last;
        from_ = crossing(first - 1, first);
        to_ = crossing(last + 1, last);
    }

    double speed(double x) const {
        if (x <= 0.0 || x >= 1.0)
            return 0.0;
        const double at = x * points;
        const int i = static_cast<int>(at);
        return speed_[index(i)] + (at - i) * (speed_[index(i + 1)] - speed_[index(i)]);
    }
    /// The part of the way that lies behind at x.
    double way(double x) const {
        if (x <= 0.0)
            return 0.0;
        if (x >= 1.0)
            return 1.0;
        const double at = x * points;
        const int i = static_cast<int>(at);
        return way_[index(i)] + (at - i) * (way_[index(i + 1)] - way_[index(i)]);
    }
    double peak() const { return peak_; }
    double from() const { return from_; }         ///< of the whole, where the 10 % window begins
    double width() const { return to_ - from_; }  ///< of the whole, that the 10 % window takes

 private:
    static constexpr int points = 512;
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    double crossing(int below, int above) const {
        const double b = speed_[index(below)], a = speed_[index(above)];
        const double part = (0.1 * peak_ - b) / (a - b);
        return (below + part * (above - below)) / points;
    }
    std::array<double, points + 1> speed_{}, way_{};
    double peak_ = 0.0, from_ = 0.0, to_ = 1.0;
};

const std::array<Shape, 9>& shapes() {
    static const std::array<Shape, 9> all{Shape{0.5, 0.5},   Shape{0.12, 0.12}, Shape{0.25, 0.25},
                                          Shape{0.9, 0.3},   Shape{0.3, 0.9},   Shape{0.15, 0.45},
                                          Shape{0.45, 0.15}, Shape{0.9, 0.9},   Shape{0.05, 0.05}};
    return all;
}
constexpr std::size_t coarse_shapes = 2;

/// Offset, gain, slope and height: what the force depends on linearly.
using Vector4 = Eigen::Vector4d;
using Matrix4 = Eigen::Matrix4d;

struct Candidate {
    double start = 0.0, duration = 0.0;
    std::size_t shape = 0;
    double log_likelihood = -std::numeric_limits<double>::infinity();
    Vector4 mean = Vector4::Zero();
    double height_var = 0.0;
    double gain_var = 0.0;
};

/// The window, whitened, with everything that does not depend on the candidate done once.
class Problem {
 public:
    explicit Problem(const MovementWindow& w)
        : w_(w),
          sway_(Sway::of(w.stance, w.bin)),
          n_(w.force.size()),
          y_(n_),
          columns_{std::vector<double>(n_), std::vector<double>(n_), std::vector<double>(n_)} {
        std::vector<double> raw(n_);
        const double middle = 0.5 * static_cast<double>(n_) * w_.bin;
        const auto whitened = [&](auto value, std::vector<double>& out) {
            for (std::size_t k = 0; k < n_; ++k)
                raw[k] = std::isfinite(w_.noise[k]) ? value(k) / w_.noise[k] : 0.0;
            sway_.whiten(raw, out);
        };
        whitened([&](std::size_t k) { return w_.force[k] - w_.baseline; }, y_);
        whitened([&](std::size_t) { return 1.0; }, columns_[0]);
        whitened([&](std::size_t k) { return w_.share_shift[k]; }, columns_[1]);
        whitened([&](std::size_t k) { return (static_cast<double>(k) + 0.5) * w_.bin - middle; }, columns_[2]);
        yy_ = dot(y_, y_);
        gram_.setZero();
        moment_.setZero();
        for (int i = 0; i < 3; ++i) {
            moment_(i) = dot(columns_[at(i)], y_);
            for (int j = 0; j < 3; ++j)
                gram_(i, j) = dot(columns_[at(i)], columns_[at(j)]);
        }
        const auto backwards = [&](const std::vector<double>& in) {
            std::vector<double> out(n_);
            sway_.whiten_transposed(in, out);
            return out;
        };
        y_back_ = backwards(y_);
        for (std::size_t i = 0; i < 3; ++i)
            columns_back_[i] = backwards(columns_[i]);
        prior_mean_ << 0.0, w_.gain, 0.0, w_.height_mean;
        const Vector4 sd{w_.baseline_sd, w_.gain_sd, w_.slope_sd, w_.height_sd};
        prior_precision_ = sd.array().square().inverse();
        column_.resize(n_ + Sway::order);
        filtered_.resize(n_ + Sway::order);
    }

    /// The marginal log likelihood of the stretch under a movement; the linear unknowns are integrated out.
    Candidate evaluate(double start, double duration, std::size_t shape, double scale) {
        const auto [from, to] = fill_column(start, duration, shape);
        Matrix4 gram = gram_;
        Vector4 moment = moment_;
        double xy = 0.0, xc[3] = {0, 0, 0};
        for (std::size_t k = from; k < to; ++k) {
            const double x = column_[k];
            xy += x * y_back_[k];
            for (std::size_t i = 0; i < 3; ++i)
                xc[i] += x * columns_back_[i][k];
        }
        moment(3) = xy;
        for (int i = 0; i < 3; ++i)
            gram(i, 3) = gram(3, i) = xc[i];
        gram(3, 3) = energy(from, to);
        Candidate c = solve(gram, moment, scale, 4);
        // Where the sums give no definite answer the likelihood is no number, and nor would any mean over it be.
        if (c.mean(3) < w_.least_height || std::isnan(c.log_likelihood))
            c.log_likelihood = -std::numeric_limits<double>::infinity();
        const double early = std::max(0.0, w_.expected_from - start) / w_.expected_sd;
        const double late = std::max(0.0, start + duration - w_.expected_to) / w_.expected_sd;
        c.log_likelihood -= 0.5 * (early * early + late * late);
        c.start = start;
        c.duration = duration;
        c.shape = shape;
        return c;
    }

    double without_movement(double scale) {
        Matrix4 gram = gram_;
        gram(3, 3) = 0.0;
        return solve(gram, moment_, scale, 3).log_likelihood;
    }

    /// What is left of the stretch once the candidate is taken out, per bin, squared: 1 where the noise is as expected.
    double residual(const Candidate& c) {
        const auto [from, to] = fill_column(c.start, c.duration, c.shape);
        (void)energy(from, to);
        double sum = 0.0;
        for (std::size_t k = 0; k < n_; ++k) {
            double e = y_[k];
            for (int i = 0; i < 3; ++i)
                e -= c.mean(i) * columns_[at(i)][k];
            if (k >= from && k < std::min(n_, to + Sway::order))
                e -= c.mean(3) * filtered_[k];
            sum += e * e;
        }
        return sum;
    }

    double log_evidence(const Candidate& c, double scale) const {
        return c.log_likelihood + sway_.log_volume(n_) - static_cast<double>(n_) * std::log(scale);
    }

    double length() const { return static_cast<double>(n_) * w_.bin; }
    std::size_t bins() const { return n_; }

 private:
    static std::size_t at(int i) { return static_cast<std::size_t>(i); }
    static double dot(const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0.0;
        for (std::size_t k = 0; k < a.size(); ++k)
            sum += a[k] * b[k];
        return sum;
    }

    /// The movement's force per metre over the noise, in column_; returns the bins it reaches.
    std::pair<std::size_t, std::size_t> fill_column(double start, double duration, std::size_t index) {
        const Shape& shape = shapes()[index];
        const double whole = duration / shape.width();
        const double begin = start - shape.from() * whole;
        const auto clamp_bin = [&](double t) {
            return static_cast<std::size_t>(std::clamp(std::floor(t / w_.bin), 0.0, static_cast<double>(n_)));
        };
        const std::size_t from = clamp_bin(begin), to = std::min(n_, clamp_bin(begin + whole) + 1);
        const double scale = w_.direction * w_.mass / (whole * w_.bin);
        double before = shape.speed((static_cast<double>(from) * w_.bin - begin) / whole);
        for (std::size_t k = from; k < to; ++k) {
            const double after = shape.speed((static_cast<double>(k + 1) * w_.bin - begin) / whole);
            column_[k] = std::isfinite(w_.noise[k]) ? scale * (after - before) / w_.noise[k] : 0.0;
            before = after;
        }
        return {from, to};
    }

    double energy(std::size_t from, std::size_t to) {
        const std::size_t until = std::min(n_, to + Sway::order);
        double sum = 0.0;
        // The column is zero before `from`.
        sway_.whiten(std::span(column_).subspan(from, to - from), std::span(filtered_).subspan(from, until - from),
                     from);
        for (std::size_t k = from; k < until; ++k)
            sum += filtered_[k] * filtered_[k];
        return sum;
    }

    Candidate solve(const Matrix4& gram, const Vector4& moment, double scale, int unknowns) const {
        const double weight = 1.0 / (scale * scale);
        const auto m = unknowns;
        Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 4, 4> a = gram.topLeftCorner(m, m) * weight;
        Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 4, 1> b = moment.head(m) * weight;
        const auto precision = prior_precision_.head(m);
        const auto mean = prior_mean_.head(m);
        a.diagonal() += precision;
        b += precision.cwiseProduct(mean);
        const Eigen::LDLT<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 4, 4>> ldlt(a);
        const Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 4, 1> beta = ldlt.solve(b);
        Candidate c;
        c.mean.head(m) = beta;
        const double chi2 = yy_ * weight + mean.dot(precision.cwiseProduct(mean)) - b.dot(beta);
        const double log_det = ldlt.vectorD().array().log().sum() - precision.array().log().sum();
        c.log_likelihood = -0.5 * chi2 - 0.5 * log_det;
        Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 4, 1> unit = Eigen::VectorXd::Zero(m);
        if (m == 4) {
            unit(3) = 1.0;
            c.height_var = ldlt.solve(unit)(3);
            unit(3) = 0.0;
        }
        unit(1) = 1.0;
        c.gain_var = ldlt.solve(unit)(1);
        return c;
    }

    const MovementWindow& w_;
    const Sway& sway_;
    std::size_t n_;
    std::vector<double> y_, y_back_;
    std::array<std::vector<double>, 3> columns_, columns_back_;
    std::vector<double> column_, filtered_;
    double yy_ = 0.0;
    Matrix4 gram_;
    Vector4 moment_;
    Vector4 prior_mean_, prior_precision_;
};

/// Weighted mean and spread of a quantity over the candidates.
struct Moments {
    double weight = 0.0, sum = 0.0, squares = 0.0;
    void add(double w, double value, double variance = 0.0) {
        weight += w;
        sum += w * value;
        squares += w * (value * value + variance);
    }
    double mean() const { return sum / weight; }
    double sd() const { return std::sqrt(std::max(0.0, squares / weight - mean() * mean())); }
};

struct Posterior {
    Moments start, end, duration, height, peak, gain;
    Candidate best;
};

/// Every start and end on a net, every shape, each weighed by its likelihood.
Posterior explore(Problem& problem, std::span<const double> starts, std::span<const double> ends, double scale,
                  const MovementWindow& w) {
    std::vector<Candidate> all;
    all.reserve(starts.size() * ends.size() * shapes().size());
    Posterior p;
    for (std::size_t shape = 0; shape < shapes().size(); ++shape) {
        for (const double start : starts) {
            for (const double end : ends) {
                if (start < w.earliest || end - start < w.shortest || end - start > w.longest)
                    continue;
                all.push_back(problem.evaluate(start, end - start, shape, scale));
                if (all.back().log_likelihood > p.best.log_likelihood)
                    p.best = all.back();
            }
        }
    }
    if (!std::isfinite(p.best.log_likelihood))
        return p;
    for (const Candidate& c : all) {
        const double weight = std::exp(c.log_likelihood - p.best.log_likelihood) / c.duration;
        if (weight < 1e-9)
            continue;
        const Shape& shape = shapes()[c.shape];
        p.start.add(weight, c.start);
        p.end.add(weight, c.start + c.duration);
        p.duration.add(weight, c.duration);
        p.height.add(weight, c.mean(3), c.height_var);
        p.peak.add(weight, c.mean(3) * shape.peak() * shape.width() / c.duration);
        p.gain.add(weight, c.mean(1), c.gain_var);
    }
    return p;
}

std::vector<double> net(double centre, double step, int half) {
    std::vector<double> out;
    for (int i = -half; i <= half; ++i)
        out.push_back(centre + i * step);
    return out;
}

Candidate search(Problem& problem, double scale, const MovementWindow& w) {
    Candidate best;
    for (double duration = w.shortest; duration <= std::min(w.longest, 1.1 * problem.length()); duration *= 1.25) {
        const double step = std::max(w.bin, duration / 6.0);
        for (double start = w.earliest; start < problem.length() - 0.5 * duration; start += step) {
            for (std::size_t shape = 0; shape < coarse_shapes; ++shape) {
                const Candidate c = problem.evaluate(start, duration, shape, scale);
                if (c.log_likelihood > best.log_likelihood)
                    best = c;
            }
        }
    }
    return best;
}

/// The noise's scale as this very stretch shows it, held by an expectation worth this many bins.
double noise_scale(double residual, std::size_t bins) {
    constexpr double expectation_bins = 15.0;
    return std::sqrt((expectation_bins + residual) / (expectation_bins + static_cast<double>(bins)));
}

/// Above this a movement's force is no longer far above sway.
constexpr double slow_seconds = 1.2;

/// A stretch's explanation and its log likelihood, by which noise models are told apart.
struct Explained {
    Posterior posterior;
    double evidence = 0.0;
    double log_evidence = 0.0;
};

std::optional<Explained> explain(const MovementWindow& w) {
    Problem problem(w);
    double scale = 1.0, start, end;
    const auto explained = [&](const Posterior& p) {
        return Explained{p, 2.0 * (p.best.log_likelihood - problem.without_movement(scale)),
                         problem.log_evidence(p.best, scale)};
    };
    if (w.hint) {
        std::tie(start, end) = *w.hint;
    } else {
        const Candidate best = search(problem, scale, w);
        if (!std::isfinite(best.log_likelihood))
            return std::nullopt;
        start = best.start;
        end = best.start + best.duration;
        scale = noise_scale(problem.residual(best), problem.bins());
    }
    const double rough = end - start;
    Posterior p;
    double start_step = std::max(0.01, rough / 14.0), end_step = start_step;
    if (!w.hint && rough > slow_seconds) {
        // A slow movement hides in sway: several stretches may explain it. Weigh all of them before looking closer.
        const double step = std::max(0.08, problem.length() / 60.0);
        std::vector<double> edges;
        for (double t = -0.5; t <= problem.length() + 0.5; t += step)
            edges.push_back(t);
        for (int pass = 0; pass < 2; ++pass) {
            p = explore(problem, edges, edges, scale, w);
            if (p.start.weight <= 0.0)
                return std::nullopt;
            scale = noise_scale(problem.residual(p.best), problem.bins());
        }
        start = p.start.mean();
        end = p.end.mean();
        start_step = 0.75 * p.start.sd();
        end_step = 0.75 * p.end.sd();
        if (std::min(p.start.sd(), p.end.sd()) > 1.5 * step)
            return explained(p);
    }
    for (int pass = 0; pass < 4; ++pass) {
        p = explore(problem, net(start, start_step, 4), net(end, end_step, 4), scale, w);
        if (p.start.weight <= 0.0)
            return std::nullopt;
        scale = noise_scale(problem.residual(p.best), problem.bins());
        start = p.start.mean();
        end = p.end.mean();
        // Steps of 0.75 sd reach 3 sd to each side; never less than a fraction of what the bins resolve.
        start_step = std::clamp(0.75 * p.start.sd(), 0.2 * w.bin, 0.2 * rough);
        end_step = std::clamp(0.75 * p.end.sd(), 0.2 * w.bin, 0.2 * rough);
    }
    return explained(p);
}

/// By whichever noise model makes the stretch likelier.
std::optional<Explained> explain_steady_or_not(const MovementWindow& w) {
    auto explained = explain(w);
    if (!explained || w.stance != Stance::one_leg || explained->posterior.duration.mean() < 0.8)
        return explained;
    MovementWindow unsteady = w;
    unsteady.stance = Stance::one_leg_unsteady;
    auto other = explain(unsteady);
    return other && other->log_evidence > explained->log_evidence ? other : explained;
}

/// The same stretch in coarse bins; a remainder is left out at its beginning.
struct Coarse {
    std::vector<double> force, share_shift, noise;
    MovementWindow window;
    double skipped;  ///< seconds

    explicit Coarse(const MovementWindow& w) : window(w) {
        const auto group = static_cast<std::size_t>(coarse_bin / bin_seconds + 0.5);
        const std::size_t n = w.force.size() / group, skip = w.force.size() - n * group;
        skipped = static_cast<double>(skip) * bin_seconds;
        const double calmer = Sway::of(w.stance, coarse_bin).rms() / Sway::of(w.stance, bin_seconds).rms();
        const auto mean = [&](std::span<const double> in, std::size_t k) {
            double sum = 0.0;
            for (std::size_t j = 0; j < group; ++j)
                sum += in[skip + k * group + j] / static_cast<double>(group);
            return sum;
        };
        for (std::size_t k = 0; k < n; ++k) {
            force.push_back(mean(w.force, k));
            share_shift.push_back(mean(w.share_shift, k));
            noise.push_back(calmer * mean(w.noise, k));
        }
        window.force = force;
        window.share_shift = share_shift;
        window.noise = noise;
        window.bin = coarse_bin;
        window.expected_from -= skipped;
        window.expected_to -= skipped;
        if (window.hint)
            window.hint = {window.hint->first - skipped, window.hint->second - skipped};
    }
    Coarse(const Coarse&) = delete;
    Coarse& operator=(const Coarse&) = delete;
};

/// Times by `skipped` later, the movement and its baseline laid out over the window's own bins.
MovementFit result(const MovementWindow& w, const Explained& e, double skipped) {
    const Posterior& p = e.posterior;
    MovementFit fit;
    fit.start = p.start.mean() + skipped;
    fit.end = p.end.mean() + skipped;
    fit.start_sd = p.start.sd();
    fit.end_sd = p.end.sd();
    fit.duration = p.duration.mean();
    fit.duration_sd = p.duration.sd();
    fit.height = p.height.mean();
    fit.height_sd = p.height.sd();
    fit.peak_speed = p.peak.mean();
    fit.gain = p.gain.mean();
    fit.gain_sd = p.gain.sd();
    fit.evidence = e.evidence;
    const Candidate& c = p.best;
    const Shape& shape = shapes()[c.shape];
    const double whole = c.duration / shape.width();
    const double begin = c.start + skipped - shape.from() * whole;
    const double middle = skipped + 0.5 * (static_cast<double>(w.force.size()) * bin_seconds - skipped);
    for (std::size_t k = 0; k < w.force.size(); ++k) {
        const double t = static_cast<double>(k) * bin_seconds;
        const double faster = shape.speed((t + bin_seconds - begin) / whole) - shape.speed((t - begin) / whole);
        fit.acceleration.push_back(c.mean(3) * w.direction * faster / (whole * bin_seconds));
        fit.baseline.push_back(w.baseline + c.mean(0) + c.mean(1) * w.share_shift[k] +
                               c.mean(2) * (t + 0.5 * bin_seconds - middle));
    }
    return fit;
}

}  // namespace

std::optional<MovementFit> fit_movement(const MovementWindow& w) {
    if (static_cast<double>(w.force.size()) * bin_seconds < 0.3)
        return std::nullopt;
    if (w.hint) {
        const auto explained = explain_steady_or_not(w);
        return explained ? std::optional(result(w, *explained, 0.0)) : std::nullopt;
    }
    const Coarse coarse(w);
    const auto rough = explain_steady_or_not(coarse.window);
    if (!rough)
        return std::nullopt;
    const Posterior& p = rough->posterior;
    if (p.duration.mean() > slow_seconds)
        return result(w, *rough, coarse.skipped);
    MovementWindow fine = w;
    fine.hint = {p.start.mean() + coarse.skipped, p.end.mean() + coarse.skipped};
    const auto explained = explain_steady_or_not(fine);
    return explained ? std::optional(result(w, *explained, 0.0)) : std::nullopt;
}

MovementNow movement_now(const MovementWindow& fine) {
    const Coarse coarse(fine);
    const MovementWindow& w = coarse.window;
    Problem problem(w);
    constexpr double still_to_come = 5.0;  // seconds within which a body that stands on one foot begins to lower
    constexpr std::array durations{0.5, 0.9, 1.4, 2.0, 2.8, 4.0, 5.6};
    constexpr std::array<std::size_t, 2> used_shapes{0, 2};
    const double step = std::max(0.16, problem.length() / 40.0);
    const double prior_each =
        step / (problem.length() + still_to_come) / static_cast<double>(durations.size() * used_shapes.size());
    const double best = problem.without_movement(1.0);
    double total = still_to_come / (problem.length() + still_to_come);
    MovementNow now;
    for (double start = 0.0; start < problem.length(); start += step) {
        for (const double duration : durations) {
            for (const std::size_t index : used_shapes) {
                const Candidate c = problem.evaluate(start, duration, index, 1.0);
                const double weight = prior_each * std::exp(std::min(300.0, c.log_likelihood - best));
                if (!(weight > 0.0))
                    continue;
                const Shape& shape = shapes()[index];
                const double whole = duration / shape.width();
                const double x = (problem.length() - start) / whole + shape.from();
                total += weight;
                now.started += weight;
                now.start += weight * (start + coarse.skipped);
                now.speed += weight * c.mean(3) * shape.speed(x) / whole;
                now.height += weight * c.mean(3) * shape.way(x);
                if (start + duration < problem.length())
                    now.over += weight;
            }
        }
    }
    if (now.started > 0.0)
        now.start /= now.started;
    for (double* part : {&now.started, &now.over, &now.speed, &now.height})
        *part /= total;
    return now;
}

std::optional<MovementFit> integrate_movement(const MovementWindow& w) {
    const std::size_t n = w.force.size();
    if (static_cast<double>(n) * bin_seconds < 0.3)
        return std::nullopt;
    std::vector<double> excess(n);
    double mean = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
        excess[k] = w.force[k] - w.gain * w.share_shift[k];
        mean += excess[k] / static_cast<double>(n);
    }
    std::vector<double> speed(n + 1, 0.0);  // at the bins' edges, along the asked direction
    std::size_t peak_at = 0;
    for (std::size_t k = 0; k < n; ++k) {
        speed[k + 1] = speed[k] + w.direction * (excess[k] - mean) / w.mass * bin_seconds;
        if (speed[k + 1] > speed[peak_at])
            peak_at = k + 1;
    }
    const double limit = 0.1 * speed[peak_at];
    if (limit <= 0.0)
        return std::nullopt;
    // Outwards from the peak to where it is below 10 % and stays there for longer than a hesitation within one
    // movement.
    const auto hesitation = static_cast<std::size_t>(0.3 / bin_seconds);
    const auto walk = [&](int step) {
        std::size_t at = peak_at, below = 0;
        for (std::size_t k = peak_at; step > 0 ? k < n : k > 0;) {
            k = step > 0 ? k + 1 : k - 1;
            if (speed[k] >= limit) {
                at = k;
                below = 0;
            } else if (++below > hesitation || speed[k] < -limit) {
                break;
            }
        }
        return at;
    };
    const std::size_t first = walk(-1), last = walk(+1);
    const auto edge = [&](std::size_t inside, int step) {
        if (inside == 0 || inside == n)
            return static_cast<double>(inside);
        const std::size_t outside = step > 0 ? inside + 1 : inside - 1;
        return static_cast<double>(inside) + step * (speed[inside] - limit) / (speed[inside] - speed[outside]);
    };
    MovementFit fit;
    fit.start = edge(first, -1) * bin_seconds;
    fit.end = edge(last, +1) * bin_seconds;
    fit.duration = fit.end - fit.start;
    for (std::size_t k = first; k < last; ++k)
        fit.height += 0.5 * (speed[k] + speed[k + 1]) * bin_seconds;
    if (fit.height < w.least_height)
        return std::nullopt;
    fit.peak_speed = speed[peak_at];
    // Sway's share in the speed: what the quiet rest of the stretch shows, at least a millimetre a second.
    double quiet = 0.0;
    std::size_t still = 0;
    for (std::size_t k = 0; k <= n; ++k) {
        if (k >= first && k <= last)
            continue;
        quiet += std::min(speed[k] * speed[k], limit * limit);
        ++still;
    }
    const double speed_sd = std::max(0.001, still > 0 ? std::sqrt(quiet / static_cast<double>(still)) : 0.002);
    const double slope = fit.peak_speed / (0.25 * fit.duration);  // how steeply speed crosses the limit, roughly
    fit.start_sd = fit.end_sd = std::max(0.25 * bin_seconds, speed_sd / slope);
    fit.duration_sd = std::hypot(fit.start_sd, fit.end_sd);
    fit.height_sd = speed_sd * fit.duration / std::sqrt(2.0);
    fit.gain = w.gain;
    fit.gain_sd = w.gain_sd;
    fit.evidence = 2.0 * (fit.height / std::max(1e-4, fit.height_sd)) * (fit.height / std::max(1e-4, fit.height_sd));
    fit.baseline.assign(n, mean);
    fit.acceleration.assign(n, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
        fit.baseline[k] += w.gain * w.share_shift[k];
        if (k + 1 >= first && k <= last + 1)
            fit.acceleration[k] = (excess[k] - mean) / w.mass;
    }
    return fit;
}

}  // namespace heeldrop::motion
