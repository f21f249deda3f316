#include "daemon/plate/plate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <cmath>
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

/// What a plate that does not read leaves unsent is no more than the last few commands.
constexpr std::size_t most_output = 4096;
/// A step of the tick may be longer than its samples and the host's clock explain: a rate may be off by a fifth
/// (domain.md section 4), and a busy host reads late. Silence of link_timeout and more is seen as such.
constexpr double step_slack_s = 5.0, step_slack = 1.5;
constexpr double clock_after_s = 20.0, clock_again_s = 120.0, clock_believable_percent = 20.0;

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
    heeldrop_deframer_init(&deframer_);
    joining_ = true;
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
    if (watch_)
        watch_->interrupt(batch_.samples);
    info_.reset();
    forget_stream();
    output_.clear();
    port_.clear();
    set(State::missing, std::move(message));
}

/// What is measured over a stretch of samples begins anew with the next one.
void Plate::forget_stream() {
    measured_rate_.reset();
    rate_start_.reset();
    clock_start_.reset();
    clock_error_percent_.reset();
}

std::span<const CellHealth> Plate::cells() const noexcept {
    return info_ && watch_ ? std::span<const CellHealth>(watch_->health()) : std::span<const CellHealth>();
}

void Plate::receive(std::span<const std::uint8_t> bytes, Time now) {
    while (!bytes.empty()) {
        heeldrop_deframe_result result;
        const std::size_t taken = heeldrop_deframer_feed(&deframer_, bytes.data(), bytes.size(), &result);
        // Every result but MORE came at an end mark, or at a piece too long for a frame: what follows is whole.
        const bool ended = result != HEELDROP_DEFRAME_MORE ||
                           std::find(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken), 0) !=
                               bytes.begin() + static_cast<std::ptrdiff_t>(taken);
        bytes = bytes.subspan(taken);
        if (result == HEELDROP_DEFRAME_FRAME)
            take_message({deframer_.message, deframer_.message_size}, now);
        else if (result != HEELDROP_DEFRAME_MORE && !joining_)
            ++counts_.bad_frames;
        joining_ = joining_ && !ended;
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
    if (held_ && expected_ && !same_plate(*expected_, info)) {
        if (info.serial != expected_->serial || info.serial.empty())
            refuse(fmt::format(
                "This is plate {}, but what is under way runs on plate {}. Connect that one again, or stop it.",
                info.serial, expected_->serial));
        else
            refuse(fmt::format("Plate {} is not what it was: {}. What is under way cannot go on with it. Set it up as "
                               "before, or stop.",
                               info.serial, what_changed(*expected_, info)));
        turned_away_ = true;
        other_serial_ = info.serial == expected_->serial ? "" : info.serial;
        ++revision_;
        return;
    }
    turned_away_ = false;
    other_serial_.clear();
    // After a silence as long as the tick counter takes to come round, its value says nothing about how long it was.
    const std::chrono::duration<double> round(4294967296.0 / info.tick_hz);
    const bool same_boot = known_ && *known_ == info && (!last_ || now - last_samples_ < round);
    if (same_boot && info_ && streaming_) {
        if (pending_ == std::uint8_t{HEELDROP_GET_HELLO}) {
            pending_.reset();
            deadline_ = now + link_timeout;
        }
        return;
    }
    if (!same_boot) {
        // A new boot, or another plate: its counters are its own.
        const bool same = known_ && same_plate(*known_, info);
        if (!same) {
            counts_ = {};
            empty_ = {};
            watch_.emplace(info.cells, info.tick_hz);
            zero_finder_.emplace(info.cells);
            map_.reset();
        }
        known_ = info;
        begin_boot(same);
    }
    info_ = std::move(info);
    ++revision_;
    resumed_ = true;
    streaming_ = false;
    set(State::connecting, fmt::format("Starting the plate on {}.", port_));
    command(HEELDROP_START, now);
}

