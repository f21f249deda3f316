// The CRC against its published check value and an implementation that is not ours.
#include <rapidcheck.h>

#include <rapidcheck/catch.h>
#include <boost/crc.hpp>
#include <catch2/catch.hpp>

#include <cstring>

#include "firmware-protocol/codec/crc16.h"
#include "tests/firmware-protocol/golden.hpp"

using heeldrop::test::Bytes;

namespace {

std::uint16_t crc_of(const Bytes& bytes) {
    return heeldrop_crc16(HEELDROP_CRC16_INIT, bytes.data(), bytes.size());
}

std::uint16_t boost_crc_of(const Bytes& bytes) {
    boost::crc_optimal<16, 0x1021, 0xFFFF, 0x0000, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return static_cast<std::uint16_t>(crc.checksum());
}

}  // namespace

TEST_CASE("the CRC of the digits is the catalogue's check value") {
    const char* digits = "123456789";
    CHECK(crc_of(Bytes(digits, digits + std::strlen(digits))) == 0x6F91);
}

TEST_CASE("the CRC of nothing is its initial value") {
    CHECK(crc_of({}) == HEELDROP_CRC16_INIT);
}

TEST_CASE("the CRC equals Boost.CRC") {
    rc::prop("on any bytes", [](const Bytes& bytes) { RC_ASSERT(crc_of(bytes) == boost_crc_of(bytes)); });
    SECTION("on every byte after every byte") {
        for (unsigned a = 0; a < 256; ++a) {
            for (unsigned b = 0; b < 256; ++b) {
                const Bytes bytes{static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)};
                if (crc_of(bytes) != boost_crc_of(bytes)) {
                    FAIL("differs on " << a << " " << b);
                }
            }
        }
    }
}

TEST_CASE("the CRC can be taken in parts, and over message and CRC it is 0") {
    rc::prop("at any cut", [](const Bytes& bytes) {
        const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
        const auto first = heeldrop_crc16(HEELDROP_CRC16_INIT, bytes.data(), cut);
        const auto crc = heeldrop_crc16(first, bytes.data() + cut, bytes.size() - cut);
        RC_ASSERT(crc == crc_of(bytes));
        Bytes with_crc = bytes;
        with_crc.push_back(static_cast<std::uint8_t>(crc & 0xFF));
        with_crc.push_back(static_cast<std::uint8_t>(crc >> 8));
        RC_ASSERT(crc_of(with_crc) == 0);
    });
}
