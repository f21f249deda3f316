// Messages there and back, at their limits, cut short, with bytes to spare, and read from noise.
#include "firmware-protocol/codec/message.h"

#include <rapidcheck.h>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <cstring>

#include "firmware-protocol/codec/frame.h"
#include "tests/firmware-protocol/golden.hpp"

using namespace heeldrop::test;

namespace {

template <class T>
T any() {
    return *rc::gen::arbitrary<T>();
}

template <class T>
T any_in(T low, T high) {
    return *rc::gen::inRange<T>(low, static_cast<T>(high + 1));
}

void any_text(char (&into)[HEELDROP_TEXT_MAX + 1]) {
    const auto text =
        *rc::gen::container<std::string>(any_in<std::size_t>(0, HEELDROP_TEXT_MAX), rc::gen::inRange<char>(0x20, 0x7F));
    std::memcpy(into, text.c_str(), text.size() + 1);
}

heeldrop_hello any_hello() {
    heeldrop_hello hello{};
    hello.protocol_major = HEELDROP_PROTOCOL_MAJOR;
    hello.protocol_minor = any<std::uint8_t>();
    hello.clocked = any<bool>();
    hello.channel_count = any_in<std::uint8_t>(1, HEELDROP_CHANNELS_MAX);
    hello.boot_id = any<std::uint32_t>();
    hello.tick_hz = *rc::gen::nonZero<std::uint32_t>();
    hello.nominal_rate_mhz = *rc::gen::nonZero<std::uint32_t>();
    hello.sample_period_ticks = hello.clocked ? *rc::gen::nonZero<std::uint32_t>() : 0;
    any_text(hello.serial);
    any_text(hello.firmware);
    any_text(hello.converter);
    for (std::size_t i = 0; i < hello.channel_count; ++i) {
        hello.channels[i] = {any_in<std::uint8_t>(0, 1), any_in<std::uint8_t>(0, 3), any<std::int16_t>(),
                             any<std::int16_t>(),        any<std::uint16_t>(),       *rc::gen::nonZero<std::int32_t>()};
    }
    return hello;
}

Samples any_samples() {
    Samples samples;
    samples.header = {any<std::uint16_t>(), any<std::uint32_t>(), any<std::uint32_t>(),
                      any_in<std::uint8_t>(1, HEELDROP_CHANNELS_MAX), any<bool>()};
    const auto count =
        any_in<std::size_t>(1, heeldrop_samples_per_frame(samples.header.channel_count, samples.header.has_deltas));
    for (std::size_t i = 0; i < count; ++i) {
        heeldrop_sample sample{};
        sample.delta = i != 0 && samples.header.has_deltas ? any_in<std::uint32_t>(0, HEELDROP_DELTA_MAX) : 0;
        sample.faults = any<std::uint8_t>();
        for (std::size_t c = 0; c < samples.header.channel_count; ++c) {
            sample.counts[c] = any_in<std::int32_t>(HEELDROP_COUNT_MIN, HEELDROP_COUNT_MAX);
        }
        samples.samples.push_back(sample);
    }
    return samples;
}

heeldrop_status any_status() {
    return {any<std::uint32_t>(), any<std::uint32_t>(), any<std::uint32_t>(), any<std::uint16_t>(),
            any<std::uint16_t>(), any<std::int16_t>(),  any<bool>()};
}

template <class T>
void check_there_and_back(const T& value) {
    const Bytes message = encoded(value);
    RC_ASSERT(!message.empty());
    RC_ASSERT(message.size() <= HEELDROP_MESSAGE_MAX);
    RC_ASSERT(text_of(message) == text_of(value));
}

/// The largest HELLO: it must fit a frame with room to spare, or a minor version can add nothing.
heeldrop_hello full_hello() {
    heeldrop_hello hello{
        1, 0, true, 8, 1, 1'000'000, 1'000'000, 1000, "1234567890123456", "1234567890123456", "1234567890123456", {}};
    for (auto& channel : hello.channels) {
        channel = {0, 0, 0, 0, 0, 1};
    }
    return hello;
}

}  // namespace

