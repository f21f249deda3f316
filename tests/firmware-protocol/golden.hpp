// The golden frames of firmware-protocol/vectors as the tests read them, and messages as text, so that a frame and a
// file can be compared both ways. Must not know COBS or CRC: those are what is tested.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "firmware-protocol/codec/samples.h"

namespace heeldrop::test {

using Bytes = std::vector<std::uint8_t>;
/// key, value; in the file's order
using Fields = std::vector<std::pair<std::string, std::string>>;

struct GoldenFrame {
    std::string name;
    Fields fields;  ///< type and the message's own fields; empty for a frame to be dropped
    Bytes payload;  ///< empty for a frame to be dropped
    Bytes wire;
    bool write = true;   ///< encoding the fields gives exactly these bytes
    std::string expect;  ///< kind of error, or empty
    Bytes message() const { return {payload.begin(), payload.end() - 2}; }
};

/// All of firmware-protocol/vectors, by name. Throws std::runtime_error naming file and line.
const std::vector<GoldenFrame>& golden_frames();
const GoldenFrame& golden_frame(std::string_view name);

/// "02 ff", spaces anywhere between bytes. Throws std::runtime_error on anything else.
Bytes bytes_from_hex(std::string_view hex);

/// A file of firmware-protocol, as text. Throws std::runtime_error.
std::string protocol_file(std::string_view name);

/// The message that the fields describe, written by the codec into a buffer of exactly its size. Empty if the codec
/// refuses.
Bytes message_from(const Fields& fields);

/// What the fields describe, and what the codec reads in a message, in the same words: equal if and only if they agree.
std::string text_of(const Fields& fields);
std::string text_of(const Bytes& message);

std::string text_of(const heeldrop_hello& hello);
std::string text_of(const heeldrop_status& status);
std::string text_of(const heeldrop_ack& ack);
std::string text_of(const heeldrop_nak& nak);
std::string text_of(const heeldrop_command& command);
struct Samples {
    heeldrop_samples_header header{};
    std::vector<heeldrop_sample> samples;
};
std::string text_of(const Samples& samples);

/// Written into a buffer of exactly the right size; empty if the codec refuses.
Bytes encoded(const heeldrop_hello& hello);
Bytes encoded(const heeldrop_status& status);
Bytes encoded(const heeldrop_ack& ack);
Bytes encoded(const heeldrop_nak& nak);
Bytes encoded(const heeldrop_command& command);
Bytes encoded(const Samples& samples);

}  // namespace heeldrop::test
