/* SAMPLES, written and read a sample at a time: a frame of one-channel samples as structs would not fit an AVR's 2 KiB.
 * Must not know of frames, lines or what a count weighs. */
#ifndef HEELDROP_SAMPLES_H
#define HEELDROP_SAMPLES_H

#include "firmware-protocol/codec/message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HEELDROP_COUNT_MAX INT32_C(0x7FFFFF)        /* a converter at its upper end: saturated */
#define HEELDROP_COUNT_MIN (-INT32_C(0x7FFFFF) - 1) /* at its lower end: 0x800000 on the wire */
#define HEELDROP_DELTA_MAX 0xFFFFFFul               /* ticks; a longer pause starts a new frame */

struct heeldrop_samples_header {
    uint16_t sequence; /* number of this SAMPLES frame since boot, modulo 2^16 */
    uint32_t
        index;     /* number of its first sample since boot, modulo 2^32; a sample never sent has used its number too */
    uint32_t tick; /* when the first sample was taken, modulo 2^32 */
    uint8_t channel_count;
    bool has_deltas; /* false with a clocked converter */
};

struct heeldrop_sample {
    uint32_t delta; /* ticks since the sample before; 0 for the first of a frame, and always without deltas */
    uint8_t faults; /* bit c: channel c's value is not valid */
    int32_t counts[HEELDROP_CHANNELS_MAX]; /* as HELLO orders them; those from channel_count on are 0 when read */
};

/* How many samples a frame holds: 8 channels: 9 without deltas, 8 with. 0 for a channel count that is not allowed. */
uint8_t heeldrop_samples_per_frame(uint8_t channel_count, bool has_deltas);

struct heeldrop_samples_writer {
    struct heeldrop_samples_header header;
    uint8_t* out;
    size_t capacity;
    size_t size; /* of the message so far */
    uint8_t count;
};

/* Begins a message in `out`, which must stay until the end. False when not even one sample would fit, or the channel
 * count is not allowed. HEELDROP_MESSAGE_MAX bytes hold a full frame. */
bool heeldrop_samples_begin(struct heeldrop_samples_writer* writer, const struct heeldrop_samples_header* header,
                            uint8_t* out, size_t capacity);
/* Adds a sample, whose index is one more than that of the sample before. False, with nothing added, when it does not
 * fit or its delta is not allowed: end this frame and begin the next with it. Counts beyond 24 bits are written as
 * saturated. */
bool heeldrop_samples_append(struct heeldrop_samples_writer* writer, const struct heeldrop_sample* sample);
/* The message's size, or 0 when no sample was added. */
size_t heeldrop_samples_end(struct heeldrop_samples_writer* writer);

struct heeldrop_samples_view {
    struct heeldrop_samples_header header;
    uint8_t count; /* at least 1 */
    const uint8_t* samples;
};

/* The view points into `message`. Everything is checked here: every sample up to `count` is whole. */
enum heeldrop_decode_result heeldrop_samples_decode(const uint8_t* message, size_t size,
                                                    struct heeldrop_samples_view* view);
/* Reads sample i of a decoded view; i must be less than view->count. */
void heeldrop_samples_get(const struct heeldrop_samples_view* view, uint8_t i, struct heeldrop_sample* sample);

#ifdef __cplusplus
}
#endif
#endif