TEST_CASE("what is written is read") {
    rc::prop("HELLO", [] { check_there_and_back(any_hello()); });
    rc::prop("SAMPLES", [] { check_there_and_back(any_samples()); });
    rc::prop("STATUS", [] { check_there_and_back(any_status()); });
    rc::prop("ACK", [] { check_there_and_back(heeldrop_ack{any<std::uint16_t>(), any<std::uint8_t>()}); });
    rc::prop("NAK", [] {
        check_there_and_back(heeldrop_nak{any<std::uint16_t>(), any<std::uint8_t>(), any<std::uint8_t>()});
    });
    rc::prop("commands", [] {
        check_there_and_back(heeldrop_command{any_in<std::uint8_t>(0x80, 0xBF), any<std::uint16_t>()});
    });
}

TEST_CASE("no message is read from less than itself, and each from more") {
    for (const auto& golden : golden_frames()) {
        const bool experiment = golden.payload.empty() || (golden.payload[0] & 0x40) != 0;
        if (experiment || !golden.write) {
            continue;
        }
        const Bytes message = golden.message();
        const auto text = text_of(message);
        for (std::size_t size = 1; size < message.size(); ++size) {
            const Bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
            INFO(golden.name << " cut to " << size << " bytes");
            CHECK(text_of(cut).starts_with("decode result"));
        }
        Bytes longer = message;
        longer.push_back(0xEE);
        CHECK(text_of(longer) == text);
    }
}

