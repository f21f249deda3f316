// The families of movement and their tables; see shape.hpp.
#include "firmware-protocol/virtual-plate/shape.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace heeldrop::virtual_plate {
namespace {

constexpr int steps = 2000;
constexpr double du = 1.0 / steps;

double cubic_step(double x) {
    x = std::clamp(x, 0.0, 1.0);
    return x * x * x * (x * (6.0 * x - 15.0) + 10.0);
}

double bell(double u) {
    return u <= 0.0 || u >= 1.0 ? 0.0 : u * u * (1.0 - u) * (1.0 - u);
}

std::vector<double> derivative(const std::vector<double>& y) {
    std::vector<double> d(y.size());
    const std::size_t last = y.size() - 1;
    for (std::size_t i = 1; i < last; ++i)
        d[i] = (y[i + 1] - y[i - 1]) / (2.0 * du);
    d[0] = (y[1] - y[0]) / du;
    d[last] = (y[last] - y[last - 1]) / du;
    return d;
}

/// The cubic through two table rows and their slopes.
double hermite(const std::vector<double>& y, const std::vector<double>& slope, double u) {
    const double x = std::clamp(u, 0.0, 1.0) * steps;
    const auto i = std::min(static_cast<std::size_t>(x), y.size() - 2);
    const double f = x - static_cast<double>(i);
    const double g = 1.0 - f;
    return y[i] * (1.0 + 2.0 * f) * g * g + y[i + 1] * (3.0 - 2.0 * f) * f * f +
           du * f * g * (slope[i] * g - slope[i + 1] * f);
}

}  // namespace

std::shared_ptr<const Shape> Shape::from_speed(const std::function<double(double)>& speed) {
    auto shape = std::make_shared<Shape>();
    auto& v = shape->speed_;
    auto& s = shape->way_;
    v.resize(steps + 1);
    s.resize(steps + 1);
    for (int i = 0; i <= steps; ++i)
        v[static_cast<std::size_t>(i)] = speed(i * du);
    v.front() = v.back() = 0.0;
    for (std::size_t i = 1; i < s.size(); ++i) {
        const double middle = speed((static_cast<double>(i) - 0.5) * du);
        s[i] = s[i - 1] + du * (v[i - 1] + 4.0 * middle + v[i]) / 6.0;
    }
    const double whole = s.back();
    for (auto& x : s)
        x /= whole;
    for (auto& x : v)
        x /= whole;
    shape->acceleration_ = derivative(v);
    shape->find_window();
    return shape;
}

std::shared_ptr<const Shape> Shape::pulse(const std::function<double(double)>& way) {
    auto shape = std::make_shared<Shape>();
    shape->way_.resize(steps + 1);
    for (int i = 0; i <= steps; ++i)
        shape->way_[static_cast<std::size_t>(i)] = way(i * du);
    shape->speed_ = derivative(shape->way_);
    shape->speed_.front() = shape->speed_.back() = 0.0;
    shape->acceleration_ = derivative(shape->speed_);
    shape->find_window();
    return shape;
}

void Shape::find_window() {
    peak_ = *std::max_element(speed_.begin(), speed_.end());
    lowest_ = *std::min_element(acceleration_.begin(), acceleration_.end());
    highest_ = *std::max_element(acceleration_.begin(), acceleration_.end());
    const double level = 0.1 * peak_;
    const auto cross = [&](std::size_t below, std::size_t above) {
        const double f = (level - speed_[below]) / (speed_[above] - speed_[below]);
        return du * (static_cast<double>(below) + f * (static_cast<double>(above) - static_cast<double>(below)));
    };
    std::size_t i = 0;
    while (speed_[i] < level)
        ++i;
    if (i > 0)
        start_ = cross(i - 1, i);
    std::size_t k = speed_.size() - 1;
    while (speed_[k] < level)
        --k;
    if (k + 1 < speed_.size())
        end_ = cross(k + 1, k);
}

double Shape::way(double u) const {
    return hermite(way_, speed_, u);
}
double Shape::speed(double u) const {
    return hermite(speed_, acceleration_, u);
}

double Shape::acceleration(double u) const {
    const double x = std::clamp(u, 0.0, 1.0) * steps;
    const auto i = std::min(static_cast<std::size_t>(x), acceleration_.size() - 2);
    const double f = x - static_cast<double>(i);
    return acceleration_[i] * (1.0 - f) + acceleration_[i + 1] * f;
}

ShapePtr smooth_step() {
    static const ShapePtr shape = Shape::from_speed(bell);
    return shape;
}

ShapePtr smooth_bump() {
    static const ShapePtr shape = Shape::pulse([](double u) {
        const double s = std::sin(std::numbers::pi * u);
        return s * s;
    });
    return shape;
}

double span(const Shape& shape, double low, double high) {
    const auto reach = [&](double level) {
        double a = 0.0, b = 1.0;
        for (int i = 0; i < 50; ++i) {
            const double m = 0.5 * (a + b);
            (shape.way(m) < level ? a : b) = m;
        }
        return a;
    };
    return reach(high) - reach(low);
}

ShapePtr draw_profile(const std::string& name, Random& random) {
    if (name == "bell")
        return smooth_step();
    if (name == "skewed") {
        // Beta-like; quick to start and long to end, or the other way.
        double early = random.uniform(1.3, 2.2), late = early * random.uniform(1.7, 2.6);
        if (random.chance(0.5))
            std::swap(early, late);
        return Shape::from_speed([=](double u) { return std::pow(u, early) * std::pow(1.0 - u, late); });
    }
    if (name == "constant") {
        const double in = random.uniform(0.08, 0.25), out = random.uniform(0.08, 0.25),
                     tilt = random.uniform(-0.2, 0.2);
        return Shape::from_speed(
            [=](double u) { return cubic_step(u / in) * cubic_step((1.0 - u) / out) * (1.0 + tilt * (u - 0.5)); });
    }
    if (name == "jerky") {
        struct Part {
            double centre, width, size;
        };
        std::vector<Part> parts;
        const int n = 3 + static_cast<int>(random.uniform(0.0, 3.0));
        for (int i = 0; i < n; ++i)
            parts.push_back(
                {(i + 0.5 + random.uniform(-0.2, 0.2)) / n, random.uniform(0.9, 1.6) / n, random.uniform(0.4, 1.3)});
        const double floor = random.uniform(0.15, 0.5);
        return Shape::from_speed([=](double u) {
            double v = floor;
            for (const auto& p : parts)
                v += 16.0 * p.size * bell((u - p.centre) / p.width + 0.5);
            return v * cubic_step(u / 0.12) * cubic_step((1.0 - u) / 0.12);
        });
    }
    throw std::invalid_argument("no movement profile is called '" + name + "': bell, skewed, constant or jerky");
}

}  // namespace heeldrop::virtual_plate
