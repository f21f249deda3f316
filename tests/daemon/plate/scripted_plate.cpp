#include "tests/daemon/plate/scripted_plate.hpp"

#include <catch2/catch.hpp>
#include <cstring>

namespace heeldrop::plate::test {

heeldrop_hello reference_hello() {
    heeldrop_hello hello{};
    hello.protocol_major = HEELDROP_PROTOCOL_MAJOR;
    hello.protocol_minor = HEELDROP_PROTOCOL_MINOR;
    hello.channel_count = 8;
    hello.boot_id = 77;
    hello.tick_hz = 1'000'000;
    hello.nominal_rate_mhz = 80'000;
    std::strcpy(hello.serial, "HD-0001");
    std::strcpy(hello.firmware, "1.2.3");
    std::strcpy(hello.converter, "HX711");
    for (std::uint8_t c = 0; c < 8; ++c) {
        auto& channel = hello.channels[c];
        channel.pad = c / 4;
        channel.corner = c % 4;
        channel.x_tenth_mm = c % 2 == 0 ? -1300 : 1300;
        channel.y_tenth_mm = c % 4 < 2 ? 1500 : -1500;
        channel.capacity_n = 981;
        channel.millicounts_per_newton = 2'000'000;
    }
    return hello;
}

Bytes frame(std::span<const std::uint8_t> message) {
    Bytes wire(HEELDROP_WIRE_MAX);
    wire.resize(heeldrop_frame_encode(message.data(), message.size(), wire.data(), wire.size()));
    REQUIRE_FALSE(wire.empty());
    return wire;
}

namespace {
template <class Message, class Encode>
Bytes encoded(const Message& message, Encode encode) {
    std::uint8_t bytes[HEELDROP_MESSAGE_MAX];
    return frame({bytes, encode(&message, bytes, sizeof bytes)});
}
}  // namespace

Bytes hello_frame(const heeldrop_hello& hello) {
    return encoded(hello, heeldrop_hello_encode);
}
Bytes ack_frame(const heeldrop_command& command) {
    return encoded(heeldrop_ack{command.request_id, command.type}, heeldrop_ack_encode);
}
Bytes nak_frame(const heeldrop_command& command, std::uint8_t code) {
    return encoded(heeldrop_nak{command.request_id, command.type, code}, heeldrop_nak_encode);
}

Bytes samples_frame(const SamplesFrame& f) {
    std::uint8_t message[HEELDROP_MESSAGE_MAX];
    heeldrop_samples_writer writer;
    const heeldrop_samples_header header{f.sequence, f.index, f.tick, 8, f.deltas};
    REQUIRE(heeldrop_samples_begin(&writer, &header, message, sizeof message));
    for (unsigned i = 0; i < f.count; ++i) {
        heeldrop_sample sample{};
        sample.delta = i == 0 || !f.deltas ? 0 : f.delta;
        for (std::size_t c = 0; c < f.swing.size(); ++c)
            sample.counts[c] = f.counts + (i % 2 == 1 ? f.swing[c] : 0);
        REQUIRE(heeldrop_samples_append(&writer, &sample));
    }
    return frame({message, heeldrop_samples_end(&writer)});
}

std::vector<heeldrop_command> Commands::in(std::span<const std::uint8_t> bytes) {
    std::vector<heeldrop_command> list;
    for (const auto byte : bytes) {
        const auto result = heeldrop_deframer_push(&deframer_, byte);
        if (result == HEELDROP_DEFRAME_MORE)
            continue;
        REQUIRE(result == HEELDROP_DEFRAME_FRAME);
        heeldrop_command command;
        REQUIRE(heeldrop_command_decode(deframer_.message, deframer_.message_size, &command) == HEELDROP_DECODE_OK);
        list.push_back(command);
    }
    return list;
}

}  // namespace heeldrop::plate::test
