// Answers, frames and counters; see plate_device.hpp.
#include "firmware-protocol/virtual-plate/plate_device.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace heeldrop::virtual_plate {
namespace {

constexpr std::uint32_t oldest_sample_ticks = tick_hz / 20;

void put_text(char (&to)[HEELDROP_TEXT_MAX + 1u], const std::string& text) {
    const auto n = std::min<std::size_t>(text.size(), HEELDROP_TEXT_MAX);
    std::memcpy(to, text.data(), n);
    to[n] = '\0';
}

}  // namespace

PlateDevice::PlateDevice(const DeviceSetup& setup)
    : setup_(setup), index_(setup.first_index), sequence_(setup.first_sequence) {
    heeldrop_deframer_init(&deframer_);
    hello_.protocol_major = HEELDROP_PROTOCOL_MAJOR;
    hello_.protocol_minor = HEELDROP_PROTOCOL_MINOR;
    hello_.clocked = setup.clocked;
    hello_.channel_count = cell_count;
    hello_.boot_id = setup.boot_id;
    hello_.tick_hz = tick_hz;
    hello_.nominal_rate_mhz = static_cast<std::uint32_t>(std::lround(setup.nominal_rate.value * 1000.0));
    hello_.sample_period_ticks =
        setup.clocked ? static_cast<std::uint32_t>(std::lround(tick_hz / setup.nominal_rate.value)) : 0;
    put_text(hello_.serial, setup.serial);
    put_text(hello_.firmware, "virtual 1.0");
    put_text(hello_.converter, setup.converter);
    for (std::size_t i = 0; i < cell_count; ++i) {
        auto& c = hello_.channels[i];
        c.pad = static_cast<std::uint8_t>(i / 4);
        c.corner = static_cast<std::uint8_t>(i % 4);
        c.x_tenth_mm = static_cast<std::int16_t>(std::lround(10.0 * corner_x_mm[i % 4]));
        c.y_tenth_mm = static_cast<std::int16_t>(std::lround(10.0 * corner_y_mm[i % 4]));
        c.capacity_n = static_cast<std::uint16_t>(std::lround(cell_capacity.value));
        c.millicounts_per_newton = static_cast<std::int32_t>(std::lround(1000.0 * nominal_gain.value));
    }
}

void PlateDevice::send(const std::uint8_t* message, std::size_t size) {
    assert(size > 0);
    std::uint8_t wire[HEELDROP_WIRE_MAX];
    const std::size_t n = heeldrop_frame_encode(message, size, wire, sizeof wire);
    outgoing_.insert(outgoing_.end(), wire, wire + n);
}

void PlateDevice::hello() {
    std::uint8_t message[HEELDROP_MESSAGE_MAX];
    const std::size_t size = heeldrop_hello_encode(&hello_, message, sizeof message);
    message[1] = setup_.protocol_major;  // the codec writes its own version alone
    send(message, size);
}

void PlateDevice::boot() {
    outgoing_.push_back(0x00);
    hello();
}

void PlateDevice::receive(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        heeldrop_deframe_result result{};
        const auto taken = heeldrop_deframer_feed(&deframer_, bytes.data(), bytes.size(), &result);
        bytes = bytes.subspan(taken);
        if (result == HEELDROP_DEFRAME_FRAME)
            answer(deframer_.message, deframer_.message_size);
        else if (result != HEELDROP_DEFRAME_MORE)
            ++rejected_;
    }
}

void PlateDevice::answer(const std::uint8_t* message, std::size_t size) {
    if (message[0] < 0x80 || message[0] > 0xBF)
        return;
    heeldrop_command command{};
    if (heeldrop_command_decode(message, size, &command) != HEELDROP_DECODE_OK) {
        ++rejected_;
        return;
    }
    std::uint8_t out[HEELDROP_MESSAGE_MAX];
    const auto acknowledge = [&] {
        const heeldrop_ack ack{command.request_id, command.type};
        send(out, heeldrop_ack_encode(&ack, out, sizeof out));
    };
    switch (command.type) {
        case HEELDROP_GET_HELLO:
            acknowledge();
            hello();
            break;
        case HEELDROP_START:
            acknowledge();
            streaming_ = true;
            break;
        case HEELDROP_STOP: {
            const bool was = streaming_;
            flush();
            streaming_ = false;
            acknowledge();
            if (was)
                status();
            break;
        }
        default: {
            const heeldrop_nak nak{command.request_id, command.type, HEELDROP_NAK_UNKNOWN_COMMAND};
            send(out, heeldrop_nak_encode(&nak, out, sizeof out));
        }
    }
}

std::uint32_t PlateDevice::tick_at(Seconds since_boot) const {
    const auto ticks = static_cast<std::uint64_t>(std::llround(since_boot.value * tick_hz));
    return setup_.first_tick + static_cast<std::uint32_t>(ticks);
}

void PlateDevice::set_clock_back(Seconds length) {
    assert(!open_);
    setup_.first_tick -= static_cast<std::uint32_t>(std::llround(length.value * tick_hz));
}

void PlateDevice::sample(Seconds since_boot, const CellCounts& counts, std::uint8_t invalid) {
    assert(streaming_);
    const std::uint32_t tick = tick_at(since_boot);
    heeldrop_sample s{};
    s.faults = invalid;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        s.counts[i] = counts[i];
        if (counts[i] >= count_max || counts[i] <= count_min)
            s.faults = static_cast<std::uint8_t>(s.faults | (1u << i));
    }
    if (s.faults != 0)
        ++errors_;
    // A clocked plate's ticks are told by the period alone: a pause between two streams begins a new frame.
    if (open_ && setup_.clocked && tick - last_tick_ != hello_.sample_period_ticks)
        flush();
    for (int tries = 0; tries < 2; ++tries) {
        if (!open_) {
            const heeldrop_samples_header header{sequence_, index_, tick, cell_count, !setup_.clocked};
            open_ = heeldrop_samples_begin(&writer_, &header, frame_, sizeof frame_);
            frame_tick_ = last_tick_ = tick;
        }
        s.delta = setup_.clocked ? 0 : tick - last_tick_;
        if (heeldrop_samples_append(&writer_, &s))
            break;
        flush();
    }
    last_tick_ = tick;
    ++index_;
    if (writer_.count >= heeldrop_samples_per_frame(cell_count, !setup_.clocked) ||
        tick - frame_tick_ >= oldest_sample_ticks)
        flush();
}

void PlateDevice::lose_sample() {
    flush();
    ++index_;
    ++overruns_;
}

void PlateDevice::flush() {
    if (!open_)
        return;
    open_ = false;
    const auto size = heeldrop_samples_end(&writer_);
    if (size == 0)
        return;
    send(frame_, size);
    ++sequence_;
}

void PlateDevice::status() {
    const heeldrop_status s{index_, overruns_, errors_, static_cast<std::uint16_t>(rejected_), 5000, 230, streaming_};
    std::uint8_t out[HEELDROP_MESSAGE_MAX];
    send(out, heeldrop_status_encode(&s, out, sizeof out));
}

}  // namespace heeldrop::virtual_plate
