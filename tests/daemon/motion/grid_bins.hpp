// Samples drawn by hand, and the bins that become of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "daemon/motion/grid.hpp"

namespace heeldrop::binned {

inline motion::ForceSample sample(double t, double left, double right) {
    return {Seconds{t}, Newtons{left}, Newtons{right}, Millimetres{0}, Millimetres{0}, false, false};
}

/// An even 100/s signal whose pads carry different, slowly changing loads.
inline std::vector<motion::ForceSample> even(double seconds) {
    std::vector<motion::ForceSample> out;
    for (int i = 0; i <= static_cast<int>(100 * seconds); ++i) {
        const double t = 0.01 * i;
        out.push_back(sample(t, 400 + 30 * std::sin(2 * t), 350 + 20 * std::cos(3 * t)));
    }
    return out;
}

inline std::vector<motion::Bin> bins_of(const std::vector<motion::ForceSample>& samples) {
    motion::Grid grid;
    std::vector<motion::Bin> bins;
    for (const auto& s : samples)
        grid.push(s, bins);
    grid.finish(bins);
    return bins;
}

/// The largest difference of two bins' forces; infinite where their number differs.
inline double apart(const std::vector<motion::Bin>& a, const std::vector<motion::Bin>& b) {
    if (a.size() != b.size())
        return std::numeric_limits<double>::infinity();
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max({most, std::abs(a[i].left - b[i].left), std::abs(a[i].right - b[i].right)});
    return most;
}

/// The integral from the first sample to `until` of the straight lines from sample to sample.
inline double impulse(const std::vector<motion::ForceSample>& samples, Newtons motion::ForceSample::*pad,
                      double until) {
    double sum = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const double from = samples[i - 1].t.value, to = samples[i].t.value;
        if (from >= until)
            break;
        const double a = (samples[i - 1].*pad).value, b = (samples[i].*pad).value;
        const double end = std::min(to, until);
        sum += (end - from) * (a + 0.5 * (b - a) * (end - from) / (to - from));
    }
    return sum;
}

}  // namespace heeldrop::binned
