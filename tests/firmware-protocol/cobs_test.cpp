// COBS by its properties: no zero in what it writes, what is read is what was written, and no byte beyond exact
// buffers.
#include <rapidcheck.h>

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>

#include "firmware-protocol/codec/cobs.h"
#include "tests/firmware-protocol/golden.hpp"

using heeldrop::test::Bytes;

namespace {

/// Into a buffer of exactly `capacity` bytes, so that a sanitizer sees a byte too many.
std::optional<Bytes> encode_into(std::size_t capacity, const Bytes& data) {
    Bytes out(capacity);
    const auto size = heeldrop_cobs_encode(data.data(), data.size(), out.data(), out.size());
    if (size == 0) {
        return std::nullopt;
    }
    out.resize(size);
    return out;
}

std::optional<Bytes> decode_into(std::size_t capacity, const Bytes& data) {
    Bytes out(capacity);
    std::size_t size = 0;
    if (!heeldrop_cobs_decode(data.data(), data.size(), out.data(), out.size(), &size)) {
        return std::nullopt;
    }
    out.resize(size);
    return out;
}

Bytes encode(const Bytes& data) {
    return encode_into(HEELDROP_COBS_MAX(data.size()), data).value();
}

/// Bytes as they make COBS work: long runs without zeros, runs of zeros, and their borders near full blocks.
rc::Gen<Bytes> run_lengths() {
    return rc::gen::exec([] {
        Bytes bytes;
        const auto runs = *rc::gen::inRange(0, 6);
        for (int i = 0; i < runs; ++i) {
            const auto length = *rc::gen::element<std::size_t>(0, 1, 2, 17, 252, 253, 254, 255, 256, 508, 509);
            bytes.insert(bytes.end(), length, *rc::gen::nonZero<std::uint8_t>());
            bytes.insert(bytes.end(), *rc::gen::inRange<std::size_t>(0, 3), std::uint8_t{0});
        }
        return bytes;
    });
}

void check_round_trip(const Bytes& data) {
    const Bytes coded = encode(data);
    RC_ASSERT(std::count(coded.begin(), coded.end(), 0) == 0);
    RC_ASSERT(coded.size() <= HEELDROP_COBS_MAX(data.size()));
    if (data.size() <= 254) {
        RC_ASSERT(coded.size() == data.size() + 1);
    }
    RC_ASSERT(encode_into(coded.size(), data) == coded);
    RC_ASSERT(!encode_into(coded.size() - 1, data).has_value());
    RC_ASSERT(decode_into(data.size(), coded) == data);
    if (!data.empty()) {
        RC_ASSERT(!decode_into(data.size() - 1, coded).has_value());
    }
}

}  // namespace

TEST_CASE("COBS gives back what it was given, within exact buffers") {
    rc::prop("on any bytes", [](const Bytes& data) { check_round_trip(data); });
    rc::prop("on long runs", [] { check_round_trip(*run_lengths()); });
}

TEST_CASE("COBS around a full block") {
    for (std::size_t size : {253u, 254u, 255u}) {
        for (std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{0xFF}}) {
            const Bytes data(size, fill);
            INFO(size << " bytes of " << int{fill});
            const std::size_t expected = fill != 0 && size == 255 ? 257 : size + 1;
            const auto coded = encode_into(expected, data);
            REQUIRE(coded);
            CHECK(coded->size() == expected);
            CHECK_FALSE(encode_into(expected - 1, data));
            CHECK(decode_into(size, *coded) == data);
        }
    }
}

TEST_CASE("COBS reads a final full block with the empty block that some encoders add, and without") {
    const Bytes data(254, 7);
    Bytes coded = encode(data);
    CHECK(coded.size() == 255);
    coded.push_back(1);
    CHECK(decode_into(254, coded) == data);
}

TEST_CASE("COBS refuses what no encoder writes") {
    CHECK_FALSE(decode_into(10, {}));
    CHECK_FALSE(decode_into(10, {0}));
    CHECK_FALSE(decode_into(10, {3, 1}));
    CHECK_FALSE(decode_into(10, {3, 1, 0}));
    CHECK_FALSE(decode_into(10, {2, 1, 0, 1}));
    CHECK_FALSE(decode_into(300, {0xFF, 1}));
}

TEST_CASE("COBS reads any bytes without a step outside them") {
    rc::prop("decodes or refuses", [](const Bytes& data) {
        const auto decoded = decode_into(data.size(), data);
        if (decoded) {
            RC_ASSERT(decoded->size() < data.size());
        }
    });
}
