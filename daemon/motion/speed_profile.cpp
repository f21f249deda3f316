#include "daemon/motion/speed_profile.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace heeldrop::motion {

SpeedProfile::SpeedProfile(double rise, double fall, double fade) {
    const auto flank = [](double u) { return u >= 1.0 ? 1.0 : std::pow(std::sin(0.5 * std::numbers::pi * u), 2); };
    double area = 0.0;
    for (int i = 0; i <= points; ++i) {
        const double x = static_cast<double>(i) / points;
        speed_[index(i)] = flank(x / rise) * flank((1.0 - x) / fall) * std::exp(-std::max(0.0, x - rise) / fade);
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
    const double within = way(to_) - way(from_);
    for (int i = 0; i <= points; ++i) {
        speed_[index(i)] /= within;
        way_[index(i)] /= within;
    }
    peak_ /= within;
    speed_.back() = speed_[index(points)];
    way_.back() = way_[index(points)];
}

double SpeedProfile::crossing(int below, int above) const {
    const double b = speed_[index(below)], a = speed_[index(above)];
    const double part = (0.1 * peak_ - b) / (a - b);
    return (below + part * (above - below)) / points;
}

std::span<const SpeedProfile, shapes> speed_profiles() {
    static const std::array<SpeedProfile, shapes> all{
        SpeedProfile{0.5, 0.5},   SpeedProfile{0.12, 0.12}, SpeedProfile{0.3, 0.1, 0.2}, SpeedProfile{0.9, 0.3},
        SpeedProfile{0.25, 0.25}, SpeedProfile{0.15, 0.45}, SpeedProfile{0.45, 0.15},    SpeedProfile{0.9, 0.9},
        SpeedProfile{0.05, 0.05}, SpeedProfile{0.3, 0.9}};
    return all;
}

}  // namespace heeldrop::motion
