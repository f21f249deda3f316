// Which errors of one and two bits get through: in the payload none may; on the wire no single one may, and of two-bit
// errors the fraction that does is printed.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>
#include <random>

#include "firmware-protocol/codec/cobs.h"
#include "firmware-protocol/codec/crc16.h"
#include "tests/firmware-protocol/line.hpp"

using namespace heeldrop::test;

namespace {

void flip(Bytes& bytes, std::size_t bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
}

std::uint16_t syndrome(const Bytes& payload) {
    return heeldrop_crc16(HEELDROP_CRC16_INIT, payload.data(), payload.size());
}

/// What the receiver makes of a payload that was damaged before it was stuffed, so that the CRC alone can tell.
std::vector<Report> receive_payload(const Bytes& payload) {
    Bytes wire(HEELDROP_COBS_MAX(payload.size()));
    wire.resize(heeldrop_cobs_encode(payload.data(), payload.size(), wire.data(), wire.size()));
    return received(sealed(wire));
}

const std::vector<Report>& only_bad_crc() {
    static const std::vector<Report> reports{{HEELDROP_DEFRAME_BAD_CRC, {}}};
    return reports;
}

/// Two frames that cannot be mistaken for each other or for a part of the golden ones.
const Bytes& next_message() {
    static const Bytes message{0x7E, 0x11, 0x22};
    return message;
}

struct Outcome {
    bool wrong_frame = false;  ///< a frame was taken for good that nobody sent
    bool in_step = false;      ///< the second frame after the damaged one arrived
};

/// Receives a damaged wire frame followed by two good ones.
class Victim {
 public:
    explicit Victim(const Bytes& message) : message_(message), tail_(framed(next_message()) + framed(next_message())) {}
    Outcome receive(const Bytes& wire) {
        heeldrop_deframer_init(&deframer_);
        Outcome outcome;
        take(wire, outcome);
        outcome.in_step = false;
        take(tail_, outcome);
        return outcome;
    }

 private:
    void take(const Bytes& bytes, Outcome& outcome) {
        for (const auto byte : bytes) {
            const auto result = heeldrop_deframer_push(&deframer_, byte);
            if (result == HEELDROP_DEFRAME_MORE) {
                continue;
            }
            outcome.in_step = result == HEELDROP_DEFRAME_FRAME && is(next_message());
            if (result == HEELDROP_DEFRAME_FRAME && !outcome.in_step && !is(message_)) {
                outcome.wrong_frame = true;
            }
        }
    }
    bool is(const Bytes& message) const {
        return std::equal(message.begin(), message.end(), deframer_.message,
                          deframer_.message + deframer_.message_size);
    }
    heeldrop_deframer deframer_{};
    Bytes message_;
    Bytes tail_;
};

/// As a plate sends them: values that wander about, so zeros fall where they fall.
Bytes some_samples(std::mt19937& random) {
    heeldrop::test::Samples samples;
    samples.header = {static_cast<std::uint16_t>(random()), static_cast<std::uint32_t>(random()),
                      static_cast<std::uint32_t>(random()), 8, random() % 2 == 0};
    const std::size_t count = 1 + random() % heeldrop_samples_per_frame(8, samples.header.has_deltas);
    for (std::size_t i = 0; i < count; ++i) {
        auto& sample = samples.samples.emplace_back();
        sample.delta = i != 0 && samples.header.has_deltas ? 10'000 + random() % 5'000 : 0;
        for (auto& value : sample.counts) {
            value = static_cast<std::int32_t>(random() % 400'000) - 200'000;
        }
    }
    return encoded(samples);
}

}  // namespace

TEST_CASE("every one- and two-bit error in the largest payload is detected") {
    // CRCs are affine: flipping bits i and j changes the result by d(i) xor d(j). All d different and none 0 is
    // therefore all pairs detected; that the law holds for this code is checked on the real thing below.
    const Bytes payload = golden_frame("experiment-254").payload;
    REQUIRE(payload.size() == HEELDROP_FRAME_MAX);
    REQUIRE(syndrome(payload) == 0);
    std::vector<std::uint16_t> change;
    for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
        Bytes damaged = payload;
        flip(damaged, bit);
        change.push_back(syndrome(damaged));
        if (receive_payload(damaged) != only_bad_crc()) {
            FAIL("bit " << bit << " flipped and not refused");
        }
    }
    auto sorted = change;
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted.front() != 0);
    CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());

    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const std::size_t a = random() % change.size();
        const std::size_t b = random() % change.size();
        if (a == b) {
            continue;
        }
        Bytes damaged = payload;
        flip(damaged, a);
        flip(damaged, b);
        if (syndrome(damaged) != (change[a] ^ change[b]) || receive_payload(damaged) != only_bad_crc()) {
            FAIL("bits " << a << " and " << b << " flipped and not refused");
        }
    }
}

