#include "calibration/lib/count_log.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace heeldrop::calibration {
namespace {

constexpr double gap_s = 0.35;
constexpr double least_quiet_s = 5.0;

double quantile(std::vector<double> v, double part) {
    if (v.empty())
        return std::numeric_limits<double>::quiet_NaN();
    const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(v.size() - 1));
    std::nth_element(v.begin(), v.begin() + at, v.end());
    return v[static_cast<std::size_t>(at)];
}

bool whole(double count) {
    return std::abs(count - std::round(count)) < 1e-6;
}

/// A second of the log.
struct Block {
    std::size_t begin = 0, end = 0;
    std::vector<double> mean, deviation, steps;  ///< a channel each; steps: standard deviation from sample to sample
    bool quiet = true;
};

/// Samples, up to three on end, that lie far to one side of what is before and after them, while that agrees: none of a
/// body's doing. Far: fifty times the usual step.
std::vector<bool> wild_samples(const std::vector<double>& counts, ChannelNoise& noise) {
    constexpr std::size_t most_on_end = 3;
    std::vector<double> steps;
    for (std::size_t i = 1; i < counts.size(); ++i)
        steps.push_back(std::abs(counts[i] - counts[i - 1]));
    const double far = 50.0 * std::max(1.0, quantile(steps, 0.5));
    std::vector<bool> wild(counts.size(), false);
    std::vector<double> by;
    for (std::size_t first = 1; first + 1 < counts.size(); ++first) {
        const double before = counts[first - 1], jump = counts[first] - before;
        for (std::size_t end = first + 1; end <= first + most_on_end && end < counts.size(); ++end) {
            const double last = counts[end - 1] - before;
            if (std::abs(last) <= far || last * jump <= 0.0)
                break;
            if (std::abs(counts[end] - before) >= 0.1 * std::min(std::abs(jump), std::abs(last)))
                continue;
            for (; first < end; ++first) {
                wild[first] = true;
                by.push_back(std::abs(counts[first] - before));
            }
            break;
        }
    }
    noise.wild = by.size();
    noise.wild_by = by.empty() ? 0.0 : quantile(by, 0.5);
    return wild;
}

}  // namespace

