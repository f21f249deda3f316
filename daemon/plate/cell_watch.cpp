#include "daemon/plate/cell_watch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "calibration/lib/median.hpp"

namespace heeldrop::plate {
namespace {

using calibration::count_max;
using calibration::count_min;

/// Neighbours further apart than this tell nothing of each other (HX711: 99 % come within 37 ms, domain.md).
constexpr double neighbours_s = 0.1;
/// A converter this fast cannot see a load come and go within three samples.
constexpr double fast_s = 0.005;
/// One cell of four that does this alone: more than a quiet body does between two samples (about 1 N), and more than
/// six times what this cell just did.
constexpr double least_spike_n = 10.0, spike_steps = 6.0;
/// Above this a spike may come on several cells at once, as a converter board's whole read can be wrong.
constexpr double any_spike_n = 80.0;
constexpr double back_part = 0.25;
constexpr double stuck_s = 0.3;
constexpr std::uint64_t stuck_samples = 24;
constexpr double spiking_s = 10.0;
constexpr std::size_t spiking_count = 3;
constexpr double noisy_n = 2.0, noisy_times = 4.0;
constexpr unsigned noisy_windows = 3, still_windows = 3;
constexpr double judged_s = 4.0;
constexpr double drift_n = 5.0, drift_n_per_min = 5.0, drift_least_s = 30.0, drift_longest_s = 600.0,
                 drift_every_s = 10.0;
/// The median of |x[i-1] - 2 x[i] + x[i+1]| of white noise of standard deviation 1: 0.6745 * sqrt(6).
constexpr double bend_of_noise = 1.652;
constexpr std::size_t most_bends = 256;

constexpr bool at_an_end(std::int32_t count) {
    return count >= count_max || count <= count_min;
}

}  // namespace

std::string_view name_of(CellState state) {
    switch (state) {
        case CellState::ok:
            return "ok";
        case CellState::drifting:
            return "drifting";
        case CellState::noisy:
            return "noisy";
        case CellState::spiking:
            return "spiking";
        case CellState::saturated:
            return "saturated";
        case CellState::stuck:
            return "stuck";
        case CellState::dead:
            return "dead";
    }
    return "unknown";
}

CellWatch::CellWatch(std::vector<calibration::Cell> cells, std::uint32_t tick_hz)
    : cells_(std::move(cells)), tick_hz_(tick_hz), channels_(cells_.size()), health_(cells_.size()) {}

double CellWatch::newtons(std::size_t c, double counts) const {
    return std::abs(counts / cells_[c].gain.value);
}

/// A value of 2^n - 1 far from the last good one is a broken transfer of an HX711, whatever comes next (domain.md
/// section 4); by chance it is one value in a million.
bool CellWatch::is_transfer_error(std::size_t c, std::int32_t count) const {
    const bool all_ones = count >= 0xFF && count < count_max && (count & (count + 1)) == 0;
    return all_ones && channels_[c].good && newtons(c, count - *channels_[c].good) > least_spike_n;
}

bool CellWatch::sticks_out(std::size_t c, const RawSample& sample) const {
    const Channel& channel = channels_[c];
    if ((sample.reading.faults & 1u << c) != 0 || at_an_end(sample.reading.counts[c]) || !channel.good)
        return false;
    const double away = std::abs(static_cast<double>(sample.reading.counts[c]) - *channel.good);
    if (newtons(c, away) > any_spike_n)
        return true;
    if (newtons(c, away) < least_spike_n || away < spike_steps * channel.usual_step)
        return false;
    // What a foot does, the other cells under it see too.
    for (std::size_t other = 0; other < cells_.size(); ++other) {
        if (other == c || cells_[other].pad != cells_[c].pad || !channels_[other].good)
            continue;
        const double moved = static_cast<double>(sample.reading.counts[other]) - *channels_[other].good;
        if (newtons(other, moved) > 0.2 * newtons(c, away))
            return false;
    }
    return true;
}

bool CellWatch::is_back(std::size_t c, const RawSample& held, const RawSample& sample) const {
    const double away = std::abs(static_cast<double>(held.reading.counts[c]) - *channels_[c].good);
    const double still = std::abs(static_cast<double>(sample.reading.counts[c]) - *channels_[c].good);
    return still < back_part * away;
}

void CellWatch::push(const RawSample& sample, std::vector<RawSample>& out) {
    if (before_ && seconds(sample.tick - before_->tick) > neighbours_s)
        interrupt(out);
    if (!held_.empty()) {
        bool back = true, any = false;
        for (std::size_t c = 0; c < cells_.size(); ++c) {
            if (!suspected_[c])
                continue;
            any = true;
            back = back && is_back(c, held_.back(), sample);
        }
        const bool fast = seconds(sample.tick - held_.front().tick) < fast_s * static_cast<double>(held_.size());
        if (!any || back)
            decide(out, back);
        else if (!fast || held_.size() >= longest_run)
            decide(out, false);
        else
            return held_.push_back(sample);
    }
    suspected_ = {};
    bool suspicious = false;
    for (std::size_t c = 0; c < cells_.size(); ++c)
        if (sticks_out(c, sample) && !is_transfer_error(c, sample.reading.counts[c]))
            suspicious = suspected_[c] = true;
    if (suspicious)
        held_.push_back(sample);
    else
        release(sample, out);
}

/// The held samples came back to where they were before, or they did not: then it was a load.
void CellWatch::decide(std::vector<RawSample>& out, bool back) {
    for (RawSample& held : std::exchange(held_, {})) {
        for (std::size_t c = 0; back && c < cells_.size(); ++c) {
            if (!suspected_[c])
                continue;
            held.reading.faults = static_cast<std::uint8_t>(held.reading.faults | 1u << c);
            ++health_[c].spikes;
            channels_[c].spikes_at.push_back(held.tick);
        }
        release(held, out);
    }
    suspected_ = {};
}

void CellWatch::interrupt(std::vector<RawSample>& out) {
    decide(out, false);
    before_.reset();
    for (Channel& channel : channels_) {
        // What is frozen stays so over a pause: only the same value again shows it.
        channel.apart = true;
        channel.last_but_one.reset();
        channel.good.reset();
        channel.invalid_run = 0;
    }
    window_start_.reset();
}

void CellWatch::new_clock() {
    for (Channel& channel : channels_) {
        channel.last.reset();
        channel.same = 0;
        channel.spikes_at.clear();
        channel.was_saturated = channel.stuck = channel.dead = channel.drifting = false;
    }
    zeros_.clear();
    first_.reset();
    set_states();
}

void CellWatch::release(RawSample sample, std::vector<RawSample>& out) {
    const bool neighbour = before_.has_value();
    if (!window_start_) {
        window_start_ = sample.tick;
        for (Channel& channel : channels_) {
            channel.changed = channel.compared = 0;
            channel.bends.clear();
        }
    }
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        if (neighbour && (sample.reading.faults & 1u << c) == 0 && is_transfer_error(c, sample.reading.counts[c])) {
            sample.reading.faults = static_cast<std::uint8_t>(sample.reading.faults | 1u << c);
            ++health_[c].spikes;
            channels_[c].spikes_at.push_back(sample.tick);
            continue;
        }
        follow(c, sample);
    }
    before_ = sample;
    out.push_back(sample);
    if (seconds(sample.tick - *window_start_) >= 1.0) {
        end_of_window();
        window_start_ = sample.tick;
    }
    set_states();
    if (!judged_)
        look_whether_judged(sample.tick);
}

