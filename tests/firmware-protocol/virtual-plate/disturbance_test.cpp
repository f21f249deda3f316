// Misbehaviour in memory: what the account says is what a receiver finds, and the words for it are read or refused.
#include <catch2/catch.hpp>

#include "firmware-protocol/virtual-plate/plate_control.hpp"
#include "firmware-protocol/virtual-plate/plate_device.hpp"

using namespace heeldrop;
using namespace heeldrop::virtual_plate;

namespace {

/// A plate that streams through a bad line, and a receiver that goes by the codec.
struct Stream {
    PlateDevice plate{{}};
    DisturbedLine line{7};
    heeldrop_deframer deframer;
    std::uint64_t arrived = 0, errors = 0;
    int sampled = 0;

    Stream() {
        heeldrop_deframer_init(&deframer);
        std::uint8_t message[8], wire[32];
        const heeldrop_command start{HEELDROP_START, 1};
        const auto size = heeldrop_command_encode(&start, message, sizeof message);
        plate.receive({wire, heeldrop_frame_encode(message, size, wire, sizeof wire)});
        plate.boot();
        send();
    }
    void send() {
        line.carry(plate.outgoing());
        plate.outgoing().clear();
        for (const auto byte : line.out()) {
            const auto result = heeldrop_deframer_push(&deframer, byte);
            heeldrop_samples_view view;
            if (result == HEELDROP_DEFRAME_FRAME) {
                if (heeldrop_samples_decode(deframer.message, deframer.message_size, &view) == HEELDROP_DECODE_OK)
                    arrived += view.count;
            } else if (result != HEELDROP_DEFRAME_MORE) {
                ++errors;
            }
        }
        line.out().clear();
    }
    void sample(int count) {
        for (int i = 0; i < count; ++i, ++sampled) {
            const Seconds t{sampled * 0.0125};
            CellCounts counts;
            counts.fill(1000 + 7 * sampled);
            line.sampled(plate.next_index(), t, {});
            plate.sample(t, counts);
            send();
        }
    }
};

}  // namespace

TEST_CASE("the account of a bad line is what a receiver finds", "[disturbance]") {
    const LineFault fault = GENERATE(LineFault::drop_frames, LineFault::duplicate_frames, LineFault::corrupt,
                                     LineFault::drop_bytes, LineFault::duplicate_bytes, LineFault::truncate);
    Stream s;
    for (int round = 0; round < 60; ++round) {
        s.sample(40);
        s.line.disturb(fault, static_cast<unsigned>(round % 5 + 1));
        if (round % 7 == 0)
            s.line.insert_garbage(300);
        s.sample(60);
    }
    s.plate.flush();
    s.send();
    const LineAccount& account = s.line.account();
    CHECK(account.samples + account.unordered_samples == s.arrived);
    CHECK(account.samples + account.lost_samples == static_cast<std::uint64_t>(s.sampled));
    // A piece that is too long is one error to a receiver, however the codec names it.
    CHECK(account.damaged_frames == s.errors);
    CHECK((fault == LineFault::duplicate_frames || account.lost_samples > 0));
}

TEST_CASE("the words of the control socket are read, with their time and their limits", "[disturbance]") {
    const ControlLine late = parse_control("at 12.5 drop 3");
    REQUIRE(late.at);
    CHECK(late.at->value == 12.5);
    CHECK(late.text == "drop 3");
    CHECK(std::get<mishap::Line>(late.what).count == 3);
    CHECK(std::get<mishap::Unplug>(parse_control("unplug 2 keep").what).keeps_power);
    CHECK_FALSE(std::get<mishap::Unplug>(parse_control("unplug 2").what).keeps_power);
    CHECK(std::get<mishap::Cell>(parse_control("spike RRL 4 100000").what).cell == 6);
    for (const char* wrong :
         {"", "dance", "drop x", "drop 3 4", "unplug", "saturate XX", "at 3", "stall -1", "clock 90"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(parse_control(wrong), ControlError);
    }
    Random random(3);
    for (int i = 0; i < 200; ++i)
        CHECK_NOTHROW(parse_control(random_mishap(random, Hertz{80})));
}
