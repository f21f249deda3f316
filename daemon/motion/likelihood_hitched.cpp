// How likely a stretch is if the body also hesitated and hurried on its way; see likelihood.hpp. README.md derives it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "daemon/motion/likelihood.hpp"

namespace heeldrop::motion {
namespace {

/// How much sooner or later than the rest a part of a hitched movement goes: every third of a second a coefficient of
/// this standard deviation, as sub-movements last some 0.2 to 0.6 s.
constexpr double hitch_spacing = 0.3, hitch_width = 0.2, hitch_sd = 0.6;
/// Further from its middle, in widths, a part says nothing.
constexpr double hitch_reach = 3.0;

}  // namespace

/// What all hitched movements over these bins share.
struct Likelihood::Hitches {
    /// How much of each part each edge has. Every part reaches over a few edges only.
    struct Part {
        double middle;
        Eigen::Index first, end;
        Eigen::VectorXd at;
    };
    std::vector<Part> parts;
    Eigen::MatrixXd pressure;       ///< what speeds at the edges do to the pressure, for a coupling of one: its energy
    Eigen::VectorXd pressure_seen;  ///< and its match with what was seen
    // Force and pressure together, at the scale.
    double scale = 0.0;
    Eigen::MatrixXd both;
    Eigen::VectorXd both_seen;
    // Scratch, to spare allocations.
    Eigen::MatrixXd ways, products, normal;
};

void Likelihood::prepare_hitches() {
    if (!hitches_) {
        hitches_ = std::make_unique<Hitches>();
        for (double middle = std::ceil(begin_ / hitch_spacing) * hitch_spacing - 2.0 * hitch_spacing;
             middle < end() + 2.0 * hitch_spacing; middle += hitch_spacing) {
            const auto at = [&](double t) {
                return static_cast<Eigen::Index>(
                    std::clamp(std::ceil((t - begin_) / bin_), 0.0, static_cast<double>(bins_ + 1)));
            };
            Hitches::Part part;
            part.middle = middle;
            part.first = at(middle - hitch_reach * hitch_width);
            part.end = at(middle + hitch_reach * hitch_width);
            part.at.resize(part.end - part.first);
            for (Eigen::Index k = part.first; k < part.end; ++k)
                part.at(k - part.first) = std::exp(-0.5 * std::pow((edge(k) - middle) / hitch_width, 2));
            hitches_->parts.push_back(std::move(part));
        }
        if (pressure_.known()) {
            // How far the body has come at each bin's middle, by the speeds at all edges, linear between them.
            Eigen::MatrixXd ways = Eigen::MatrixXd::Zero(bins_, bins_ + 1);
            for (Eigen::Index k = 0; k < bins_; ++k) {
                ways.row(k).head(k).setConstant(bin_);
                ways(k, k) = 0.875 * bin_;
                ways(k, 0) = k > 0 ? 0.5 * bin_ : 0.375 * bin_;
                ways(k, k + 1) = 0.125 * bin_;
            }
            hitches_->pressure = Eigen::MatrixXd::Zero(bins_ + 1, bins_ + 1);
            hitches_->pressure_seen = Eigen::VectorXd::Zero(bins_ + 1);
            pressure_.add_to(ways, hitches_->pressure, hitches_->pressure_seen);
        }
    }
    if (hitches_->scale == scale_)
        return;
    const double weight = 1.0 / (scale_ * scale_);
    hitches_->scale = scale_;
    hitches_->both = vv_ * weight;
    hitches_->both_seen = vy_ * weight;
    if (pressure_.known()) {
        hitches_->both += std::pow(pressure_.coupling(), 2) * hitches_->pressure;
        hitches_->both_seen += pressure_.coupling() * hitches_->pressure_seen;
    }
}

HitchedExplanation Likelihood::explain_hitched(const Candidate& c) {
    const Expected height = expected(Height::whole);
    prepare_hitches();
    Hitches& shared = *hitches_;
    HitchedExplanation e;
    e.log_likelihood = -std::numeric_limits<double>::infinity();
    const Eigen::Index first = speeds(c, speeds_), n = speeds_.size(), last = first + n;
    const auto sooner = [](const Hitches::Part& part, double t) { return part.middle < t; };
    const auto from = std::lower_bound(shared.parts.begin(), shared.parts.end(), c.start - 0.1, sooner);
    const auto to = std::lower_bound(from, shared.parts.end(), c.end() + 0.1, sooner);
    if (n < 3 || from == to)
        return e;
    // The unknowns: offset, gain, slope, the movement, its hitches, and how much further than believed the pressure
    // goes, of the movement without hitches.
    const Eigen::Index hitches = to - from, moving = 1 + hitches, unknowns = 5 + hitches;
    const auto both = shared.both.block(first, first, n, n);
    const double weight = 1.0 / (scale_ * scale_);
    // Each way's speeds: the movement's first, then its parts, and what force and pressure make of them.
    Eigen::MatrixXd &ways = shared.ways, &products = shared.products, &a = shared.normal;
    ways.setZero(n, moving);
    products.resize(n, moving);
    a.setZero(unknowns, unknowns);
    Eigen::VectorXd b = Eigen::VectorXd::Zero(unknowns), prior(unknowns), taken(hitches);
    ways.col(0) = speeds_;
    products.col(0).noalias() = both * speeds_;
    const double plain_sum = speeds_.sum();
    const auto reach = [&](const Hitches::Part& part) {
        const Eigen::Index begin = std::clamp(part.first - first, Eigen::Index{0}, n);
        return std::pair{begin, std::clamp(part.end - first, begin, n) - begin};
    };
    for (Eigen::Index j = 0; j < hitches; ++j) {
        const Hitches::Part& part = from[j];
        const auto [begin, count] = reach(part);
        auto own = ways.col(j + 1).segment(begin, count);
        own = height.mean * speeds_.segment(begin, count).cwiseProduct(part.at.segment(first + begin - part.first, count));
        const Eigen::Index rows = begin + count;
        products.col(j + 1).head(rows).noalias() = both.block(0, begin, rows, count) * own;
        // What goes sooner here goes later elsewhere: hitches add nothing to the height, which has its own expectation.
        taken(j) = own.sum() / plain_sum;
    }
    a.topLeftCorner<3, 3>() = nn_ * weight;
    b.head<3>() = ny_ * weight;
    for (Eigen::Index j = 0; j < moving; ++j) {
        Eigen::Index begin = 0, count = n;
        if (j > 0)
            std::tie(begin, count) = reach(from[j - 1]);
        const auto own = ways.col(j).segment(begin, count);
        a.block<1, 3>(3 + j, 0).noalias() = own.transpose() * vn_.middleRows(first + begin, count) * weight;
        b(3 + j) = own.dot(shared.both_seen.segment(first + begin, count));
        a(3 + j, 3) = own.dot(products.col(0).segment(begin, count));
        for (Eigen::Index k = std::max<Eigen::Index>(j, 1); j > 0 && k < moving; ++k)
            a(3 + k, 3 + j) = own.dot(products.col(k).segment(begin, count));
    }
    if (pressure_.known()) {
        const double unit = pressure_.coupling_sd() * height.mean;
        const Eigen::VectorXd further = unit * (shared.pressure.block(first, first, n, n) * speeds_);
        for (Eigen::Index j = 0; j < moving; ++j)
            a(unknowns - 1, 3 + j) = pressure_.coupling() * ways.col(j).dot(further);
        a(unknowns - 1, unknowns - 1) = unit * speeds_.dot(further);
        b(unknowns - 1) = unit * speeds_.dot(shared.pressure_seen.segment(first, n));
    }
    // Only the lower part is filled, and read.
    for (Eigen::Index j = 0; j < hitches; ++j) {
        a.block<1, 3>(4 + j, 0) -= taken(j) * a.block<1, 3>(3, 0);
        a(unknowns - 1, 4 + j) -= taken(j) * a(unknowns - 1, 3);
        b(4 + j) -= taken(j) * b(3);
        for (Eigen::Index k = 0; k <= j; ++k)
            a(4 + j, 4 + k) += taken(j) * (taken(k) * a(3, 3) - a(4 + k, 3)) - taken(k) * a(4 + j, 3);
    }
    a.block(4, 3, hitches, 1) -= taken * a(3, 3);

    const double height_precision = 1.0 / (height.sd * height.sd);
    prior.head<3>() = precision_;
    prior(3) = height_precision;
    prior.segment(4, hitches).setConstant(1.0 / (hitch_sd * hitch_sd));
    prior(unknowns - 1) = 1.0;
    a.diagonal() += prior;
    b.head<3>() += precision_.cwiseProduct(expected_);
    b(3) += height_precision * height.mean;
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> llt(a);
    if (llt.info() != Eigen::Success)
        return e;
    const Eigen::VectorXd solution = llt.solve(b);
    e.speed = Eigen::VectorXd::Zero(bins_ + 1);
    e.speed.segment(first, n).noalias() = ways * solution.segment(3, moving);
    e.speed.segment(first, n) -= taken.dot(solution.segment(4, hitches)) * speeds_;
    e.nuisance = solution.head<3>();

    // Its own 10 % window, by the speed as it came out.
    e.peak_speed = e.speed.segment(first, n).maxCoeff();
    const double limit = 0.1 * e.peak_speed;
    if (!(limit > 0.0))
        return e;
    Eigen::Index begin = first, end = last - 1;
    while (e.speed(begin) < limit)
        ++begin;
    while (e.speed(end) < limit)
        --end;
    const auto crossing = [&](Eigen::Index inside, Eigen::Index outside) {
        if (outside < 0 || outside > bins_)
            return edge(inside);
        const double part = (e.speed(inside) - limit) / (e.speed(inside) - e.speed(outside));
        return edge(inside) + part * (edge(outside) - edge(inside));
    };
    e.start = crossing(begin, begin - 1);
    e.end = crossing(end, end + 1);
    e.height = bin_ * e.speed.segment(begin, end - begin + 1).sum();
    if (e.height < window_.least_height)
        return e;
    // Hitches add nothing to the height.
    const double metres = bin_ * plain_sum;
    e.height_var = metres * metres * llt.solve(Eigen::VectorXd::Unit(unknowns, 3))(3);
    e.gain_var = llt.solve(Eigen::VectorXd::Unit(unknowns, 1))(1);
    e.log_likelihood = -0.5 * (yy_ * weight + expected_.dot(precision_.cwiseProduct(expected_)) +
                               height_precision * height.mean * height.mean - b.dot(solution)) -
                       a.diagonal().array().log().sum() + 0.5 * prior.array().log().sum() -
                       static_cast<double>(bins_) * std::log(scale_) -
                       0.5 * expectation_bins * (weight - 1.0 + 2.0 * std::log(scale_)) + when(c) -
                       how_long(c.duration) + how_long(e.end - e.start);
    return e;
}

double Likelihood::scale_of(const HitchedExplanation& e) const {
    const double residual = yy_ - 2.0 * (e.speed.dot(vy_) + e.nuisance.dot(ny_)) + e.speed.dot(vv_ * e.speed) +
                            2.0 * e.nuisance.dot(vn_.transpose() * e.speed) + e.nuisance.dot(nn_ * e.nuisance);
    return scale_leaving(residual);
}

}  // namespace heeldrop::motion
