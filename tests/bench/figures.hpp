// Counting and quantiles: what a table's figures are made of. Knows numbers only.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace heeldrop::bench {

/// Hits, misses and false alarms.
struct Count {
    int hit = 0, missed = 0, wrong = 0;
    bool any() const { return hit + missed + wrong > 0; }
    /// 2 hit / (2 hit + missed + wrong); 1 where there was nothing to find and nothing was found.
    double f1() const { return any() ? 2.0 * hit / (2.0 * hit + missed + wrong) : 1.0; }
};

/// So many of so many.
struct Part {
    int of = 0, all = 0;
    void add(bool is) {
        of += is;
        ++all;
    }
    double percent() const { return all > 0 ? 100.0 * of / all : std::numeric_limits<double>::quiet_NaN(); }
};

class Sample {
 public:
    void add(double x) { values_.push_back(x); }
    std::size_t n() const { return values_.size(); }
    double median() const { return quantile(values_, 0.5); }
    double p95() const { return quantile(values_, 0.95); }
    /// The 95th percentile of the sizes.
    double p95_size() const {
        auto sizes = values_;
        for (double& x : sizes)
            x = std::abs(x);
        return quantile(std::move(sizes), 0.95);
    }

    /// Linear between the two nearest; NaN where there is none.
    static double quantile(std::vector<double> v, double q) {
        if (v.empty())
            return std::numeric_limits<double>::quiet_NaN();
        std::sort(v.begin(), v.end());
        const double at = q * static_cast<double>(v.size() - 1);
        const auto i = static_cast<std::size_t>(at);
        return i + 1 < v.size() ? v[i] + (at - static_cast<double>(i)) * (v[i + 1] - v[i]) : v[i];
    }

 private:
    std::vector<double> values_;
};

}  // namespace heeldrop::bench
