/* Little-endian integers in byte buffers, bounds kept; the codec's own, not for its callers. */
#ifndef HEELDROP_BYTES_H
#define HEELDROP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes fields one after the other; past the end it writes nothing and remembers. */
struct heeldrop_writer {
    uint8_t* out;
    size_t capacity;
    size_t size;
    bool overflow;
};

static inline void heeldrop_put(struct heeldrop_writer* writer, uint32_t value, uint8_t bytes) {
    if (writer->overflow || (size_t)bytes > writer->capacity - writer->size) {
        writer->overflow = true;
        return;
    }
    for (uint8_t i = 0; i < bytes; ++i) {
        writer->out[writer->size++] = (uint8_t)(value & 0xFFu);
        value >>= 8;
    }
}

/* Reads fields one after the other; past the end it gives 0 and remembers. */
struct heeldrop_reader {
    const uint8_t* data;
    size_t size;
    size_t at;
    bool underflow;
};

static inline uint32_t heeldrop_take(struct heeldrop_reader* reader, uint8_t bytes) {
    if (reader->underflow || (size_t)bytes > reader->size - reader->at) {
        reader->underflow = true;
        return 0;
    }
    uint32_t value = 0;
    for (uint8_t i = 0; i < bytes; ++i) {
        value |= (uint32_t)reader->data[reader->at++] << (8u * i);
    }
    return value;
}

/* Two's complement without relying on the conversion that C leaves to the implementation. */
static inline int32_t heeldrop_signed(uint32_t value, uint8_t bits) {
    const uint32_t sign = (uint32_t)1 << (bits - 1u);
    const uint32_t mask = sign | (sign - 1u);
    value &= mask;
    if ((value & sign) == 0) {
        return (int32_t)value;
    }
    return -(int32_t)(mask - value) - 1;
}

#endif
