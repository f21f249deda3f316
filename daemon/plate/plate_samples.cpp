// Of plate.hpp, what becomes of samples: frames taken apart, counters unwrapped, breaks found, and the zero followed.
#include <algorithm>
#include <utility>

#include "daemon/plate/plate.hpp"
#include "firmware-protocol/codec/samples.h"

namespace heeldrop::plate {
namespace {

/// The first value from `previous` on whose low 32 bits are `wrapped`: counters only run forward.
std::int64_t unwrapped(std::int64_t previous, std::uint32_t wrapped) {
    return previous + static_cast<std::uint32_t>(wrapped - static_cast<std::uint32_t>(previous));
}

}  // namespace

void Plate::take_frame_of_samples(std::span<const std::uint8_t> message, Time now) {
    if (!info_ || state_ == State::refused)
        return;  // nothing is known yet about what these counts mean
    heeldrop_samples_view view;
    if (heeldrop_samples_decode(message.data(), message.size(), &view) != HEELDROP_DECODE_OK) {
        ++counts_.bad_frames;
        return;
    }
    if (view.header.channel_count != info_->cells.size() ||
        view.header.has_deltas != (info_->sample_period_ticks == 0)) {
        ++counts_.bad_frames;
        return ask_who_it_is(now);
    }
    const bool goes_back = last_ && !boot_pending_ &&
                           static_cast<std::int32_t>(view.header.index - static_cast<std::uint32_t>(last_->index)) <= 0;
    if (goes_back && resumed_) {
        begin_boot(true);  // it was reset and does not tell its boots apart
    } else if (goes_back) {
        counts_.unordered_samples += view.count;
        return ask_who_it_is(now);
    }
    resumed_ = false;
    const auto passed = now - std::exchange(last_samples_, now);
    // Samples say as much as the answer to START, which may have been lost.
    if (pending_ == std::uint8_t{HEELDROP_START})
        pending_.reset();
    streaming_ = true;
    if (!pending_)
        deadline_ = now + link_timeout;
    if (last_sequence_)
        counts_.lost_frames += static_cast<std::uint16_t>(view.header.sequence - *last_sequence_ - 1u);
    last_sequence_ = view.header.sequence;
    RawSample next;
    const bool goes_on = last_ && !boot_pending_;
    next.index = goes_on
                     ? static_cast<std::uint64_t>(unwrapped(static_cast<std::int64_t>(last_->index), view.header.index))
                     : view.header.index;
    next.tick = view.header.tick;
    if (goes_on)
        next.tick = last_->tick + believed_step(static_cast<std::uint32_t>(view.header.tick - last_tick_),
                                                next.index - last_->index, passed);
    std::vector<RawSample> samples;
    last_tick_ = view.header.tick;
    for (std::uint8_t i = 0; i < view.count; ++i) {
        heeldrop_sample sample;
        heeldrop_samples_get(&view, i, &sample);
        if (i > 0) {
            const std::uint32_t step = info_->sample_period_ticks != 0 ? info_->sample_period_ticks : sample.delta;
            ++next.index;
            next.tick += believed_step(step, 1, passed);
            last_tick_ += step;
        }
        next.reading.faults = sample.faults;
        for (std::size_t c = 0; c < calibration::max_cells; ++c)
            next.reading.counts[c] = sample.counts[c];
        samples.push_back(next);
    }
    // The frame went off when its last sample was taken.
    for (const RawSample& sample : samples) {
        const std::chrono::duration<double> before_end(static_cast<double>(next.tick - sample.tick) / info_->tick_hz);
        take_sample(sample, now - std::chrono::duration_cast<Time::duration>(before_end));
    }
    if (state_ == State::connecting)
        say_how_it_is();
    else if (watch_->revision() != told_cells_ || watch_->judged() != told_judged_ ||
             (counts_.clock_jumps > 0) != told_jump_)
        say_how_it_is();
}

/// What cannot be, as when the tick goes back, is what these samples usually take.
std::int64_t Plate::believed_step(std::int64_t ticks, std::uint64_t samples, Time::duration passed) {
    if (clock_->can_step(ticks, samples, passed))
        return ticks;
    ++counts_.clock_jumps;
    return clock_->usual_step(samples);
}

void Plate::take_sample(const RawSample& sample, Time taken) {
    if (last_)
        note_break(sample, taken);
    boot_pending_ = false;
    last_ = sample;
    last_taken_ = taken;
    ++counts_.samples;
    clock_->take(sample, taken);
    const std::size_t from = batch_.samples.size();
    watch_->push(sample, batch_.samples);
    take_judged(from);
}

void Plate::note_break(const RawSample& sample, Time taken) {
    Break b;
    b.new_boot = boot_pending_;
    if (b.new_boot) {
        b.length = Seconds{std::max(0.0, std::chrono::duration<double>(taken - last_taken_).count())};
    } else {
        b.lost_samples = sample.index - last_->index - 1;
        b.length = Seconds{static_cast<double>(sample.tick - last_->tick) / info_->tick_hz};
        counts_.lost_samples += *b.lost_samples;
        if (*b.lost_samples == 0 && b.length <= Break::longest_pause)
            return;
    }
    ++counts_.gaps;
    counts_.gap_time += b.length;
    clock_->forget();
    const std::size_t from = batch_.samples.size();
    watch_->interrupt(batch_.samples);
    take_judged(from);
    b.at = batch_.samples.size();
    batch_.breaks.push_back(b);
}

/// The zero follows what the watch has let through: each step-off is followed by a new one.
void Plate::take_judged(std::size_t from) {
    for (std::size_t i = from; i < batch_.samples.size(); ++i) {
        const RawSample& sample = batch_.samples[i];
        const Seconds t{static_cast<double>(sample.tick) / info_->tick_hz};
        const auto attempt = zero_finder_->push(t, sample.reading);
        if (attempt == calibration::ZeroAttempt::collecting)
            continue;
        static const calibration::Zero none;
        const calibration::Zero& zero = zero_finder_->zero() ? *zero_finder_->zero() : none;
        if (empty_.take(t, attempt, zero))
            watch_->zero_found(sample.tick, zero);
        if (attempt != calibration::ZeroAttempt::found)
            continue;
        batch_.zeros.push_back({i, zero});
        if (state_ == State::needs_zero)
            say_how_it_is();
    }
}

}  // namespace heeldrop::plate
