// The plate's side of the protocol, byte for byte in memory.
#include <catch2/catch.hpp>

#include "firmware-protocol/virtual-plate/plate_device.hpp"

using namespace heeldrop;
using namespace heeldrop::virtual_plate;

namespace {

struct Message {
    std::vector<std::uint8_t> bytes;
    std::uint8_t type() const { return bytes.front(); }
};

std::vector<Message> take(PlateDevice& plate) {
    std::vector<Message> messages;
    heeldrop_deframer deframer;
    heeldrop_deframer_init(&deframer);
    for (const auto byte : plate.outgoing()) {
        const auto result = heeldrop_deframer_push(&deframer, byte);
        REQUIRE((result == HEELDROP_DEFRAME_MORE || result == HEELDROP_DEFRAME_FRAME));
        if (result == HEELDROP_DEFRAME_FRAME)
            messages.push_back({{deframer.message, deframer.message + deframer.message_size}});
    }
    plate.outgoing().clear();
    return messages;
}

void tell(PlateDevice& plate, std::uint8_t type, std::uint16_t id) {
    std::uint8_t message[8], wire[32];
    const heeldrop_command command{type, id};
    const auto size = heeldrop_command_encode(&command, message, sizeof message);
    const auto n = heeldrop_frame_encode(message, size, wire, sizeof wire);
    plate.receive({wire, n});
}

heeldrop_samples_view view_of(const Message& m) {
    heeldrop_samples_view view{};
    REQUIRE(heeldrop_samples_decode(m.bytes.data(), m.bytes.size(), &view) == HEELDROP_DECODE_OK);
    return view;
}

}  // namespace

TEST_CASE("a plate boots with a 0x00 and one HELLO that describes its cells", "[device]") {
    PlateDevice plate({.serial = "VP-7", .boot_id = 99});
    plate.boot();
    CHECK(plate.outgoing().front() == 0x00);
    const auto messages = take(plate);
    REQUIRE(messages.size() == 1);
    heeldrop_hello hello{};
    REQUIRE(heeldrop_hello_decode(messages[0].bytes.data(), messages[0].bytes.size(), &hello) == HEELDROP_DECODE_OK);
    CHECK(std::string(hello.serial) == "VP-7");
    CHECK(hello.boot_id == 99);
    CHECK(hello.channel_count == 8);
    CHECK(hello.channels[5].pad == HEELDROP_PAD_RIGHT);
    CHECK(hello.channels[5].corner == HEELDROP_CORNER_FR);
    CHECK(hello.channels[5].x_tenth_mm == 900);
    CHECK(hello.channels[5].y_tenth_mm == 1300);
    CHECK(hello.channels[5].millicounts_per_newton == 4277000);
}

TEST_CASE("commands are answered, twice alike, and unknown ones refused", "[device]") {
    PlateDevice plate({});
    tell(plate, HEELDROP_GET_HELLO, 1);
    auto m = take(plate);
    REQUIRE(m.size() == 2);
    CHECK(m[0].type() == HEELDROP_ACK);
    CHECK(m[1].type() == HEELDROP_HELLO);
    CHECK_FALSE(plate.streaming());
    tell(plate, HEELDROP_START, 2);
    tell(plate, HEELDROP_START, 2);
    CHECK(take(plate).size() == 2);
    CHECK(plate.streaming());
    tell(plate, 0x9A, 258);
    m = take(plate);
    REQUIRE(m.size() == 1);
    heeldrop_nak nak{};
    REQUIRE(heeldrop_nak_decode(m[0].bytes.data(), m[0].bytes.size(), &nak) == HEELDROP_DECODE_OK);
    CHECK(nak.request_id == 258);
    CHECK(nak.code == HEELDROP_NAK_UNKNOWN_COMMAND);
    tell(plate, 0xC1, 1);  // for experiments: ignored
    CHECK(take(plate).empty());
}

