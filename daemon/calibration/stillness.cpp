#include "daemon/calibration/stillness.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::calibration {
namespace {

constexpr Seconds least_window{1.0};
constexpr double end_s = 0.5;

/// The wander of the sum of all cells, by nominal gains: the same mean, of one cell that counts millinewtons.
std::optional<Newtons> sum_wander(const std::vector<TimedReading>& samples, const std::vector<Cell>& cells) {
    std::vector<TimedReading> sums;
    sums.reserve(samples.size());
    const auto& first = samples.front().reading;
    for (const TimedReading& s : samples) {
        double newtons = 0.0;
        for (std::size_t c = 0; c < cells.size(); ++c)
            newtons += (double(s.reading.counts[c]) - first.counts[c]) / cells[c].gain.value;
        TimedReading sum{s.t, {}};
        sum.reading.counts[0] = static_cast<std::int32_t>(std::clamp(1000.0 * newtons, -8e6, 8e6));
        sum.reading.faults = s.reading.faults;
        sums.push_back(sum);
    }
    const auto mean = mean_reading(sums, 1);
    return mean ? std::optional(Newtons{mean->wander[0] / 1000.0}) : std::nullopt;
}

/// The mean passes single wild samples over, and would pass over a load that was moved just now, or just after the
/// window began, as well: both ends must say what the whole does.
bool ends_agree(const std::vector<TimedReading>& samples, const MeanReading& whole, const std::vector<Cell>& cells,
                Newtons limit, Measure measure) {
    const auto near_end = [&](const TimedReading& s, Seconds end) { return std::abs((s.t - end).value) <= end_s; };
    const auto first = samples.begin(), last = samples.end();
    const auto head = std::find_if_not(first, last, [&](const auto& s) { return near_end(s, samples.front().t); });
    const auto tail = std::find_if(first, last, [&](const auto& s) { return near_end(s, samples.back().t); });
    for (const auto& part : {std::span(first, head), std::span(tail, last)}) {
        const auto mean = mean_reading(part, cells.size());
        if (!mean)
            return false;
        double worst = 0.0, sum = 0.0;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const double newtons = (mean->mean[c] - whole.mean[c]) / cells[c].gain.value;
            worst = std::max(worst, std::abs(newtons));
            sum += newtons;
        }
        if ((measure == Measure::sum ? std::abs(sum) : worst) > limit.value)
            return false;
    }
    return true;
}

}  // namespace

Stillness::Stillness(std::vector<Cell> cells) : cells_(std::move(cells)) {}

void Stillness::restart() {
    samples_.clear();
}

void Stillness::push(const TimedReading& sample) {
    if (!samples_.empty() && sample.t - samples_.back().t > longest_pause)
        samples_.clear();
    samples_.push_back(sample);
    while (sample.t - samples_.front().t > window)
        samples_.pop_front();
}

Stability Stillness::assess(Newtons limit, Measure measure) {
    Stability result;
    result.limit = limit;
    result.remaining = window;
    while (!samples_.empty()) {
        const std::vector<TimedReading> now(samples_.begin(), samples_.end());
        const Seconds length = now.back().t - now.front().t;
        const auto mean = mean_reading(now, cells_.size());
        std::optional<Newtons> wander;
        if (mean)
            wander = measure == Measure::sum ? sum_wander(now, cells_) : restlessness(*mean, cells_);
        if (wander) {
            result.valid = true;
            result.value = *wander;
        }
        const bool agree = length < 2.0 * least_window || (mean && ends_agree(now, *mean, cells_, limit, measure));
        if (wander && *wander <= limit && agree) {
            // Samples do not fall on the window's ends: nearly full is full.
            result.remaining = std::max(Seconds{}, window - length);
            if (result.remaining < Seconds{0.1}) {
                result.remaining = {};
                result.reading = mean;
            }
            return result;
        }
        if (length < least_window)
            return result;
        const Seconds middle = now.front().t + length / 2.0;
        while (samples_.front().t < middle)
            samples_.pop_front();
    }
    return result;
}

}  // namespace heeldrop::calibration
