// Frames on the line: sizes at their limits, any cut of the stream, and back in step after anything.
#include "firmware-protocol/codec/frame.h"

#include <rapidcheck.h>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include "firmware-protocol/codec/cobs.h"
#include "tests/firmware-protocol/line.hpp"

using namespace heeldrop::test;

namespace {

Report frame_of(const Bytes& message) {
    return {HEELDROP_DEFRAME_FRAME, message};
}

Report error(heeldrop_deframe_result kind) {
    return {kind, {}};
}

rc::Gen<Bytes> any_message() {
    return rc::gen::exec([] {
        const auto size = *rc::gen::inRange<std::size_t>(1, HEELDROP_MESSAGE_MAX + 1);
        const auto byte = *rc::gen::element(rc::gen::arbitrary<std::uint8_t>(), rc::gen::inRange<std::uint8_t>(0, 2),
                                            rc::gen::nonZero<std::uint8_t>());
        return *rc::gen::container<Bytes>(size, byte);
    });
}

/// Every golden frame with every kind of damage between them.
Bytes eventful_stream() {
    Bytes stream{0};
    for (const auto& golden : golden_frames()) {
        stream = stream + golden.wire;
        if (golden.name.starts_with("a")) {
            stream = stream + Bytes(300, 0x55) + Bytes{0, 0, 0};
        }
    }
    return stream;
}

}  // namespace

TEST_CASE("a frame is its message and five bytes, and fits a buffer of exactly that") {
    rc::prop("at any size", [] {
        const Bytes message = *any_message();
        const Bytes wire = framed(message);
        RC_ASSERT(wire.size() == message.size() + 5);
        RC_ASSERT(std::count(wire.begin(), wire.end(), 0) == 1);
        RC_ASSERT(wire.back() == 0);
        RC_ASSERT(received(wire) == std::vector{frame_of(message)});
        Bytes small(wire.size() - 1);
        RC_ASSERT(heeldrop_frame_encode(message.data(), message.size(), small.data(), small.size()) == 0u);
    });
}

TEST_CASE("payloads of 253 and 254 bytes pass, 255 do not") {
    for (std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{0xA5}, std::uint8_t{0xFF}}) {
        for (std::size_t payload : {253u, 254u}) {
            const Bytes message(payload - 2, fill);
            INFO(payload << " bytes of " << int{fill});
            Bytes wire(payload + 3);
            REQUIRE(heeldrop_frame_encode(message.data(), message.size(), wire.data(), wire.size()) == wire.size());
            CHECK(received(wire) == std::vector{frame_of(message)});
            CHECK(heeldrop_frame_encode(message.data(), message.size(), wire.data(), wire.size() - 1) == 0);
        }
        const Bytes message(253, fill);
        Bytes wire(1000);
        CHECK(heeldrop_frame_encode(message.data(), message.size(), wire.data(), wire.size()) == 0);
        // On the line all the same, written by somebody else.
        Bytes coded(HEELDROP_COBS_MAX(255));
        coded.resize(heeldrop_cobs_encode(Bytes(255, fill).data(), 255, coded.data(), coded.size()));
        CHECK(received(sealed(coded)) == std::vector{error(HEELDROP_DEFRAME_TOO_LONG)});
    }
}

TEST_CASE("an empty message has no frame, and no buffer holds nothing") {
    Bytes wire(10);
    CHECK(heeldrop_frame_encode(wire.data(), 0, wire.data(), wire.size()) == 0);
    const Bytes message{1};
    CHECK(heeldrop_frame_encode(message.data(), 1, nullptr, 0) == 0);
}

TEST_CASE("zeros between frames are no frames and no errors") {
    CHECK(received({0, 0, 0}).empty());
    CHECK(received(Bytes{0, 0} + framed({1, 2}) + Bytes{0}) == std::vector{frame_of({1, 2})});
}

