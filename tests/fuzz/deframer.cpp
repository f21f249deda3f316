// Bytes from the line through the deframer: in pieces or one by one it finds the same, and what it lets through is a
// message that can be sent again.
#include <algorithm>
#include <iterator>

#include "firmware-protocol/codec/frame.h"
#include "tests/fuzz/bytes.hpp"

using heeldrop::fuzz::must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    heeldrop_deframer whole, single;
    heeldrop_deframer_init(&whole);
    heeldrop_deframer_init(&single);
    for (std::size_t at = 0; at < size;) {
        heeldrop_deframe_result result, one = HEELDROP_DEFRAME_MORE;
        const std::size_t taken = heeldrop_deframer_feed(&whole, data + at, size - at, &result);
        must(taken > 0 && taken <= size - at, "feed takes some of what it is given");
        for (std::size_t i = 0; i < taken; ++i) {
            must(one == HEELDROP_DEFRAME_MORE, "feed stops at what there is to report");
            one = heeldrop_deframer_push(&single, data[at + i]);
        }
        must(one == result, "fed or pushed, the result is the same");
        if (result == HEELDROP_DEFRAME_FRAME) {
            must(whole.message_size >= 1 && whole.message_size <= HEELDROP_MESSAGE_MAX, "a message fits a frame");
            // Not the same bytes: a sender may stuff the end of a full block in two ways.
            std::uint8_t wire[HEELDROP_WIRE_MAX];
            const std::size_t n = heeldrop_frame_encode(whole.message, whole.message_size, wire, sizeof wire);
            heeldrop_deframer again;
            heeldrop_deframer_init(&again);
            heeldrop_deframe_result back;
            must(n == whole.message_size + 5u && heeldrop_deframer_feed(&again, wire, n, &back) == n &&
                     back == HEELDROP_DEFRAME_FRAME && again.message_size == whole.message_size &&
                     std::equal(again.message, again.message + again.message_size, whole.message),
                 "what was let through is a message that can be sent");
        }
        at += taken;
    }
    must(std::equal(std::begin(whole.counts), std::end(whole.counts), std::begin(single.counts)),
         "both count the same");
    return 0;
}