void CellWatch::look_whether_judged(std::int64_t tick) {
    if (!first_)
        first_ = tick;
    bool settled = true;
    for (std::size_t c = 0; c < cells_.size(); ++c)
        settled = settled && (health_[c].state != CellState::ok || (channels_[c].lively && channels_[c].still_windows == 0));
    judged_ = settled || seconds(tick - *first_) >= judged_s;
}

void CellWatch::follow(std::size_t c, RawSample& sample) {
    Channel& channel = channels_[c];
    CellHealth& health = health_[c];
    const std::int32_t count = sample.reading.counts[c];
    const auto bit = static_cast<std::uint8_t>(1u << c);
    if (at_an_end(count)) {
        ++health.saturated;
        channel.was_saturated = true;
        channel.saturated_at = sample.tick;
        sample.reading.faults = static_cast<std::uint8_t>(sample.reading.faults | bit);
        channel.last.reset();
        channel.last_but_one.reset();
        channel.same = channel.invalid_run = 0;
        return;
    }
    if ((sample.reading.faults & bit) != 0) {
        // A spike that was found here, or the plate's own word.
        const bool spike = !channel.spikes_at.empty() && channel.spikes_at.back() == sample.tick;
        if (spike)
            return;
        ++health.invalid;
        if (channel.invalid_run++ == 0)
            channel.invalid_since = sample.tick;
        channel.dead = channel.dead || seconds(sample.tick - channel.invalid_since) >= stuck_s;
        channel.last.reset();
        channel.last_but_one.reset();
        channel.same = 0;
        return;
    }
    if (channel.invalid_run > 0) {
        channel.invalid_run = 0;
        channel.dead = false;
    }
    const bool apart = std::exchange(channel.apart, false);
    if (channel.last) {
        if (!apart) {
            const double step = std::abs(static_cast<double>(count) - *channel.last);
            channel.usual_step += (step - channel.usual_step) / 16.0;
            ++channel.compared;
        }
        if (count != *channel.last) {
            channel.changed += !apart;
            channel.same = 0;
            channel.stuck = channel.dead = false;
        } else {
            if (channel.same++ == 0)
                channel.same_since = before_ ? before_->tick : sample.tick;
            // One that never moved is as good as stuck from when that is known.
            if (channel.stuck || channel.dead) {
                ++health.stuck;
            } else if (channel.lively.value_or(false) && channel.same >= stuck_samples &&
                       seconds(sample.tick - channel.same_since) >= stuck_s) {
                channel.stuck = true;
                health.stuck += channel.same;
            }
            if (channel.stuck || channel.dead)
                sample.reading.faults = static_cast<std::uint8_t>(sample.reading.faults | bit);
        }
        if (channel.last_but_one && channel.bends.size() < most_bends)
            channel.bends.push_back(
                newtons(c, static_cast<double>(count) - 2.0 * *channel.last + *channel.last_but_one));
    }
    channel.last_but_one = apart ? std::nullopt : channel.last;
    channel.last = count;
    if (!channel.stuck && !channel.dead)
        channel.good = count;
}

