#include "daemon/motion/speed_profile.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace heeldrop::motion {

SpeedProfile::SpeedProfile(double rise, double fall, double fade) {
    const auto flank = [](double u) { return u >= 1.0 ? 1.0 : std::pow(std::sin(0.5 * std::numbers::pi * u), 2); };
    std::array<double, points + 1> speed{}, way{};
    double area = 0.0;
    for (int i = 0; i <= points; ++i) {
        const double x = static_cast<double>(i) / points;
        speed[index(i)] = flank(x / rise) * flank((1.0 - x) / fall) * std::exp(-std::max(0.0, x - rise) / fade);
        area += speed[index(i)] / points;
    }
    for (double& v : speed)
        v /= area;
    for (int i = 1; i <= points; ++i)
        way[index(i)] = way[index(i - 1)] + 0.5 * (speed[index(i - 1)] + speed[index(i)]) / points;
    peak_ = *std::max_element(speed.begin(), speed.end());
    int first = 0, last = points;
    while (speed[index(first)] < 0.1 * peak_)
        ++first;
    while (speed[index(last)] < 0.1 * peak_)
        --last;
    const auto crossing = [&](int below, int above) {
        const double b = speed[index(below)], a = speed[index(above)];
        const double part = (0.1 * peak_ - b) / (a - b);
        return (below + part * (above - below)) / points;
    };
    from_ = crossing(first - 1, first);
    to_ = crossing(last + 1, last);
    speed_ = table(speed);
    way_ = table(way);
    const double within = between(way_, to_) - between(way_, from_);
    for (int i = 0; i <= points; ++i) {
        speed[index(i)] /= within;
        way[index(i)] /= within;
    }
    peak_ /= within;
    speed_ = table(speed);
    way_ = table(way);
}

SpeedProfile::Table SpeedProfile::table(const std::array<double, points + 1>& values) {
    Table table;
    for (int i = 0; i <= points; ++i)
        table[index(i)] = {values[index(i)], i < points ? values[index(i + 1)] - values[index(i)] : 0.0};
    return table;
}

std::span<const SpeedProfile, shapes> speed_profiles() {
    static const std::array<SpeedProfile, shapes> all{
        SpeedProfile{0.5, 0.5},   SpeedProfile{0.12, 0.12}, SpeedProfile{0.3, 0.1, 0.2}, SpeedProfile{0.9, 0.3},
        SpeedProfile{0.25, 0.25}, SpeedProfile{0.15, 0.45}, SpeedProfile{0.45, 0.15},    SpeedProfile{0.9, 0.9},
        SpeedProfile{0.05, 0.05}, SpeedProfile{0.3, 0.9}};
    return all;
}

}  // namespace heeldrop::motion