TEST_CASE("any bytes are read or refused, without a step outside them") {
    const auto decode_all = [](const Bytes& bytes) {
        heeldrop_hello hello{};
        heeldrop_status status{};
        heeldrop_ack ack{};
        heeldrop_nak nak{};
        heeldrop_command command{};
        heeldrop_samples_view view{};
        (void)heeldrop_hello_decode(bytes.data(), bytes.size(), &hello);
        (void)heeldrop_status_decode(bytes.data(), bytes.size(), &status);
        (void)heeldrop_ack_decode(bytes.data(), bytes.size(), &ack);
        (void)heeldrop_nak_decode(bytes.data(), bytes.size(), &nak);
        (void)heeldrop_command_decode(bytes.data(), bytes.size(), &command);
        if (heeldrop_samples_decode(bytes.data(), bytes.size(), &view) == HEELDROP_DECODE_OK) {
            for (std::uint8_t i = 0; i < view.count; ++i) {
                heeldrop_sample sample{};
                heeldrop_samples_get(&view, i, &sample);
            }
        }
    };
    SECTION("none at all") {
        decode_all({});
    }
    rc::prop("random ones of each type", [&](const Bytes& body) {
        Bytes exact(body.size() + 1);
        std::copy(body.begin(), body.end(), exact.begin() + 1);
        for (const int type : {0x01, 0x02, 0x03, 0x04, 0x05, 0x81, 0xBF}) {
            exact[0] = static_cast<std::uint8_t>(type);
            decode_all(exact);
        }
    });
    rc::prop("golden ones with bytes changed and cut", [&] {
        const auto& golden = *rc::gen::elementOf(golden_frames());
        RC_PRE(!golden.payload.empty());
        Bytes message = golden.message();
        const auto changes = any_in<int>(0, 4);
        for (int i = 0; i < changes; ++i) {
            message[any_in<std::size_t>(0, message.size() - 1)] = any<std::uint8_t>();
        }
        const auto size = any_in<std::size_t>(0, message.size());
        const Bytes exact(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
        decode_all(exact);
        if (!exact.empty()) {
            const auto text = text_of(exact);
            RC_ASSERT(!text.empty());
        }
    });
}

TEST_CASE("a HELLO of another major tells its version and nothing else") {
    Bytes message = golden_frame("hello").message();
    message[1] = 2;
    message[2] = 9;
    message.resize(3);
    heeldrop_hello hello{};
    CHECK(heeldrop_hello_decode(message.data(), message.size(), &hello) == HEELDROP_DECODE_OTHER_MAJOR);
    CHECK(int{hello.protocol_major} == 2);
    CHECK(int{hello.protocol_minor} == 9);
}

TEST_CASE("a HELLO that the page does not allow is neither written nor read") {
    const auto check_refused = [](const char* what, auto&& change, std::size_t byte, std::uint8_t value) {
        INFO(what);
        heeldrop_hello hello = full_hello();
        const Bytes good = encoded(hello);
        REQUIRE(good.size() == 168);
        change(hello);
        CHECK(encoded(hello).empty());
        Bytes bad = good;
        bad.at(byte) = value;
        heeldrop_hello read{};
        CHECK(heeldrop_hello_decode(bad.data(), bad.size(), &read) == HEELDROP_DECODE_OUT_OF_RANGE);
    };
    using H = heeldrop_hello;
    check_refused(
        "no channels", [](H& h) { h.channel_count = 0; }, 4, 0);
    check_refused(
        "nine channels", [](H& h) { h.channel_count = 9; }, 4, 9);
    check_refused(
        "clocked without a period", [](H& h) { h.clocked = false; }, 3, 0);
    check_refused(
        "a third pad", [](H& h) { h.channels[0].pad = 2; }, 72, 2);
    check_refused(
        "a fifth corner", [](H& h) { h.channels[7].corner = 4; }, 72 + 7 * 12 + 1, 4);
    check_refused(
        "no gain", [](H& h) { h.channels[0].millicounts_per_newton = 0; }, 80, 0);
    check_refused(
        "a text with a control character", [](H& h) { h.serial[0] = '\n'; }, 22, '\n');
    check_refused(
        "a text that is too long", [](H& h) { std::memset(h.serial, 'x', sizeof h.serial); }, 21, 17);
}

TEST_CASE("SAMPLES holds as many samples as it says, and not one more") {
    CHECK(int{heeldrop_samples_per_frame(0, false)} == 0);
    CHECK(int{heeldrop_samples_per_frame(9, false)} == 0);
    for (std::uint8_t channels = 1; channels <= HEELDROP_CHANNELS_MAX; ++channels) {
        for (const bool deltas : {false, true}) {
            INFO(int{channels} << " channels, deltas " << deltas);
            Bytes room(1000);
            const heeldrop_samples_header header{0, 0, 0, channels, deltas};
            heeldrop_samples_writer writer{};
            REQUIRE(heeldrop_samples_begin(&writer, &header, room.data(), room.size()));
            CHECK(heeldrop_samples_end(&writer) == 0);
            int count = 0;
            const heeldrop_sample sample{};
            while (heeldrop_samples_append(&writer, &sample)) {
                ++count;
            }
            CHECK(count == heeldrop_samples_per_frame(channels, deltas));
            CHECK(heeldrop_samples_end(&writer) <= HEELDROP_MESSAGE_MAX);
        }
    }
}

TEST_CASE("SAMPLES refuses a delta that it cannot carry and marks counts beyond 24 bits as saturated") {
    Bytes room(HEELDROP_MESSAGE_MAX);
    const heeldrop_samples_header header{0, 0, 0, 2, true};
    heeldrop_samples_writer writer{};
    REQUIRE(heeldrop_samples_begin(&writer, &header, room.data(), room.size()));
    heeldrop_sample sample{1, 0, {0x800000, -0x800001}};
    CHECK_FALSE(heeldrop_samples_append(&writer, &sample));  // the first of a frame has its time in the header
    sample.delta = 0;
    CHECK(heeldrop_samples_append(&writer, &sample));
    sample.delta = 0x1000000;
    CHECK_FALSE(heeldrop_samples_append(&writer, &sample));
    sample.delta = HEELDROP_DELTA_MAX;
    CHECK(heeldrop_samples_append(&writer, &sample));
    room.resize(heeldrop_samples_end(&writer));
    heeldrop_samples_view view{};
    REQUIRE(heeldrop_samples_decode(room.data(), room.size(), &view) == HEELDROP_DECODE_OK);
    REQUIRE(int{view.count} == 2);
    heeldrop_samples_get(&view, 1, &sample);
    CHECK(sample.delta == HEELDROP_DELTA_MAX);
    CHECK(sample.counts[0] == HEELDROP_COUNT_MAX);
    CHECK(sample.counts[1] == HEELDROP_COUNT_MIN);
}

TEST_CASE("SAMPLES of a layout that is not known is refused") {
    Bytes message = golden_frame("samples").message();
    for (const int layout : {0x00, 0x80, 0x89, 0x98, 0xA8, 0xC8}) {
        message[11] = static_cast<std::uint8_t>(layout);
        heeldrop_samples_view view{};
        INFO("layout " << layout);
        CHECK(heeldrop_samples_decode(message.data(), message.size(), &view) == HEELDROP_DECODE_OUT_OF_RANGE);
    }
}

TEST_CASE("only 0x80 to 0xBF are commands") {
    for (int type = 0; type < 256; ++type) {
        const heeldrop_command command{static_cast<std::uint8_t>(type), 1};
        INFO(type);
        CHECK(encoded(command).empty() == (type < 0x80 || type > 0xBF));
    }
}
