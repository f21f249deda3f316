// How likely a stretch is if the body also hesitated and hurried on its way; see likelihood.hpp. README.md derives it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "daemon/motion/likelihood.hpp"

namespace heeldrop::motion {
namespace {

/// How much sooner or later than the rest a part of a hitched movement goes: every 0.3 s a coefficient of
/// this standard deviation, as sub-movements last some 0.2 to 0.6 s.
constexpr double hitch_spacing = 0.3, hitch_width = 0.2, hitch_sd = 0.6;
/// Further from its middle, in widths, a part says nothing.
constexpr double hitch_reach = 3.0;
/// The log of how much likelier any length can make a movement.
constexpr double most_for_its_length = 5.0;

}  // namespace

void Likelihood::prepare_hitches() {
    if (!hitches_) {
        hitches_ = std::make_unique<Hitches>();
        for (double middle = std::ceil(begin_ / hitch_spacing) * hitch_spacing - 2.0 * hitch_spacing;
             middle < end() + 2.0 * hitch_spacing; middle += hitch_spacing) {
            Hitches::Part part;
            part.middle = middle;
            part.first = edge_from(middle - hitch_reach * hitch_width);
            part.end = edge_from(middle + hitch_reach * hitch_width);
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
            hitches_->pressure.triangularView<Eigen::StrictlyUpper>() = hitches_->pressure.transpose();
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

/// The normal equations of a hitched movement's unknowns: offset, gain, slope, the movement, its hitches, and how much
/// further than believed the pressure goes, of the movement without hitches. False where nothing can go in hitches.
bool Likelihood::equations(const Candidate& c) {
    Hitches& h = *hitches_;
    const auto [first, speeds] = this->speeds(sampled(c));
    const Eigen::Index n = speeds.size();
    h.first = first;
    h.speeds = speeds;
    const auto sooner = [](const Hitches::Part& part, double t) { return part.middle < t; };
    const auto from = std::lower_bound(h.parts.begin(), h.parts.end(), c.start - 0.1, sooner);
    const auto to = std::lower_bound(from, h.parts.end(), c.end() + 0.1, sooner);
    if (n < 3 || from == to)
        return false;
    const double mean = expected(Height::whole).mean, weight = 1.0 / (scale_ * scale_);
    // Each way's speeds, the movement's first, then its parts, and what force and pressure make of them. But within its
    // reach each is 0, and not filled in.
    h.reach.assign({{0, n}});
    h.ways.resize(n, 1 + (to - from));
    h.products.resize(n, h.ways.cols());
    h.ways.col(0) = h.speeds;
    const auto both = h.both.block(first, first, n, n);
    h.products.col(0).noalias() = both * h.speeds;
    h.taken.resize(to - from);
    for (auto part = from; part != to; ++part) {
        const Eigen::Index begin = std::clamp(part->first - first, Eigen::Index{0}, n),
                           end = std::clamp(part->end - first, begin, n), j = part - from + 1;
        h.reach.emplace_back(begin, end - begin);
        h.way(j) = mean * h.speeds.segment(begin, end - begin)
                              .cwiseProduct(part->at.segment(first + begin - part->first, end - begin));
        h.products.col(j).head(end).noalias() = both.block(0, begin, end, end - begin) * h.way(j);
        h.taken(j - 1) = h.way(j).sum() / h.speeds.sum();
    }

    const Eigen::Index hitches = to - from, last = 4 + hitches;
    Eigen::MatrixXd& a = h.normal;  // only the lower part is filled, and read
    Eigen::VectorXd& b = h.moment;
    a.resize(last + 1, last + 1);
    b.resize(last + 1);
    a.topLeftCorner<3, 3>() = nn_ * weight;
    b.head<3>() = ny_ * weight;
    for (Eigen::Index j = 0; j <= hitches; ++j) {
        const auto way = h.way(j);
        const auto [begin, count] = h.reach[static_cast<std::size_t>(j)];
        for (Eigen::Index k = 0; k < 3; ++k)
            a(3 + j, k) = way.dot(vn_.col(k).segment(first + begin, count)) * weight;
        b(3 + j) = way.dot(h.both_seen.segment(first + begin, count));
        a(3 + j, 3) = way.dot(h.products.col(0).segment(begin, count));
        for (Eigen::Index k = std::max<Eigen::Index>(j, 1); j > 0 && k <= hitches; ++k)
            a(3 + k, 3 + j) = way.dot(h.products.col(k).segment(begin, count));
    }
    a.row(last).setZero();
    b(last) = 0.0;
    if (pressure_.known()) {
        const double unit = pressure_.coupling_sd() * mean;
        h.further.noalias() = h.pressure.block(first, first, n, n) * h.speeds;
        for (Eigen::Index j = 0; j <= hitches; ++j) {
            const auto [begin, count] = h.reach[static_cast<std::size_t>(j)];
            a(last, 3 + j) = unit * pressure_.coupling() * h.way(j).dot(h.further.segment(begin, count));
        }
        a(last, last) = unit * unit * h.speeds.dot(h.further);
        b(last) = unit * h.speeds.dot(h.pressure_seen.segment(first, n));
    }
    // What goes sooner here goes later elsewhere: hitches add nothing to the height, which has its own expectation.
    for (Eigen::Index j = 0; j < hitches; ++j) {
        const double taken = h.taken(j);
        a.block<1, 3>(4 + j, 0) -= taken * a.block<1, 3>(3, 0);
        a(last, 4 + j) -= taken * a(last, 3);
        b(4 + j) -= taken * b(3);
        for (Eigen::Index k = 0; k <= j; ++k)
            a(4 + j, 4 + k) += taken * (h.taken(k) * a(3, 3) - a(4 + k, 3)) - h.taken(k) * a(4 + j, 3);
    }
    a.col(3).segment(4, hitches) -= h.taken * a(3, 3);
    return true;
}

HitchedExplanation Likelihood::explain_hitched(const Candidate& c, double least) {
    prepare_hitches();
    Hitches& h = *hitches_;
    HitchedExplanation e;
    e.log_likelihood = -std::numeric_limits<double>::infinity();
    if (!equations(c))
        return e;
    const Eigen::Index hitches = h.taken.size(), first = h.first, n = h.speeds.size();
    const Expected height = expected(Height::whole);
    const double height_precision = 1.0 / (height.sd * height.sd), hitch_precision = 1.0 / (hitch_sd * hitch_sd),
                 weight = 1.0 / (scale_ * scale_);
    Eigen::MatrixXd& a = h.normal;
    Eigen::VectorXd& b = h.moment;
    a.diagonal().head<3>() += precision_;
    a(3, 3) += height_precision;
    a.diagonal().segment(4, hitches).array() += hitch_precision;
    a(4 + hitches, 4 + hitches) += 1.0;
    b.head<3>() += precision_.cwiseProduct(expected_);
    b(3) += height_precision * height.mean;
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> llt(a);
    if (llt.info() != Eigen::Success)
        return e;
    h.solution = b;
    llt.solveInPlace(h.solution);
    const double log_prior = precision_.array().log().sum() + std::log(height_precision) +
                             static_cast<double>(hitches) * std::log(hitch_precision);
    const double log_likelihood =
        -0.5 * (yy_ * weight + expected_.dot(precision_.cwiseProduct(expected_)) +
                height_precision * height.mean * height.mean - b.dot(h.solution)) -
        a.diagonal().array().log().sum() + 0.5 * log_prior - static_cast<double>(bins_) * std::log(scale_) -
        0.5 * expectation_bins * (weight - 1.0 + 2.0 * std::log(scale_)) + when(c) - how_long(c.duration);
    if (log_likelihood + most_for_its_length < least)
        return e;

    e.speed = Eigen::VectorXd::Zero(bins_ + 1);
    auto speed = e.speed.segment(first, n);
    speed = (h.solution(3) - h.taken.dot(h.solution.segment(4, hitches))) * h.speeds;
    for (Eigen::Index j = 1; j <= hitches; ++j) {
        const auto [begin, count] = h.reach[static_cast<std::size_t>(j)];
        speed.segment(begin, count) += h.solution(3 + j) * h.way(j);
    }
    e.nuisance = h.solution.head<3>();

    // Its own 10 % window, by the speed as it came out.
    e.peak_speed = speed.maxCoeff();
    const double limit = 0.1 * e.peak_speed;
    if (!(limit > 0.0))
        return e;
    Eigen::Index begin = first, end = first + n - 1;
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
    // The variance of one unknown is the squared length of its column of the inverse root.
    const auto variance = [&](Eigen::Index unknown) {
        h.solution.setZero();
        h.solution(unknown) = 1.0;
        llt.matrixL().solveInPlace(h.solution);
        return h.solution.squaredNorm();
    };
    const double metres = bin_ * h.speeds.sum();
    e.height_var = metres * metres * variance(3);
    e.gain_var = variance(1);
    e.log_likelihood = log_likelihood + how_long(e.end - e.start);
    return e;
}

double Likelihood::scale_of(const HitchedExplanation& e) const {
    const double residual = yy_ - 2.0 * (e.speed.dot(vy_) + e.nuisance.dot(ny_)) + e.speed.dot(vv_ * e.speed) +
                            2.0 * e.nuisance.dot(vn_.transpose() * e.speed) + e.nuisance.dot(nn_ * e.nuisance);
    return scale_leaving(residual);
}

}  // namespace heeldrop::motion