TEST_CASE("every one- and two-bit error in the payload of each small golden frame is refused by the receiver") {
    for (const auto& golden : golden_frames()) {
        if (!golden.expect.empty() || golden.payload.size() > 30) {
            continue;
        }
        INFO(golden.name);
        const std::size_t bits = golden.payload.size() * 8;
        for (std::size_t a = 0; a < bits; ++a) {
            for (std::size_t b = a; b < bits; ++b) {
                Bytes damaged = golden.payload;
                flip(damaged, a);
                if (b != a) {
                    flip(damaged, b);
                }
                if (receive_payload(damaged) != only_bad_crc()) {
                    FAIL("bits " << a << " and " << b << " flipped and not refused");
                }
            }
        }
    }
}

TEST_CASE("every one-bit error on the wire is detected and costs at most the frame after it") {
    std::vector<Bytes> messages;
    for (const auto& golden : golden_frames()) {
        if (golden.expect.empty()) {
            messages.push_back(golden.message());
        }
    }
    std::mt19937 random(2);
    for (int i = 0; i < 200; ++i) {
        messages.push_back(some_samples(random));
    }
    std::size_t tried = 0;
    for (const auto& message : messages) {
        const Bytes wire = framed(message);
        Victim victim(message);
        for (std::size_t bit = 0; bit < wire.size() * 8; ++bit, ++tried) {
            Bytes damaged = wire;
            flip(damaged, bit);
            const auto outcome = victim.receive(damaged);
            if (outcome.wrong_frame || !outcome.in_step) {
                FAIL("bit " << bit << " of a frame of type " << int{message[0]}
                            << (outcome.wrong_frame ? ": a wrong frame got through" : ": not in step again"));
            }
        }
    }
    std::cout << fmt::format("one-bit errors on the wire: {} tried, none undetected\n", tried);
}

TEST_CASE("two-bit errors on the wire get through less often than the CRC alone would let them") {
    std::size_t all_tried = 0;
    std::size_t all_through = 0;
    const auto tell = [&](std::string_view name, std::size_t tried, std::size_t through) {
        std::cout << fmt::format("two-bit errors on the wire, {:20} {:8} tried, {:3} undetected: {:.2e}\n", name, tried,
                                 through, static_cast<double>(through) / static_cast<double>(tried));
        all_tried += tried;
        all_through += through;
    };
    for (const char* name : {"start", "ack", "status", "samples"}) {
        const auto& golden = golden_frame(name);
        Victim victim(golden.message());
        std::size_t tried = 0;
        std::size_t through = 0;
        const std::size_t bits = golden.wire.size() * 8;
        for (std::size_t a = 0; a < bits; ++a) {
            for (std::size_t b = a + 1; b < bits; ++b, ++tried) {
                Bytes damaged = golden.wire;
                flip(damaged, a);
                flip(damaged, b);
                const auto outcome = victim.receive(damaged);
                through += outcome.wrong_frame ? 1 : 0;
                if (!outcome.in_step) {
                    FAIL(name << ": not in step again after bits " << a << " and " << b);
                }
            }
        }
        tell(name, tried, through);
    }
    for (const char* name : {"hello", "samples-full", "samples-full-clocked", "experiment-zeros"}) {
        const auto& golden = golden_frame(name);
        Victim victim(golden.message());
        std::mt19937 random(3);
        const std::size_t tried = 100'000;
        std::size_t through = 0;
        for (std::size_t i = 0; i < tried; ++i) {
            Bytes damaged = golden.wire;
            const std::size_t a = random() % (damaged.size() * 8);
            const std::size_t b = (a + 1 + random() % (damaged.size() * 8 - 1)) % (damaged.size() * 8);
            flip(damaged, a);
            flip(damaged, b);
            through += victim.receive(damaged).wrong_frame ? 1 : 0;
        }
        tell(std::string(name) + " (sampled)", tried, through);
    }
    tell("all together", all_tried, all_through);
    CHECK(static_cast<double>(all_through) / static_cast<double>(all_tried) < 1.0 / 65536);
}
