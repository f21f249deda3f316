// A plate driven with bytes and times alone, and what it says back.
#pragma once

#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "daemon/plate/plate.hpp"
#include "tests/daemon/plate/scripted_plate.hpp"

namespace heeldrop::plate::test {

using namespace std::chrono_literals;

/// As the reference plate's, of HD-0002.
inline heeldrop_hello another_plates_hello() {
    auto hello = reference_hello();
    std::strcpy(hello.serial, "HD-0002");
    return hello;
}

struct Conversation {
    Plate plate;
    Commands commands;
    Plate::Time now{1000s};

    std::vector<heeldrop_command> sent() { return commands.in(plate.take_output()); }
    heeldrop_command one_sent() {
        const auto list = sent();
        REQUIRE(list.size() == 1);
        return list[0];
    }
    void hear(const Bytes& bytes) { plate.receive(bytes, now); }
    void wait(std::chrono::milliseconds time) {
        now += time;
        plate.elapsed(now);
    }
    void connect(const heeldrop_hello& hello = reference_hello()) {
        plate.opened("/dev/pts/9", false, now);
        CHECK(one_sent().type == HEELDROP_GET_HELLO);
        hear(hello_frame(hello));
        const auto start = one_sent();
        CHECK(start.type == HEELDROP_START);
        hear(ack_frame(start));
    }
    /// Connected, zeroed and held for a session.
    void hold_ready() {
        connect();
        stream(12, 0, 0);
        REQUIRE(plate.state() == State::ready);
        plate.hold(true, now);
    }
    /// Still samples from the given tick on.
    void stream(unsigned frames, std::uint32_t index, std::uint32_t tick, std::int32_t counts = 1000) {
        for (unsigned f = 0; f < frames; ++f)
            hear(samples_frame({.sequence = static_cast<std::uint16_t>(index / 8 + f),
                                .index = index + 8 * f,
                                .tick = tick + 8 * 12500 * f,
                                .counts = counts}));
    }
};

}  // namespace heeldrop::plate::test
