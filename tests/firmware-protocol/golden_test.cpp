// The golden frames are written and read by the codec, and the page shows them as they are.
#include <catch2/catch.hpp>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "firmware-protocol/codec/cobs.h"
#include "firmware-protocol/codec/crc16.h"
#include "tests/firmware-protocol/line.hpp"

using namespace heeldrop::test;

namespace {

const std::map<std::string, heeldrop_deframe_result> kinds{{"bad_check", HEELDROP_DEFRAME_BAD_CHECK},
                                                           {"bad_cobs", HEELDROP_DEFRAME_BAD_COBS},
                                                           {"bad_crc", HEELDROP_DEFRAME_BAD_CRC},
                                                           {"too_long", HEELDROP_DEFRAME_TOO_LONG},
                                                           {"too_short", HEELDROP_DEFRAME_TOO_SHORT}};

/// The page's ```vector blocks: name -> payload and wire.
std::map<std::string, std::pair<Bytes, Bytes>> worked_frames(const std::string& page) {
    std::map<std::string, std::pair<Bytes, Bytes>> frames;
    std::istringstream lines(page);
    std::string name;
    std::string hex[2];
    int part = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```vector ")) {
            name = line.substr(10);
            hex[0].clear();
            hex[1].clear();
        } else if (!name.empty() && line.starts_with("```")) {
            frames[name] = {bytes_from_hex(hex[0]), bytes_from_hex(hex[1])};
            name.clear();
        } else if (!name.empty()) {
            if (line.starts_with("payload:")) {
                part = 0;
            } else if (line.starts_with("wire:")) {
                part = 1;
            }
            const auto colon = line.find(':');
            hex[part] += ' ' + (colon == std::string::npos ? line : line.substr(colon + 1));
        }
    }
    return frames;
}

/// "00 01 02 .. FD": `..` counts up.
Bytes expanded(const std::string& text) {
    Bytes bytes;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (word == "..") {
            words >> word;
            const auto last = bytes_from_hex(word).at(0);
            while (bytes.back() < last) {
                bytes.push_back(static_cast<std::uint8_t>(bytes.back() + 1));
            }
        } else {
            bytes.push_back(bytes_from_hex(word).at(0));
        }
    }
    return bytes;
}

}  // namespace

TEST_CASE("the codec writes every golden frame byte for byte") {
    std::set<int> types;
    for (const auto& golden : golden_frames()) {
        INFO(golden.name);
        if (!golden.expect.empty() || !golden.write) {
            continue;
        }
        const Bytes message = message_from(golden.fields);
        REQUIRE(!message.empty());
        CHECK(message == golden.message());
        CHECK(framed(message) == golden.wire);
        types.insert(message.at(0));
    }
    for (const int type : {HEELDROP_HELLO, HEELDROP_SAMPLES, HEELDROP_STATUS, HEELDROP_ACK, HEELDROP_NAK,
                           HEELDROP_GET_HELLO, HEELDROP_START, HEELDROP_STOP}) {
        INFO("type " << type);
        CHECK(types.contains(type));
    }
}

TEST_CASE("the codec reads every golden frame, and drops the damaged ones for the right reason") {
    for (const auto& golden : golden_frames()) {
        INFO(golden.name);
        const auto reports = received(golden.wire);
        REQUIRE(reports.size() == 1);
        if (!golden.expect.empty()) {
            CHECK(reports[0].result == kinds.at(golden.expect));
            continue;
        }
        REQUIRE(reports[0].result == HEELDROP_DEFRAME_FRAME);
        CHECK(reports[0].message == golden.message());
        CHECK(text_of(reports[0].message) == text_of(golden.fields));
        CHECK(heeldrop_crc16(HEELDROP_CRC16_INIT, golden.payload.data(), golden.payload.size()) == 0);
    }
}

TEST_CASE("each kind of damage has a golden frame") {
    std::set<std::string> seen;
    for (const auto& golden : golden_frames()) {
        seen.insert(golden.expect);
    }
    for (const auto& [name, kind] : kinds) {
        INFO(name);
        CHECK(seen.contains(name));
    }
}

TEST_CASE("the page's worked frames are the golden ones, and every message has one") {
    const auto frames = worked_frames(protocol_file("PROTOCOL.md"));
    std::set<int> types;
    for (const auto& [name, bytes] : frames) {
        INFO(name);
        const auto& golden = golden_frame(name);
        CHECK(bytes.first == golden.payload);
        CHECK(bytes.second == golden.wire);
        types.insert(golden.payload.at(0));
    }
    CHECK(types == std::set<int>{HEELDROP_HELLO, HEELDROP_SAMPLES, HEELDROP_STATUS, HEELDROP_ACK, HEELDROP_NAK,
                                 HEELDROP_GET_HELLO, HEELDROP_START, HEELDROP_STOP});
}

TEST_CASE("the page's COBS table is what the codec does") {
    const std::string page = protocol_file("PROTOCOL.md");
    const std::regex row(R"(\n\| `([0-9A-F. ]+)`(?: \(254 bytes\))? \| `([0-9A-F. ]+)` \|)");
    std::size_t rows = 0;
    for (std::sregex_iterator it(page.begin(), page.end(), row), end; it != end; ++it, ++rows) {
        INFO(it->str());
        const Bytes payload = expanded((*it)[1]);
        const Bytes coded = expanded((*it)[2]);
        Bytes out(coded.size());
        CHECK(heeldrop_cobs_encode(payload.data(), payload.size(), out.data(), out.size()) == coded.size());
        CHECK(out == coded);
    }
    CHECK(rows == 7);
}

TEST_CASE("the page's numbers are the codec's") {
    const std::string page = protocol_file("PROTOCOL.md");
    CHECK(page.find("| 0x1021 (reflected: 0x8408) | 0xFFFF | yes | yes | 0x0000 | `\"123456789\"` gives 0x6F91 |") !=
          std::string::npos);
    CHECK(page.find("so the payload is `82 00 00 67 80`") != std::string::npos);
    CHECK(page.find("and the frame `02 82 01 03 67 80 E5 00`") != std::string::npos);
    CHECK(golden_frame("start").wire == Bytes{0x02, 0x82, 0x01, 0x03, 0x67, 0x80, 0xE5, 0x00});
    CHECK(golden_frame("start").payload == Bytes{0x82, 0, 0, 0x67, 0x80});
    CHECK(page.find("With 8 channels: **9 clocked, 8 unclocked**") != std::string::npos);
    CHECK(heeldrop_samples_per_frame(8, false) == 9);
    CHECK(heeldrop_samples_per_frame(8, true) == 8);
    CHECK(page.find("version " + std::to_string(HEELDROP_PROTOCOL_MAJOR) + "." +
                    std::to_string(HEELDROP_PROTOCOL_MINOR)) != std::string::npos);
}