LogReport study_log(const CountLog& log) {
    const std::size_t n = log.t.size(), channels = log.counts.size();
    if (n < 32 || channels == 0 || (log.t.back() - log.t.front()).value < 2.0)
        throw std::invalid_argument("a log needs 32 rows over 2 s at least");
    LogReport report;
    report.rows = n;
    report.duration = log.t.back() - log.t.front();
    std::vector<double> intervals;
    double in_gaps = 0.0;
    for (std::size_t i = 1; i < n; ++i) {
        const double dt = (log.t[i] - log.t[i - 1]).value;
        intervals.push_back(dt);
    }
    report.interval = Seconds{quantile(intervals, 0.5)};
    report.interval_p99 = Seconds{quantile(intervals, 0.99)};
    report.longest = Seconds{*std::max_element(intervals.begin(), intervals.end())};
    // Of slow logs of means, ten of their own intervals.
    const double gap = std::max(gap_s, 10.0 * report.interval.value);
    for (const double dt : intervals)
        if (dt > gap) {
            ++report.gaps;
            in_gaps += dt;
        }
    report.rate = Hertz{static_cast<double>(n - 1 - report.gaps) / std::max(1e-9, report.duration.value - in_gaps)};

    std::vector<bool> skip(n, false);
    std::size_t whole_rows = 0;
    for (std::size_t i = 0; i < n; ++i) {
        bool all = true;
        for (const auto& channel : log.counts)
            all = all && whole(channel[i]);
        whole_rows += all;
        skip[i] = !all;
    }
    report.whole = static_cast<double>(whole_rows) / static_cast<double>(n);
    if (report.means())
        skip.assign(n, false);
    report.channels.resize(channels);
    for (std::size_t k = 0; k < channels; ++k) {
        const auto wild = wild_samples(log.counts[k], report.channels[k]);
        for (std::size_t i = 0; i < n; ++i)
            skip[i] = skip[i] || wild[i];
    }

    // A second each, or eight rows where they come more slowly.
    const double length = std::max(1.0, 8.0 * report.interval.value);
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < n;) {
        Block b;
        b.begin = i;
        while (i < n && (log.t[i] - log.t[b.begin]).value < length)
            ++i;
        b.end = i;
        for (std::size_t k = 0; k < channels; ++k) {
            double sum = 0.0, squares = 0.0, of_steps = 0.0;
            std::size_t count = 0, steps = 0;
            for (std::size_t j = b.begin; j < b.end; ++j) {
                if (skip[j])
                    continue;
                const double x = log.counts[k][j] - log.counts[k][b.begin];
                sum += x;
                squares += x * x;
                ++count;
                if (j > b.begin && !skip[j - 1]) {
                    of_steps += std::pow(log.counts[k][j] - log.counts[k][j - 1], 2);
                    ++steps;
                }
            }
            const double m = count > 0 ? sum / static_cast<double>(count) : 0.0;
            b.mean.push_back(log.counts[k][b.begin] + m);
            b.deviation.push_back(count > 2 ? std::sqrt(std::max(0.0, squares / static_cast<double>(count) - m * m))
                                            : 1e300);
            b.steps.push_back(steps > 2 ? std::sqrt(of_steps / static_cast<double>(steps) / 2.0) : 1e300);
        }
        blocks.push_back(std::move(b));
    }
    // Quiet: no second's deviation is more than three times that of the quietest tenth.
    for (std::size_t k = 0; k < channels; ++k) {
        std::vector<double> deviations;
        for (const Block& b : blocks)
            deviations.push_back(b.deviation[k]);
        const double usual = std::max(0.5, quantile(deviations, 0.1));
        for (Block& b : blocks)
            b.quiet = b.quiet && b.deviation[k] <= 3.0 * usual;
    }
    for (std::size_t k = 0; k < channels; ++k) {
        std::vector<double> steps, deviations;
        for (const Block& b : blocks)
            if (b.quiet) {
                steps.push_back(b.steps[k]);
                deviations.push_back(b.deviation[k]);
            }
        report.channels[k].sample = quantile(steps, 0.5);
        report.channels[k].second = quantile(deviations, 0.5);
    }
    for (std::size_t first = 0; first < blocks.size();) {
        std::size_t last = first;
        // A step from one still load to the next ends a stretch.
        const auto follows = [&](std::size_t b) {
            if (!blocks[b].quiet)
                return false;
            for (std::size_t k = 0; b > first && k < channels; ++k)
                if (std::abs(blocks[b].mean[k] - blocks[b - 1].mean[k]) > 6.0 * report.channels[k].second)
                    return false;
            return true;
        };
        while (last < blocks.size() && follows(last))
            ++last;
        if (last == first) {
            ++first;
            continue;
        }
        const std::size_t begin = blocks[first].begin, end = blocks[last - 1].end;
        first = last;
        QuietStretch q;
        q.start = log.t[begin] - log.t.front();
        q.end = log.t[end - 1] - log.t.front();
        if ((q.end - q.start).value < least_quiet_s)
            continue;
        for (std::size_t k = 0; k < channels; ++k) {
            double s = 0, st = 0, sy = 0, stt = 0, sty = 0;
            for (std::size_t j = begin; j < end; ++j) {
                if (skip[j])
                    continue;
                const double t = (log.t[j] - log.t[begin]).value / 60.0, y = log.counts[k][j] - log.counts[k][begin];
                s += 1, st += t, sy += y, stt += t * t, sty += t * y;
            }
            q.mean.push_back(log.counts[k][begin] + sy / s);
            q.drift_per_minute.push_back((s * sty - st * sy) / std::max(1e-12, s * stt - st * st));
        }
        report.quiet.push_back(std::move(q));
    }
    return report;
}

}  // namespace heeldrop::calibration
