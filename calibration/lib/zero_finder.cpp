#include "calibration/lib/zero_finder.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::calibration {

ZeroFinder::ZeroFinder(std::vector<Cell> cells, ZeroLimits limits) : cells_(std::move(cells)), limits_(limits) {}

ZeroAttempt ZeroFinder::push(Seconds t, const Reading& reading) {
    ZeroAttempt result = ZeroAttempt::collecting;
    if (window_start_ && t - last_ > limits_.window * 0.5)
        window_start_.reset();
    else if (window_start_ && t - *window_start_ >= limits_.window) {
        result = evaluate();
        window_start_.reset();
    }
    last_ = t;
    if (!window_start_) {
        window_start_ = t;
        block_ = {};
        invalid_ = 0;
    }
    bool valid = reading.faults == 0;
    for (std::size_t c = 0; c < cells_.size(); ++c)
        valid = valid && reading.counts[c] > count_min && reading.counts[c] < count_max;
    if (!valid) {
        ++invalid_;
        return result;
    }
    const auto position = static_cast<std::size_t>((t - *window_start_) / limits_.window * blocks);
    Block& block = block_[std::min(position, blocks - 1)];
    ++block.samples;
    for (std::size_t c = 0; c < cells_.size(); ++c)
        block.sum[c] += reading.counts[c];
    return result;
}

ZeroAttempt ZeroFinder::evaluate() {
    std::size_t samples = 0, filled = 0;
    for (const Block& block : block_) {
        samples += block.samples;
        filled += block.samples > 0;
    }
    // A converter may pause for 0.3 s (HX711), which empties two eighths; more than that is no second's worth.
    if (filled < blocks - 2 || samples < 3 * invalid_)
        return ZeroAttempt::invalid;

    Zero zero(cells_.size());
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        double sum = 0.0, low = 0.0, high = 0.0;
        bool first = true;
        for (const Block& block : block_) {
            if (block.samples == 0)
                continue;
            const double mean = block.sum[c] / static_cast<double>(block.samples);
            low = first ? mean : std::min(low, mean);
            high = first ? mean : std::max(high, mean);
            first = false;
            sum += block.sum[c];
        }
        zero[c] = Counts{sum / static_cast<double>(samples)};
        if ((high - low) / std::abs(cells_[c].gain.value) > limits_.steady.value)
            return ZeroAttempt::unsteady;
    }
    if (zero_) {
        Newtons load[2];
        for (std::size_t c = 0; c < cells_.size(); ++c)
            load[static_cast<std::size_t>(cells_[c].pad)] +=
                Newtons{(zero[c] - (*zero_)[c]).value / cells_[c].gain.value};
        if (load[0] > limits_.empty || load[1] > limits_.empty)
            return ZeroAttempt::loaded;
    } else {
        for (std::size_t c = 0; c < cells_.size(); ++c) {
            const double newtons = std::abs(zero[c].value / cells_[c].gain.value);
            if (cells_[c].capacity.value > 0.0 && newtons > limits_.of_capacity.value * cells_[c].capacity.value)
                return ZeroAttempt::loaded;
        }
    }
    zero_ = std::move(zero);
    return ZeroAttempt::found;
}

}  // namespace heeldrop::calibration
