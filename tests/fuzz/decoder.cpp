// A message through every decoder of the codec: what decodes is written again to the same bytes, up to what a later
// minor version may have added.
#include <algorithm>
#include <vector>

#include "firmware-protocol/codec/frame.h"
#include "firmware-protocol/codec/samples.h"
#include "tests/fuzz/bytes.hpp"

using heeldrop::fuzz::must;

namespace {

template <class Message, class Decode, class Encode>
void there_and_back(const std::uint8_t* data, std::size_t size, Decode decode, Encode encode) {
    Message message;
    if (decode(data, size, &message) != HEELDROP_DECODE_OK)
        return;
    std::uint8_t out[HEELDROP_MESSAGE_MAX];
    const std::size_t n = encode(&message, out, sizeof out);
    must(n > 0, "what was decoded can be encoded");
    Message again;
    must(decode(out, n, &again) == HEELDROP_DECODE_OK, "and decoded again");
    std::uint8_t second[HEELDROP_MESSAGE_MAX];
    must(encode(&again, second, sizeof second) == n && std::equal(out, out + n, second), "to the same");
}

void samples(const std::uint8_t* data, std::size_t size) {
    heeldrop_samples_view view;
    if (heeldrop_samples_decode(data, size, &view) != HEELDROP_DECODE_OK)
        return;
    must(view.count >= 1, "a frame of samples has one at least");
    std::uint8_t out[HEELDROP_MESSAGE_MAX];
    heeldrop_samples_writer writer;
    must(heeldrop_samples_begin(&writer, &view.header, out, sizeof out), "its header can be written");
    bool all = true;
    for (std::uint8_t i = 0; i < view.count; ++i) {
        heeldrop_sample sample;
        heeldrop_samples_get(&view, i, &sample);
        for (const std::int32_t count : sample.counts)
            must(count >= HEELDROP_COUNT_MIN && count <= HEELDROP_COUNT_MAX, "a count has 24 bits");
        all = all && heeldrop_samples_append(&writer, &sample);
    }
    heeldrop_samples_view again;
    must(!all || heeldrop_samples_decode(out, heeldrop_samples_end(&writer), &again) == HEELDROP_DECODE_OK,
         "samples that were written again decode");
    must(!all || again.count == view.count, "all of them");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A message of exactly its size, so that a byte beyond is seen.
    const std::vector<std::uint8_t> message(data, data + std::min<std::size_t>(size, HEELDROP_MESSAGE_MAX));
    const auto* at = message.data();
    const std::size_t n = message.size();
    there_and_back<heeldrop_hello>(at, n, heeldrop_hello_decode, heeldrop_hello_encode);
    there_and_back<heeldrop_status>(at, n, heeldrop_status_decode, heeldrop_status_encode);
    there_and_back<heeldrop_ack>(at, n, heeldrop_ack_decode, heeldrop_ack_encode);
    there_and_back<heeldrop_nak>(at, n, heeldrop_nak_decode, heeldrop_nak_encode);
    there_and_back<heeldrop_command>(at, n, heeldrop_command_decode, heeldrop_command_encode);
    samples(at, n);
    return 0;
}
