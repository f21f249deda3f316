#include "calibration/lib/still_reading.hpp"

#include <algorithm>
#include <cmath>

#include "calibration/lib/median.hpp"

namespace heeldrop::calibration {
namespace {

constexpr std::size_t least_samples = 16;
constexpr std::size_t blocks = 8;

}  // namespace

std::optional<MeanReading> mean_reading(std::span<const TimedReading> samples, std::size_t cells) {
    std::vector<const TimedReading*> good;
    for (const TimedReading& s : samples) {
        bool valid = s.reading.faults == 0;
        for (std::size_t c = 0; c < cells; ++c)
            valid = valid && s.reading.counts[c] > count_min && s.reading.counts[c] < count_max;
        if (valid)
            good.push_back(&s);
    }
    if (good.size() < least_samples)
        return std::nullopt;
    std::vector<double> work;
    std::vector<bool> wild(good.size(), false);
    for (std::size_t c = 0; c < cells; ++c) {
        work.clear();
        for (const auto* s : good)
            work.push_back(s->reading.counts[c]);
        const double centre = median_of(work);
        for (double& w : work)
            w = std::abs(w - centre);
        // 1.4826 makes the median deviation a standard deviation; eight of them are beyond any noise, and a stretch in
        // which every other sample repeats must not have a tolerance of nothing.
        const double far = std::max(8.0 * 1.4826 * median_of(work), 64.0);
        for (std::size_t i = 0; i < good.size(); ++i)
            if (std::abs(good[i]->reading.counts[c] - centre) > far)
                wild[i] = true;
    }
    MeanReading result;
    std::array<std::array<double, max_cells>, blocks> block{};
    std::array<std::size_t, blocks> in_block{};
    std::array<double, max_cells> steps{};
    const double begin = good.front()->t.value, length = std::max(1e-9, good.back()->t.value - begin);
    const TimedReading* last = nullptr;
    double time = 0.0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        if (wild[i])
            continue;
        const TimedReading& s = *good[i];
        const auto b = std::min(blocks - 1, static_cast<std::size_t>((s.t.value - begin) / length * blocks));
        ++in_block[b];
        ++result.samples;
        time += s.t.value;
        for (std::size_t c = 0; c < cells; ++c) {
            result.mean[c] += s.reading.counts[c];
            block[b][c] += s.reading.counts[c];
            if (last != nullptr)
                steps[c] += std::pow(double(s.reading.counts[c]) - last->reading.counts[c], 2);
        }
        last = &s;
    }
    if (result.samples < least_samples || 5 * (samples.size() - result.samples) > samples.size())
        return std::nullopt;
    const auto n = static_cast<double>(result.samples);
    result.t = Seconds{time / n};
    for (std::size_t c = 0; c < cells; ++c) {
        result.mean[c] /= n;
        // From one sample to the next, so that a slow drift is not taken for noise.
        result.noise[c] = std::sqrt(steps[c] / (n - 1.0) / 2.0);
        double low = 1e300, high = -1e300;
        for (std::size_t b = 0; b < blocks; ++b)
            if (in_block[b] > 0) {
                low = std::min(low, block[b][c] / static_cast<double>(in_block[b]));
                high = std::max(high, block[b][c] / static_cast<double>(in_block[b]));
            }
        result.wander[c] = high - low;
    }
    return result;
}

Newtons restlessness(const MeanReading& reading, const std::vector<Cell>& cells) {
    double worst = 0.0;
    for (std::size_t c = 0; c < cells.size(); ++c)
        worst = std::max(worst, reading.wander[c] / std::abs(cells[c].gain.value));
    return Newtons{worst};
}

Newtons most_restless(Newtons load) {
    return Newtons{std::max(1.5, 0.003 * load.value)};
}

Newtons most_restless_person(Kilograms mass) {
    return std::max(Newtons{3.0}, 0.01 * weight_of(mass));
}

}  // namespace heeldrop::calibration
