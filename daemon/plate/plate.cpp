#include "daemon/plate/plate.hpp"

#include <fmt/core.h>

#include <cassert>
#include <utility>

#include "firmware-protocol/codec/samples.h"

namespace heeldrop::plate {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds answer_timeout{HEELDROP_ANSWER_TIMEOUT_MS};
constexpr milliseconds reset_quiet{HEELDROP_RESET_QUIET_MS};
constexpr milliseconds link_timeout{HEELDROP_LINK_TIMEOUT_MS};
/// Between two rounds of asking a port on which nothing answers.
constexpr milliseconds ask_again{1000};

constexpr const char* step_off = "Step off the plate and keep it still for a second, so that it can find its zero.";

/// The first value from `previous` on whose low 32 bits are `wrapped`: counters only run forward.
std::int64_t unwrapped(std::int64_t previous, std::uint32_t wrapped) {
    return previous + static_cast<std::uint32_t>(wrapped - static_cast<std::uint32_t>(previous));
}

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::missing:
            return "missing";
        case State::connecting:
            return "connecting";
        case State::refused:
            return "refused";
        case State::needs_zero:
            return "needs_zero";
        case State::ready:
            return "ready";
    }
    return "unknown";
}

Plate::Plate() : message_("No plate is connected.") {
    heeldrop_deframer_init(&deframer_);
}

void Plate::set(State state, std::string message) {
    if (state_ == state && message_ == message)
        return;
    state_ = state;
    message_ = std::move(message);
    ++revision_;
}

void Plate::opened(std::string port, bool may_reset, Time now) {
    closed({});
    port_ = std::move(port);
    counts_ = {};
    heeldrop_deframer_init(&deframer_);
    set(State::connecting, fmt::format("Waiting for the plate on {}.", port_));
    ++revision_;
    if (may_reset)
        deadline_ = now + reset_quiet;
    else
        command(HEELDROP_GET_HELLO, now);
}

void Plate::closed(std::string message) {
    pending_.reset();
    deadline_.reset();
    streaming_ = false;
    info_.reset();
    zero_finder_.reset();
    measured_rate_.reset();
    rate_start_.reset();
    last_.reset();
    last_sequence_.reset();
    output_.clear();
    port_.clear();
    set(State::missing, std::move(message));
}

void Plate::receive(std::span<const std::uint8_t> bytes, Time now) {
    while (!bytes.empty()) {
        heeldrop_deframe_result result;
        const std::size_t taken = heeldrop_deframer_feed(&deframer_, bytes.data(), bytes.size(), &result);
        bytes = bytes.subspan(taken);
        if (result == HEELDROP_DEFRAME_MORE)
            continue;
        if (result != HEELDROP_DEFRAME_FRAME) {
            ++counts_.bad_frames;
            continue;
        }
        take_message({deframer_.message, deframer_.message_size}, now);
    }
}

void Plate::take_message(std::span<const std::uint8_t> message, Time now) {
    last_good_frame_ = now;
    switch (message[0]) {
        case HEELDROP_HELLO:
            take_hello(message, now);
            break;
        case HEELDROP_SAMPLES:
            take_frame_of_samples(message, now);
            break;
        case HEELDROP_ACK:
        case HEELDROP_NAK:
            take_answer(message, now);
            break;
        default:
            break;  // STATUS changes nothing yet; a type of a later minor version is passed over
    }
}

void Plate::take_hello(std::span<const std::uint8_t> message, Time now) {
    heeldrop_hello hello;
    const auto result = heeldrop_hello_decode(message.data(), message.size(), &hello);
    const auto refuse = [this](std::string why) {
        pending_.reset();
        deadline_.reset();
        streaming_ = false;
        info_.reset();
        set(State::refused, std::move(why));
    };
    if (result == HEELDROP_DECODE_OTHER_MAJOR)
        return refuse(fmt::format("The plate speaks protocol {}.{}, this program {}.{}. Update the older of the two.",
                                  hello.protocol_major, hello.protocol_minor, HEELDROP_PROTOCOL_MAJOR,
                                  HEELDROP_PROTOCOL_MINOR));
    if (result != HEELDROP_DECODE_OK) {
        ++counts_.bad_frames;
        return refuse("The plate describes itself in a way that its protocol does not allow. Update its firmware.");
    }
    PlateInfo info;
    try {
        info = plate_info(hello);
    } catch (const std::invalid_argument& error) {
        return refuse(error.what());
    }
    // After a silence as long as the tick counter takes to come round, its value says nothing about how long it was.
    const std::chrono::duration<double> round(4294967296.0 / info.tick_hz);
    const bool same_boot = info_ && *info_ == info && (!last_ || now - last_samples_ < round);
    if (same_boot && streaming_) {
        if (pending_ == std::uint8_t{HEELDROP_GET_HELLO}) {
            pending_.reset();
            deadline_ = now + link_timeout;
        }
        return;
    }
    if (!same_boot) {
        // A new boot, or another plate: its counters and its zero are its own. What was not taken yet of the boot
        // before cannot be told apart any more and is left out.
        ++epoch_;
        samples_.clear();
        last_.reset();
        last_sequence_.reset();
        rate_start_.reset();
        measured_rate_.reset();
        zero_finder_.emplace(info.cells);
        info_ = std::move(info);
        ++revision_;
    }
    streaming_ = false;
    set(State::connecting, fmt::format("Starting the plate on {}.", port_));
    command(HEELDROP_START, now);
}