/// Index and tick begin anew; of the same plate, that is a gap.
void Plate::begin_boot(bool same) {
    ++epoch_;
    watch_->interrupt(batch_.samples);
    watch_->new_clock();
    boot_pending_ = same && last_;
    if (!same)
        last_.reset();
    last_sequence_.reset();
    forget_stream();
    // It may have been moved: only a session, which cannot wait for an empty plate, keeps the zero.
    if (!held_)
        zero_finder_.emplace(known_->cells);
    else
        zero_finder_->restart();
    empty_.new_clock();
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

/// From one sample to one that is so many later, `passed` after it by the host's clock. What cannot be, as when the tick
/// goes back, is what these samples usually take.
std::int64_t Plate::believed_step(std::int64_t ticks, std::uint64_t samples, Time::duration passed) {
    const double s = static_cast<double>(ticks) / info_->tick_hz;
    const double usual_s = static_cast<double>(samples) / measured_rate_.value_or(info_->nominal_rate).value;
    const double passed_s = std::chrono::duration<double>(passed).count();
    if (ticks > 0 && s <= step_slack_s + step_slack * std::max(usual_s, passed_s))
        return ticks;
    ++counts_.clock_jumps;
    return std::llround(std::clamp(usual_s * info_->tick_hz, 1.0, 4294967295.0));
}

void Plate::take_sample(const RawSample& sample, Time taken) {
    if (last_)
        note_break(sample, taken);
    boot_pending_ = false;
    last_ = sample;
    last_taken_ = taken;
    ++counts_.samples;
    measure_rate(sample, taken);
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
    forget_stream();
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

/// Ready or not, and which cell is sick.
void Plate::say_how_it_is() {
    told_cells_ = watch_->revision();
    told_judged_ = watch_->judged();
    told_jump_ = counts_.clock_jumps > 0;
    static constexpr const char* pads[] = {"left", "right"};
    static constexpr const char* corners[] = {"front left", "front right", "rear left", "rear right"};
    std::string sick;
    const auto& health = watch_->health();
    for (std::size_t c = 0; c < health.size(); ++c)
        if (health[c].state != CellState::ok)
            sick += fmt::format(" The {} cell of the {} pad is {}: check its plug and what lies on it.",
                                corners[static_cast<std::size_t>(info_->cells[c].corner)],
                                pads[static_cast<std::size_t>(info_->cells[c].pad)], name_of(health[c].state));
    if (told_jump_)
        sick += " Its clock jumps: have its electronics looked at.";
    ++revision_;
    if (zero_finder_->zero() && !told_judged_)
        set(State::needs_zero, "The plate looks at a cell that has not moved yet: wait two more seconds." + sick);
    else if (zero_finder_->zero())
        set(State::ready, sick.empty() ? "The plate is ready." : "The plate sends samples." + sick);
    else
        set(State::needs_zero, step_off + sick);
}

void Plate::measure_rate(const RawSample& sample, Time taken) {
    if (!rate_start_)
        rate_start_ = sample;
    const auto passed_since = [&](const RawSample& start) {
        return static_cast<double>(sample.tick - start.tick) / info_->tick_hz;
    };
    if (!clock_start_ || passed_since(clock_start_->first) > clock_again_s)
        clock_start_ = {sample, taken};
    const double by_plate = passed_since(clock_start_->first);
    const double by_host = std::chrono::duration<double>(taken - clock_start_->second).count();
    if (by_plate >= clock_after_s && by_host > 0.0) {
        const double percent = 100.0 * (by_plate / by_host - 1.0);
        if (std::abs(percent) < clock_believable_percent)
            clock_error_percent_ = percent;
        else
            clock_error_percent_.reset();
    }
    if (passed_since(*rate_start_) < 2.0)
        return;
    measured_rate_ = Hertz{static_cast<double>(sample.index - rate_start_->index) / passed_since(*rate_start_)};
    rate_start_ = sample;
}

/// These samples are not of the plate that said HELLO.
void Plate::ask_who_it_is(Time now) {
    if (!pending_)
        command(HEELDROP_GET_HELLO, now);
}

void Plate::hold(bool held, Time now) {
    if (held_ == held)
        return;
    held_ = held;
    expected_ = held ? known_ : std::nullopt;
    if (zero_finder_)
        zero_finder_->restart();
    // The one that was turned away may be taken now.
    if (!held && state_ == State::refused && turned_away_) {
        turned_away_ = false;
        other_serial_.clear();
        set(State::connecting, fmt::format("Waiting for the plate on {}.", port_));
        command(HEELDROP_GET_HELLO, now);
    }
}

std::optional<calibration::Conversion> Plate::conversion() const {
    if (!info_ || !zero_finder_ || !zero_finder_->zero())
        return std::nullopt;
    return calibration::Conversion(info_->cells, *zero_finder_->zero(), map_);
}

void Plate::use(std::optional<calibration::PlateMap> map) {
    if (map_ == map)
        return;
    map_ = std::move(map);
    ++revision_;
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
    if (output_.size() > most_output)
        output_.clear();
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
Batch Plate::take_batch() {
    return std::exchange(batch_, {});
}

}  // namespace heeldrop::plate