void CellWatch::end_of_window() {
    // A plate without any noise is a simulated one: of its cells nobody can say that they are stuck.
    const auto varies = [](const Channel& channel) { return 2 * channel.changed >= channel.compared; };
    for (Channel& channel : channels_)
        if (channel.compared >= stuck_samples && !channel.lively)
            channel.lively = varies(channel);
    const bool any_lively =
        std::any_of(channels_.begin(), channels_.end(), [](const Channel& c) { return c.lively.value_or(false); });
    for (Channel& channel : channels_) {
        if (channel.compared < stuck_samples)
            continue;
        // Frozen at first and well again: from now on it can freeze like any other.
        channel.lively = *channel.lively || (any_lively && varies(channel));
        const bool never_moved = !*channel.lively && channel.changed == 0 && any_lively;
        channel.still_windows = never_moved ? channel.still_windows + 1 : 0;
        if (channel.still_windows >= still_windows)
            channel.dead = true;
        else if (channel.changed > 0)
            channel.dead = false;
    }
    look_at_noise();
    for (Channel& channel : channels_) {
        channel.changed = channel.compared = 0;
        channel.bends.clear();
    }
}

void CellWatch::look_at_noise() {
    std::vector<double> sigmas;
    for (Channel& channel : channels_)
        sigmas.push_back(channel.bends.size() >= stuck_samples ? calibration::median_of(channel.bends) / bend_of_noise
                                                               : 0.0);
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        std::vector<double> others = sigmas;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(c));
        const double usual = others.empty() ? 0.0 : calibration::median_of(others);
        const bool noisy = sigmas[c] > noisy_n && sigmas[c] > noisy_times * usual;
        Channel& channel = channels_[c];
        channel.noisy_windows = noisy ? channel.noisy_windows + 1 : 0;
        channel.calm_windows = noisy ? 0 : channel.calm_windows + 1;
        if (channel.noisy_windows >= noisy_windows)
            channel.noisy = true;
        if (channel.calm_windows >= noisy_windows)
            channel.noisy = false;
    }
}

void CellWatch::zero_found(std::int64_t tick, const calibration::Zero& zero) {
    while (!zeros_.empty() && seconds(tick - zeros_.front().tick) > drift_longest_s)
        zeros_.pop_front();
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        channels_[c].drifting = false;
        for (const Zeroed& earlier : zeros_) {
            const double passed = seconds(tick - earlier.tick);
            const double moved = newtons(c, zero[c].value - earlier.zero[c].value);
            if (passed >= drift_least_s && moved > drift_n && moved / passed * 60.0 > drift_n_per_min)
                channels_[c].drifting = true;
        }
    }
    if (zeros_.empty() || seconds(tick - zeros_.back().tick) >= drift_every_s)
        zeros_.push_back({tick, zero});
    set_states();
}

void CellWatch::set_states() {
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        Channel& channel = channels_[c];
        if (before_) {
            while (!channel.spikes_at.empty() && seconds(before_->tick - channel.spikes_at.front()) > spiking_s)
                channel.spikes_at.pop_front();
            if (channel.was_saturated && seconds(before_->tick - channel.saturated_at) > 1.0)
                channel.was_saturated = false;
        }
        const CellState state = channel.dead                                ? CellState::dead
                                : channel.stuck                             ? CellState::stuck
                                : channel.was_saturated                     ? CellState::saturated
                                : channel.spikes_at.size() >= spiking_count ? CellState::spiking
                                : channel.noisy                             ? CellState::noisy
                                : channel.drifting                          ? CellState::drifting
                                                                            : CellState::ok;
        if (state != health_[c].state) {
            health_[c].state = state;
            ++revision_;
        }
    }
}

}  // namespace heeldrop::plate
