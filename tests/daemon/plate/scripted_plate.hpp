// A plate's end of the wire for tests: frames made with the codec, and commands read back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "firmware-protocol/codec/frame.h"
#include "firmware-protocol/codec/samples.h"

namespace heeldrop::plate::test {

using Bytes = std::vector<std::uint8_t>;

/// Two pads of four cells, 1 MHz ticks, 80 samples/s, not clocked.
heeldrop_hello reference_hello();

Bytes frame(std::span<const std::uint8_t> message);
Bytes hello_frame(const heeldrop_hello& hello);
Bytes ack_frame(const heeldrop_command& command);
Bytes nak_frame(const heeldrop_command& command, std::uint8_t code);

/// One frame; each sample's counts are all `counts`, and every other sample's above that by the cell's `swing`.
struct SamplesFrame {
    std::uint16_t sequence = 0;
    std::uint32_t index = 0, tick = 0, delta = 12500;
    unsigned count = 8;
    std::int32_t counts = 1000;
    bool deltas = true;
    std::array<std::int32_t, 8> swing{};
};
Bytes samples_frame(const SamplesFrame& f);

/// Takes what the host writes; gives its commands.
class Commands {
 public:
    Commands() { heeldrop_deframer_init(&deframer_); }
    std::vector<heeldrop_command> in(std::span<const std::uint8_t> bytes);

 private:
    heeldrop_deframer deframer_;
};

}  // namespace heeldrop::plate::test