TEST_CASE("STOP sends what is still held, then its ACK, then a STATUS", "[device]") {
    PlateDevice plate({});
    tell(plate, HEELDROP_START, 1);
    plate.sample(Seconds{0.0}, {});
    plate.sample(Seconds{0.0125}, {});
    take(plate);
    tell(plate, HEELDROP_STOP, 2);
    const auto m = take(plate);
    REQUIRE(m.size() == 3);
    CHECK(m[0].type() == HEELDROP_SAMPLES);
    CHECK(view_of(m[0]).count == 2);
    CHECK(m[1].type() == HEELDROP_ACK);
    CHECK(m[2].type() == HEELDROP_STATUS);
}

TEST_CASE("sequence, index and tick wrap, and go on over STOP and START", "[device]") {
    PlateDevice plate({.first_tick = 0xFFFFFF00u, .first_index = 0xFFFFFFFAu, .first_sequence = 0xFFFE});
    tell(plate, HEELDROP_START, 1);
    take(plate);
    std::uint32_t index = 0xFFFFFFFAu;
    std::uint16_t sequence = 0xFFFE;
    for (int i = 0; i < 40; ++i) {
        plate.sample(Seconds{i * 0.0125}, {});
        if (i == 20) {
            tell(plate, HEELDROP_STOP, 2);
            tell(plate, HEELDROP_START, 3);
        }
    }
    plate.flush();
    std::uint32_t expected_tick_index = 0;
    for (const auto& m : take(plate)) {
        if (m.type() != HEELDROP_SAMPLES)
            continue;
        const auto view = view_of(m);
        CHECK(view.header.sequence == sequence++);
        CHECK(view.header.index == index);
        CHECK(view.header.tick == 0xFFFFFF00u + expected_tick_index * 12500u);
        index += view.count;
        expected_tick_index += view.count;
    }
    CHECK(index == 34);
}

TEST_CASE("a lost sample uses its number and is counted", "[device]") {
    PlateDevice plate({});
    tell(plate, HEELDROP_START, 1);
    take(plate);
    plate.sample(Seconds{0.0}, {});
    plate.lose_sample();
    plate.lose_sample();
    plate.sample(Seconds{0.04}, {});
    plate.flush();
    plate.status();
    const auto m = take(plate);
    REQUIRE(m.size() == 3);
    CHECK(view_of(m[1]).header.index == 3);
    heeldrop_status status{};
    REQUIRE(heeldrop_status_decode(m[2].bytes.data(), m[2].bytes.size(), &status) == HEELDROP_DECODE_OK);
    CHECK(status.overruns == 2);
    CHECK(status.samples_taken == 4);
}

TEST_CASE("a saturated channel has its fault bit", "[device]") {
    PlateDevice plate({.clocked = true, .nominal_rate = Hertz{1000.0}});
    tell(plate, HEELDROP_START, 1);
    take(plate);
    CellCounts counts{};
    counts[3] = count_max;
    counts[7] = count_min;
    plate.sample(Seconds{0.0}, counts);
    plate.flush();
    const auto m = take(plate);
    const auto view = view_of(m[0]);
    heeldrop_sample sample{};
    heeldrop_samples_get(&view, 0, &sample);
    CHECK(sample.faults == 0x88);
}

TEST_CASE("a damaged frame is not answered, and counted", "[device]") {
    PlateDevice plate({});
    const std::uint8_t garbage[] = {0x05, 0x82, 0x01, 0x02, 0x03, 0x00, 0x44, 0x00};
    plate.receive(garbage);
    CHECK(take(plate).empty());
    plate.status();
    const auto m = take(plate);
    heeldrop_status status{};
    REQUIRE(heeldrop_status_decode(m[0].bytes.data(), m[0].bytes.size(), &status) == HEELDROP_DECODE_OK);
    CHECK(status.rejected_frames == 2);
    tell(plate, HEELDROP_START, 1);
    CHECK(take(plate).size() == 1);
}