void Plate::take_answer(std::span<const std::uint8_t> message, Time now) {
    heeldrop_ack ack;
    heeldrop_nak nak;
    if (heeldrop_ack_decode(message.data(), message.size(), &ack) == HEELDROP_DECODE_OK) {
        if (!pending_ || ack.request_id != request_id_ || ack.command != *pending_)
            return;
        if (ack.command != HEELDROP_START) {
            deadline_ = now + answer_timeout;  // what answers GET_HELLO is the HELLO that follows
            return;
        }
        pending_.reset();
        streaming_ = true;
        deadline_ = now + link_timeout;
    } else if (heeldrop_nak_decode(message.data(), message.size(), &nak) == HEELDROP_DECODE_OK) {
        if (!pending_ || nak.request_id != request_id_ || nak.command != *pending_)
            return;
        pending_.reset();
        if (nak.code == HEELDROP_NAK_NOT_NOW) {
            deadline_ = now + ask_again;
            return;
        }
        deadline_.reset();
        set(State::refused, fmt::format("The plate refuses to {} (code {}). Update its firmware.",
                                        nak.command == HEELDROP_START ? "send samples" : "describe itself", nak.code));
    } else {
        ++counts_.bad_frames;
    }
}

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
    if (last_ && static_cast<std::int32_t>(view.header.index - static_cast<std::uint32_t>(last_->index)) <= 0) {
        counts_.unordered_samples += view.count;
        return ask_who_it_is(now);
    }
    last_samples_ = now;
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
    next.index = last_
                     ? static_cast<std::uint64_t>(unwrapped(static_cast<std::int64_t>(last_->index), view.header.index))
                     : view.header.index;
    next.tick = last_ ? unwrapped(last_->tick, view.header.tick) : std::int64_t{view.header.tick};
    for (std::uint8_t i = 0; i < view.count; ++i) {
        heeldrop_sample sample;
        heeldrop_samples_get(&view, i, &sample);
        if (i > 0) {
            ++next.index;
            next.tick += info_->sample_period_ticks != 0 ? info_->sample_period_ticks : sample.delta;
        }
        next.reading.faults = sample.faults;
        for (std::size_t c = 0; c < calibration::max_cells; ++c)
            next.reading.counts[c] = sample.counts[c];
        take_sample(next);
    }
    if (state_ == State::connecting)
        set(zero_finder_->zero() ? State::ready : State::needs_zero,
            zero_finder_->zero() ? "The plate is ready." : step_off);
}

void Plate::take_sample(RawSample sample) {
    if (last_) {
        if (sample.tick <= last_->tick || sample.index <= last_->index) {
            ++counts_.unordered_samples;
            return;
        }
        counts_.lost_samples += sample.index - last_->index - 1;
    }
    last_ = sample;
    measure_rate(sample);
    samples_.push_back(sample);
    if (zero_held_)
        return;
    const Seconds t{static_cast<double>(sample.tick) / info_->tick_hz};
    const auto attempt = zero_finder_->push(t, sample.reading);
    if (attempt == calibration::ZeroAttempt::found && state_ == State::needs_zero)
        set(State::ready, "The plate is ready.");
}

void Plate::measure_rate(const RawSample& sample) {
    if (!rate_start_)
        rate_start_ = sample;
    const double elapsed = static_cast<double>(sample.tick - rate_start_->tick) / info_->tick_hz;
    if (elapsed < 2.0)
        return;
    measured_rate_ = Hertz{static_cast<double>(sample.index - rate_start_->index) / elapsed};
    rate_start_ = sample;
}

/// These samples are not of the plate that said HELLO.
void Plate::ask_who_it_is(Time now) {
    if (!pending_)
        command(HEELDROP_GET_HELLO, now);
}

void Plate::hold_zero(bool held) {
    if (zero_held_ == held)
        return;
    zero_held_ = held;
    if (zero_finder_)
        zero_finder_->restart();
}

std::optional<calibration::Conversion> Plate::conversion() const {
    if (!info_ || !zero_finder_ || !zero_finder_->zero())
        return std::nullopt;
    return calibration::Conversion(info_->cells, *zero_finder_->zero());
}

void Plate::command(std::uint8_t type, Time now) {
    pending_ = type;
    ++request_id_;
    tries_ = 0;
    send_again(now);
}

void Plate::send_again(Time now) {
    ++tries_;
    const heeldrop_command command{*pending_, request_id_};
    std::uint8_t message[HEELDROP_MESSAGE_MAX], wire[HEELDROP_WIRE_MAX];
    const std::size_t size = heeldrop_command_encode(&command, message, sizeof message);
    const std::size_t wire_size = heeldrop_frame_encode(message, size, wire, sizeof wire);
    assert(wire_size > 0);
    output_.push_back(0);  // ends whatever half a frame the plate may have heard before
    output_.insert(output_.end(), wire, wire + wire_size);
    deadline_ = now + answer_timeout;
}

void Plate::elapsed(Time now) {
    if (!deadline_ || now < *deadline_)
        return;
    if (pending_ && tries_ < HEELDROP_COMMAND_TRIES)
        return send_again(now);
    if (pending_) {
        // Nobody there, or nobody who understands: said, and asked again from the start after a while.
        pending_.reset();
        deadline_ = now + ask_again;
        set(State::connecting,
            fmt::format("Nothing answers on {}. Check that the plate has power and that this is its port.", port_));
        return;
    }
    if (streaming_) {
        if (now < last_good_frame_ + link_timeout) {
            deadline_ = last_good_frame_ + link_timeout;
            return;
        }
        streaming_ = false;
        set(State::connecting, fmt::format("The plate on {} has gone silent. Check its cable and power.", port_));
    }
    command(HEELDROP_GET_HELLO, now);
}

std::vector<std::uint8_t> Plate::take_output() {
    return std::exchange(output_, {});
}
std::vector<RawSample> Plate::take_samples() {
    return std::exchange(samples_, {});
}

}  // namespace heeldrop::plate
