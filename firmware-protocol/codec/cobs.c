/* COBS, encoding a byte at a time and decoding whole blocks. */
#include "firmware-protocol/codec/cobs.h"

void heeldrop_cobs_begin(struct heeldrop_cobs_encoder* encoder, uint8_t* out, size_t capacity) {
    encoder->out = out;
    encoder->capacity = capacity;
    encoder->size = 0;
    encoder->code_at = 0;
    encoder->code = 0;
    encoder->overflow = false;
}

static void open_block(struct heeldrop_cobs_encoder* encoder) {
    encoder->code_at = encoder->size;
    encoder->code = 1;
    if (encoder->size < encoder->capacity) {
        ++encoder->size;
    } else {
        encoder->overflow = true;
    }
}

static void close_block(struct heeldrop_cobs_encoder* encoder) {
    if (!encoder->overflow) {
        encoder->out[encoder->code_at] = encoder->code;
    }
    encoder->code = 0;
}

void heeldrop_cobs_put(struct heeldrop_cobs_encoder* encoder, uint8_t byte) {
    if (encoder->code == 0) {
        open_block(encoder);
    }
    if (byte == 0) {
        close_block(encoder);
        open_block(encoder);
        return;
    }
    if (encoder->size < encoder->capacity) {
        encoder->out[encoder->size++] = byte;
    } else {
        encoder->overflow = true;
    }
    if (++encoder->code == 0xFF) {
        close_block(encoder); /* The next one is opened only if a byte follows: a final full block stands alone. */
    }
}

size_t heeldrop_cobs_end(struct heeldrop_cobs_encoder* encoder) {
    if (encoder->size == 0 && !encoder->overflow) {
        open_block(encoder);
    }
    if (encoder->code != 0) {
        close_block(encoder);
    }
    return encoder->overflow ? 0 : encoder->size;
}

size_t heeldrop_cobs_encode(const uint8_t* data, size_t size, uint8_t* out, size_t capacity) {
    struct heeldrop_cobs_encoder encoder;
    heeldrop_cobs_begin(&encoder, out, capacity);
    for (size_t i = 0; i < size; ++i) {
        heeldrop_cobs_put(&encoder, data[i]);
    }
    return heeldrop_cobs_end(&encoder);
}

bool heeldrop_cobs_decode(const uint8_t* data, size_t size, uint8_t* out, size_t capacity, size_t* out_size) {
    size_t written = 0;
    size_t at = 0;
    if (size == 0) {
        return false;
    }
    while (at < size) {
        const uint8_t code = data[at++];
        if (code == 0 || (size_t)(code - 1u) > size - at) {
            return false;
        }
        for (uint8_t i = 1; i < code; ++i) {
            if (data[at] == 0 || written == capacity) {
                return false;
            }
            out[written++] = data[at++];
        }
        if (code != 0xFF && at < size) {
            if (written == capacity) {
                return false;
            }
            out[written++] = 0;
        }
    }
    *out_size = written;
    return true;
}
