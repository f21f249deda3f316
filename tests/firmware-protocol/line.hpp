// What a receiver on the line sees: the deframer's reports, in order, for any bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "firmware-protocol/codec/frame.h"
#include "tests/firmware-protocol/golden.hpp"

namespace heeldrop::test {

struct Report {
    heeldrop_deframe_result result = HEELDROP_DEFRAME_MORE;
    Bytes message;  ///< with HEELDROP_DEFRAME_FRAME only
    bool operator==(const Report&) const = default;
};

/// Feeds `bytes`, from an allocation of exactly their size, as one span; appends to `reports`.
inline void receive(heeldrop_deframer& deframer, const Bytes& bytes, std::vector<Report>& reports) {
    for (std::size_t at = 0; at < bytes.size();) {
        Report report;
        at += heeldrop_deframer_feed(&deframer, bytes.data() + at, bytes.size() - at, &report.result);
        if (report.result == HEELDROP_DEFRAME_FRAME) {
            report.message.assign(deframer.message, deframer.message + deframer.message_size);
        }
        if (report.result != HEELDROP_DEFRAME_MORE) {
            reports.push_back(std::move(report));
        }
    }
}

inline std::vector<Report> received(const Bytes& bytes) {
    heeldrop_deframer deframer;
    heeldrop_deframer_init(&deframer);
    std::vector<Report> reports;
    receive(deframer, bytes, reports);
    return reports;
}

/// Any COBS form made into a frame: its check byte, computed here by the page and not by the codec, and the 00.
inline Bytes sealed(Bytes coded) {
    unsigned x = 0;
    for (const auto byte : coded) {
        x ^= byte;
    }
    coded.push_back(static_cast<std::uint8_t>(0x80 | ((x & 0x7F) ^ (x >> 7))));
    coded.push_back(0);
    return coded;
}

/// The wire form, in a buffer of exactly its size.
inline Bytes framed(const Bytes& message) {
    Bytes wire(message.size() + 5);
    wire.resize(heeldrop_frame_encode(message.data(), message.size(), wire.data(), wire.size()));
    return wire;
}

inline Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace heeldrop::test
