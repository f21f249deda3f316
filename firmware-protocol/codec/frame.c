/* Framing: CRC, COBS and check byte on the way out, a state machine a byte at a time on the way in. */
#include "firmware-protocol/codec/frame.h"

#include "firmware-protocol/codec/cobs.h"
#include "firmware-protocol/codec/crc16.h"

/* Seven bits of xor and a top bit that keeps it from being 0x00. A flipped bit inside a COBS code moves zeros about,
 * which a CRC over the decoded bytes can miss; it cannot miss here, where the bytes are those of the line. */
static uint8_t check_byte(uint8_t xored) {
    return (uint8_t)(0x80u | ((xored & 0x7Fu) ^ (unsigned)(xored >> 7)));
}

size_t heeldrop_frame_encode(const uint8_t* message, size_t message_size, uint8_t* wire, size_t capacity) {
    if (message_size == 0 || message_size > HEELDROP_MESSAGE_MAX || capacity < 2u) {
        return 0;
    }
    const uint16_t crc = heeldrop_crc16(HEELDROP_CRC16_INIT, message, message_size);
    struct heeldrop_cobs_encoder encoder;
    heeldrop_cobs_begin(&encoder, wire, capacity - 2u);
    for (size_t i = 0; i < message_size; ++i) {
        heeldrop_cobs_put(&encoder, message[i]);
    }
    heeldrop_cobs_put(&encoder, (uint8_t)(crc & 0xFFu));
    heeldrop_cobs_put(&encoder, (uint8_t)(crc >> 8));
    const size_t size = heeldrop_cobs_end(&encoder);
    if (size == 0) {
        return 0;
    }
    uint8_t xored = 0;
    for (size_t i = 0; i < size; ++i) {
        xored = (uint8_t)(xored ^ wire[i]);
    }
    wire[size] = check_byte(xored);
    wire[size + 1u] = 0;
    return size + 2u;
}

static void next_frame(struct heeldrop_deframer* deframer) {
    deframer->size = 0;
    deframer->code = 0;
    deframer->left = 0;
    deframer->held = 0;
    deframer->xored = 0;
    deframer->skipping = false;
}

void heeldrop_deframer_init(struct heeldrop_deframer* deframer) {
    deframer->message_size = 0;
    for (uint8_t i = 0; i < HEELDROP_DEFRAME_RESULTS; ++i) {
        deframer->counts[i] = 0;
    }
    next_frame(deframer);
}

static enum heeldrop_deframe_result report(struct heeldrop_deframer* deframer, enum heeldrop_deframe_result result) {
    ++deframer->counts[result];
    return result;
}

static enum heeldrop_deframe_result finish(struct heeldrop_deframer* deframer) {
    const uint8_t size = deframer->size;
    const bool silent = deframer->skipping || deframer->held == 0;
    const bool checked = deframer->held == check_byte(deframer->xored);
    const bool inside_block = deframer->left != 0;
    next_frame(deframer);
    if (silent) {
        return HEELDROP_DEFRAME_MORE;
    }
    if (!checked) {
        return report(deframer, HEELDROP_DEFRAME_BAD_CHECK);
    }
    if (inside_block) {
        return report(deframer, HEELDROP_DEFRAME_BAD_COBS);
    }
    if (size < 1u + HEELDROP_CRC_SIZE) {
        return report(deframer, HEELDROP_DEFRAME_TOO_SHORT);
    }
    if (heeldrop_crc16(HEELDROP_CRC16_INIT, deframer->message, size) != 0) {
        return report(deframer, HEELDROP_DEFRAME_BAD_CRC);
    }
    deframer->message_size = (uint8_t)(size - HEELDROP_CRC_SIZE);
    return report(deframer, HEELDROP_DEFRAME_FRAME);
}

static enum heeldrop_deframe_result append(struct heeldrop_deframer* deframer, uint8_t byte) {
    if (deframer->size == HEELDROP_FRAME_MAX) {
        deframer->skipping = true;
        return report(deframer, HEELDROP_DEFRAME_TOO_LONG);
    }
    deframer->message[deframer->size++] = byte;
    return HEELDROP_DEFRAME_MORE;
}

static enum heeldrop_deframe_result unstuff(struct heeldrop_deframer* deframer, uint8_t byte) {
    if (deframer->left != 0) {
        --deframer->left;
        return append(deframer, byte);
    }
    /* A code byte. The zero that the block before it stands for is known only now: the last block of a frame has none.
     */
    const bool zero_before = deframer->code != 0 && deframer->code != 0xFF;
    deframer->code = byte;
    deframer->left = (uint8_t)(byte - 1u);
    return zero_before ? append(deframer, 0) : HEELDROP_DEFRAME_MORE;
}

enum heeldrop_deframe_result heeldrop_deframer_push(struct heeldrop_deframer* deframer, uint8_t byte) {
    if (byte == 0) {
        return finish(deframer);
    }
    if (deframer->skipping) {
        return HEELDROP_DEFRAME_MORE;
    }
    const uint8_t before = deframer->held;
    deframer->held = byte;
    if (before == 0) {
        return HEELDROP_DEFRAME_MORE;
    }
    deframer->xored = (uint8_t)(deframer->xored ^ before);
    return unstuff(deframer, before);
}

size_t heeldrop_deframer_feed(struct heeldrop_deframer* deframer, const uint8_t* data, size_t size,
                              enum heeldrop_deframe_result* result) {
    *result = HEELDROP_DEFRAME_MORE;
    for (size_t i = 0; i < size; ++i) {
        *result = heeldrop_deframer_push(deframer, data[i]);
        if (*result != HEELDROP_DEFRAME_MORE) {
            return i + 1u;
        }
    }
    return size;
}
