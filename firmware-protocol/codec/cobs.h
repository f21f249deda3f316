/* Consistent overhead byte stuffing: bytes without 0x00, so that 0x00 can end a frame. Must not know what a frame
 * holds. */
#ifndef HEELDROP_COBS_H
#define HEELDROP_COBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The most that `n` bytes take when encoded. Up to 254 bytes it is always exactly n + 1. */
#define HEELDROP_COBS_MAX(n) ((n) + ((n) + 253u) / 254u + ((n) == 0u ? 1u : 0u))

/* Encodes a byte at a time into the caller's buffer, so that a sender needs no second copy of the frame. */
struct heeldrop_cobs_encoder {
    uint8_t* out;
    size_t capacity;
    size_t size;    /* written so far, the open code byte included */
    size_t code_at; /* where the open block's code byte goes */
    uint8_t code;   /* the open block's code so far; 0: no block is open */
    bool overflow;
};

void heeldrop_cobs_begin(struct heeldrop_cobs_encoder* encoder, uint8_t* out, size_t capacity);
void heeldrop_cobs_put(struct heeldrop_cobs_encoder* encoder, uint8_t byte);
/* The encoded size, without a terminator, or 0 when the buffer was too small. */
size_t heeldrop_cobs_end(struct heeldrop_cobs_encoder* encoder);

/* The encoded size, or 0 when `out` is too small; `out` may be exactly as large as the result. A full block (code 0xFF)
 * at the very end is not followed by an empty one. */
size_t heeldrop_cobs_encode(const uint8_t* data, size_t size, uint8_t* out, size_t capacity);

/* Decodes `size` bytes (no terminator among them). False when they hold a 0x00, end inside a block, are none at all, or
 * do not fit. Both forms of a final full block are read: with the empty block that some encoders add, and without. */
bool heeldrop_cobs_decode(const uint8_t* data, size_t size, uint8_t* out, size_t capacity, size_t* out_size);

#ifdef __cplusplus
}
#endif
#endif
