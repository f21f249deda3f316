#include "daemon/server/empty_pad.hpp"

#include <algorithm>
#include <cmath>

#include "calibration/lib/zero_finder.hpp"

namespace heeldrop::server {

void EmptyPad::push(Seconds t, const calibration::Reading& reading, const calibration::Zero& zero) {
    Sample sample{t, reading.faults == 0, {}};
    for (std::size_t c = 0; c < cells_.size(); ++c)
        sample.newtons[c] = static_cast<float>((reading.counts[c] - zero[c].value) / cells_[c].gain.value);
    samples_.push_back(sample);
    while (t - samples_.front().t > kept)
        samples_.pop_front();
}

std::optional<EmptyPad::Found> EmptyPad::look(const motion::Rep& rep) const {
    if (!rep.side || !rep.drop_start || !rep.drop_end || *rep.drop_end - *rep.drop_start < least)
        return std::nullopt;
    const auto pad = *rep.side == motion::Side::left ? calibration::Pad::right : calibration::Pad::left;
    constexpr std::size_t blocks = 4;
    struct Block {
        std::array<double, calibration::max_cells> sum{};
        int samples = 0;
    };
    std::array<Block, blocks> block{};
    const auto first = std::lower_bound(samples_.begin(), samples_.end(), *rep.drop_start,
                                        [](const Sample& sample, Seconds t) { return sample.t < t; });
    for (auto sample = first; sample != samples_.end() && sample->t < *rep.drop_end; ++sample) {
        if (!sample->valid)
            continue;
        const double part = (sample->t - *rep.drop_start) / (*rep.drop_end - *rep.drop_start);
        Block& into = block[std::min(static_cast<std::size_t>(part * blocks), blocks - 1)];
        ++into.samples;
        for (std::size_t c = 0; c < cells_.size(); ++c)
            into.sum[c] += sample->newtons[c];
    }
    if (std::any_of(block.begin(), block.end(), [](const Block& b) { return b.samples == 0; }))
        return std::nullopt;
    const calibration::ZeroLimits limits;
    std::optional<Found> found;
    Newtons load;
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        if (cells_[c].pad != pad)
            continue;
        std::array<double, blocks> means;
        for (std::size_t b = 0; b < blocks; ++b)
            means[b] = block[b].sum[c] / block[b].samples;
        const auto [low, high] = std::minmax_element(means.begin(), means.end());
        if (*high - *low > limits.steady.value)
            return std::nullopt;
        const Newtons mean{(means[0] + means[1] + means[2] + means[3]) / blocks};
        load += mean;
        if (!found || std::abs(mean.value) > std::abs(found->off.value))
            found = Found{cells_[c], mean};
    }
    return load > limits.empty ? std::nullopt : found;
}

}  // namespace heeldrop::server
