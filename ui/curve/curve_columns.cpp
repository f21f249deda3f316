#include "ui/curve/curve_columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace heeldrop::ui {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

class ColumnFiller {
 public:
    ColumnFiller(Seconds from, Seconds to, int count)
        : from_(from.value),
          width_((to - from).value / count),
          columns_(static_cast<std::size_t>(count), Column{nothing, nothing}) {}

    /// The stretch of line between two samples: every column it touches takes the part of it that lies within.
    void join(double t0, double v0, double t1, double v1) {
        const double x0 = (t0 - from_) / width_;
        const double x1 = (t1 - from_) / width_;
        const double last = static_cast<double>(columns_.size());
        if (x1 < 0 || x0 > last)
            return;
        const auto value_at = [&](double x) { return x1 > x0 ? v0 + (v1 - v0) * (x - x0) / (x1 - x0) : v0; };
        const int first = static_cast<int>(std::floor(std::max(x0, 0.0)));
        const int end = static_cast<int>(std::floor(std::min(x1, last)));
        for (int i = first; i <= end; ++i) {
            include(i, value_at(std::clamp<double>(i, x0, x1)));
            include(i, value_at(std::clamp<double>(i + 1, x0, x1)));
        }
        include(static_cast<int>(std::floor(x1)), v1);
    }

    std::vector<Column> take() { return std::move(columns_); }

 private:
    void include(int column, double value) {
        // The very last instant belongs to the last column.
        column = std::min(column, static_cast<int>(columns_.size()) - 1);
        if (column < 0)
            return;
        Column& c = columns_[static_cast<std::size_t>(column)];
        c.low_n = std::isnan(c.low_n) ? value : std::min(c.low_n, value);
        c.high_n = std::isnan(c.high_n) ? value : std::max(c.high_n, value);
    }

    double from_;
    double width_;
    std::vector<Column> columns_;
};

}  // namespace

std::vector<Column> columns_of(std::span<const double> t_s, std::span<const double> force_n, Seconds from, Seconds to,
                               int count, Seconds join) {
    if (count <= 0 || !(to > from))
        return {};
    ColumnFiller filler(from, to, count);
    const std::size_t n = std::min(t_s.size(), force_n.size());
    std::optional<std::size_t> before;
    for (std::size_t i = 0; i < n; ++i) {
        if (std::isnan(force_n[i]))
            continue;
        const std::size_t start = before && t_s[i] - t_s[*before] <= join.value ? *before : i;
        filler.join(t_s[start], force_n[start], t_s[i], force_n[i]);
        before = i;
    }
    return filler.take();
}

Seconds join_of(std::span<const double> t_s) {
    if (t_s.size() < 2)
        return longest_join;
    std::vector<double> steps;
    for (std::size_t i = 1; i < t_s.size(); ++i)
        steps.push_back(t_s[i] - t_s[i - 1]);
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return std::max(longest_join, Seconds{2.5 * *middle});
}

std::vector<double> round_ticks(double top, int most) {
    if (!(top > 0) || most < 2)
        return {0.0};
    const double least_step = top / (most - 1);
    const double decade = std::pow(10.0, std::floor(std::log10(least_step)));
    double step = 10 * decade;
    for (const double factor : {5.0, 2.0, 1.0})
        if (factor * decade >= least_step * (1 - 1e-9))
            step = factor * decade;
    std::vector<double> ticks{0.0};
    while (ticks.back() < top * (1 - 1e-9))
        ticks.push_back(step * static_cast<double>(ticks.size()));
    return ticks;
}

std::vector<double> time_ticks(Seconds duration, int most) {
    if (!(duration.value > 0) || most < 2)
        return {0.0};
    double step = 0;
    for (const double candidate : {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0}) {
        step = candidate;
        if (duration.value / candidate <= most - 1)
            break;
    }
    std::vector<double> ticks;
    for (double t = 0; t <= duration.value && static_cast<int>(ticks.size()) < 10 * most; t += step)
        ticks.push_back(t);
    return ticks;
}

}  // namespace heeldrop::ui