TEST_CASE("each kind of error is told apart and counted") {
    heeldrop_deframer deframer;
    heeldrop_deframer_init(&deframer);
    std::vector<Report> reports;
    const Bytes bad_crc = sealed({5, 0x82, 7, 1, 1});
    Bytes bad_check = framed({0x82, 7, 1});
    bad_check[2] ^= 1;
    receive(deframer, bad_crc + sealed({9, 1, 2}) + sealed({3, 1, 2}) + Bytes(700, 1) + Bytes{0} + bad_crc, reports);
    receive(deframer, Bytes{0x80, 0} + bad_check + framed({5}), reports);
    CHECK(reports == std::vector{error(HEELDROP_DEFRAME_BAD_CRC), error(HEELDROP_DEFRAME_BAD_COBS),
                                 error(HEELDROP_DEFRAME_TOO_SHORT), error(HEELDROP_DEFRAME_TOO_LONG),
                                 error(HEELDROP_DEFRAME_BAD_CRC), error(HEELDROP_DEFRAME_TOO_SHORT),
                                 error(HEELDROP_DEFRAME_BAD_CHECK), frame_of({5})});
    CHECK(deframer.counts[HEELDROP_DEFRAME_BAD_CRC] == 2);
    CHECK(deframer.counts[HEELDROP_DEFRAME_BAD_COBS] == 1);
    CHECK(deframer.counts[HEELDROP_DEFRAME_TOO_SHORT] == 2);
    CHECK(deframer.counts[HEELDROP_DEFRAME_BAD_CHECK] == 1);
    CHECK(deframer.counts[HEELDROP_DEFRAME_TOO_LONG] == 1);
    CHECK(deframer.counts[HEELDROP_DEFRAME_FRAME] == 1);
    CHECK(deframer.counts[HEELDROP_DEFRAME_MORE] == 0);
}

TEST_CASE("a stream means the same wherever it is split") {
    const Bytes stream = eventful_stream();
    const auto whole = received(stream);
    REQUIRE(whole.size() > golden_frames().size());
    SECTION("in two, at every point") {
        for (std::size_t split = 0; split <= stream.size(); ++split) {
            heeldrop_deframer deframer;
            heeldrop_deframer_init(&deframer);
            std::vector<Report> reports;
            const auto middle = stream.begin() + static_cast<std::ptrdiff_t>(split);
            receive(deframer, Bytes(stream.begin(), middle), reports);
            receive(deframer, Bytes(middle, stream.end()), reports);
            if (reports != whole) {
                FAIL("another meaning when split at " << split);
            }
        }
    }
    SECTION("in pieces of every size") {
        for (std::size_t piece = 1; piece <= 300; ++piece) {
            heeldrop_deframer deframer;
            heeldrop_deframer_init(&deframer);
            std::vector<Report> reports;
            for (std::size_t at = 0; at < stream.size(); at += piece) {
                const auto end = std::min(at + piece, stream.size());
                receive(deframer,
                        Bytes(stream.begin() + static_cast<std::ptrdiff_t>(at),
                              stream.begin() + static_cast<std::ptrdiff_t>(end)),
                        reports);
            }
            if (reports != whole) {
                FAIL("another meaning in pieces of " << piece);
            }
        }
    }
}

TEST_CASE("after garbage the receiver is in step within one frame") {
    rc::prop("at once when a 00 ends the garbage", [](const Bytes& garbage) {
        const Bytes message = *any_message();
        const auto reports = received(garbage + Bytes{0} + framed(message));
        RC_ASSERT(!reports.empty());
        RC_ASSERT(reports.back() == frame_of(message));
    });
    rc::prop("with the second frame when nothing ends it", [](const Bytes& garbage) {
        const Bytes first = *any_message();
        const Bytes second = *any_message();
        const auto reports = received(garbage + framed(first) + framed(second));
        RC_ASSERT(!reports.empty());
        RC_ASSERT(reports.back() == frame_of(second));
    });
    rc::prop("when a frame breaks off anywhere", [] {
        const Bytes broken = framed(*any_message());
        const auto kept = *rc::gen::inRange<std::size_t>(0, broken.size());
        const Bytes second = *any_message();
        const auto reports = received(Bytes(broken.begin(), broken.begin() + static_cast<std::ptrdiff_t>(kept)) +
                                      Bytes{0} + framed(second));
        RC_ASSERT(reports.back() == frame_of(second));
        RC_ASSERT(reports.size() <= 2u);
    });
    SECTION("however long the garbage is") {
        std::vector<Report> reports;
        heeldrop_deframer deframer;
        heeldrop_deframer_init(&deframer);
        receive(deframer, Bytes(100'000, 0xFF) + Bytes{0} + framed({3, 0}), reports);
        CHECK(reports == std::vector{error(HEELDROP_DEFRAME_TOO_LONG), frame_of({3, 0})});
    }
}
