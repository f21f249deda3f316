#include "daemon/plate/plate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace heeldrop::plate {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds answer_timeout{HEELDROP_ANSWER_TIMEOUT_MS};
constexpr milliseconds reset_quiet{HEELDROP_RESET_QUIET_MS};
/// Between two rounds of asking a port on which nothing answers.
constexpr milliseconds ask_again{1000};
/// Between two rounds of asking a plate that was refused whether it is right by now.
constexpr milliseconds ask_refused_again{2000};

/// What a plate that does not read leaves unsent is no more than the last few commands.
constexpr std::size_t most_output = 4096;

}  // namespace

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
    if (clock_)
        clock_->forget();
    output_.clear();
    port_.clear();
    set(State::missing, std::move(message));
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
    const auto refuse = [this, now](std::string why) {
        info_.reset();
        refuse_plate(std::move(why), now);
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
        const bool by_name = info.serial != expected_->serial;
        const std::string changed = by_name ? "" : what_changed(*expected_, info);
        if (changed.empty())
            refuse(fmt::format(
                "This is plate {}, but what is under way runs on plate {}. Connect that one again, or stop it.",
                info.serial, expected_->serial));
        else
            refuse(fmt::format("Plate {} is not what it was: {}. What is under way cannot go on with it. Set it up as "
                               "before, or stop.",
                               info.serial, changed));
        turned_away_ = true;
        other_serial_ = by_name ? info.serial : "";
        return;
    }
    if (state_ == State::refused && info_ == info && pending_ == std::uint8_t{HEELDROP_GET_HELLO})
        return refuse_plate(message_, now);  // it is in the boot in which it would not send samples
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
        clock_.emplace(info.tick_hz, info.nominal_rate);
        begin_boot(same);
    }
    info_ = std::move(info);
    ++revision_;
    resumed_ = true;
    streaming_ = false;
    set(State::connecting, fmt::format("Starting the plate on {}.", port_));
    command(HEELDROP_START, now);
}

/// It is asked again after a while: the HELLO of one that is right by then may be lost on the line.
void Plate::refuse_plate(std::string why, Time now) {
    pending_.reset();
    streaming_ = false;
    turned_away_ = false;
    other_serial_.clear();
    deadline_ = now + ask_refused_again;
    set(State::refused, std::move(why));
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
    clock_->forget();
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
        if (nak.command != HEELDROP_START)
            info_.reset();
        refuse_plate(fmt::format("The plate refuses to {} (code {}). Update its firmware.",
                                 nak.command == HEELDROP_START ? "send samples" : "describe itself", nak.code),
                     now);
    } else {
        ++counts_.bad_frames;
    }
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
    if (pending_ && state_ == State::refused) {
        // What it said last stands: one of another major version need not understand the question.
        pending_.reset();
        deadline_ = now + ask_refused_again;
        return;
    }
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
