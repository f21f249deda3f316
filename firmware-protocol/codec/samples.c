/* SAMPLES: a header, then samples of one fixed size. */
#include "firmware-protocol/codec/samples.h"

#include "firmware-protocol/codec/bytes.h"
#include "firmware-protocol/codec/frame.h"

#define HEADER_SIZE 13u /* type, sequence, index, tick, layout, count */
#define COUNT_AT 12u
#define LAYOUT_CHANNELS 0x0Fu
#define LAYOUT_DELTAS 0x80u

static bool is_allowed_channel_count(uint8_t channel_count) {
    return channel_count >= 1 && channel_count <= HEELDROP_CHANNELS_MAX;
}

static uint8_t sample_size(uint8_t channel_count, bool has_deltas) {
    return (uint8_t)((has_deltas ? 3u : 0u) + 1u + 3u * channel_count);
}

uint8_t heeldrop_samples_per_frame(uint8_t channel_count, bool has_deltas) {
    if (!is_allowed_channel_count(channel_count)) {
        return 0;
    }
    return (uint8_t)((HEELDROP_MESSAGE_MAX - HEADER_SIZE) / sample_size(channel_count, has_deltas));
}

bool heeldrop_samples_begin(struct heeldrop_samples_writer* writer, const struct heeldrop_samples_header* header,
                            uint8_t* out, size_t capacity) {
    if (!is_allowed_channel_count(header->channel_count)) {
        return false;
    }
    if (capacity > HEELDROP_MESSAGE_MAX) {
        capacity = HEELDROP_MESSAGE_MAX;
    }
    if (capacity < HEADER_SIZE + (size_t)sample_size(header->channel_count, header->has_deltas)) {
        return false;
    }
    struct heeldrop_writer bytes = {out, capacity, 0, false};
    heeldrop_put(&bytes, HEELDROP_SAMPLES, 1);
    heeldrop_put(&bytes, header->sequence, 2);
    heeldrop_put(&bytes, header->index, 4);
    heeldrop_put(&bytes, header->tick, 4);
    heeldrop_put(&bytes, header->channel_count | (header->has_deltas ? LAYOUT_DELTAS : 0u), 1);
    heeldrop_put(&bytes, 0, 1); /* the count, written at the end */
    writer->header = *header;
    writer->out = out;
    writer->capacity = capacity;
    writer->size = bytes.size;
    writer->count = 0;
    return true;
}

static int32_t clamped(int32_t count) {
    if (count > HEELDROP_COUNT_MAX) {
        return HEELDROP_COUNT_MAX;
    }
    return count < HEELDROP_COUNT_MIN ? HEELDROP_COUNT_MIN : count;
}

bool heeldrop_samples_append(struct heeldrop_samples_writer* writer, const struct heeldrop_sample* sample) {
    const struct heeldrop_samples_header* header = &writer->header;
    const bool delta_allowed =
        sample->delta == 0 || (header->has_deltas && writer->count != 0 && sample->delta <= HEELDROP_DELTA_MAX);
    if (!delta_allowed ||
        (size_t)sample_size(header->channel_count, header->has_deltas) > writer->capacity - writer->size) {
        return false;
    }
    struct heeldrop_writer bytes = {writer->out, writer->capacity, writer->size, false};
    if (header->has_deltas) {
        heeldrop_put(&bytes, sample->delta, 3);
    }
    heeldrop_put(&bytes, sample->faults, 1);
    for (uint8_t c = 0; c < header->channel_count; ++c) {
        heeldrop_put(&bytes, (uint32_t)clamped(sample->counts[c]), 3);
    }
    writer->size = bytes.size;
    ++writer->count;
    return true;
}

size_t heeldrop_samples_end(struct heeldrop_samples_writer* writer) {
    if (writer->count == 0) {
        return 0;
    }
    writer->out[COUNT_AT] = writer->count;
    return writer->size;
}

enum heeldrop_decode_result heeldrop_samples_decode(const uint8_t* message, size_t size,
                                                    struct heeldrop_samples_view* view) {
    struct heeldrop_reader reader = {message, size, 0, false};
    const uint8_t type = (uint8_t)heeldrop_take(&reader, 1);
    if (!reader.underflow && type != HEELDROP_SAMPLES) {
        return HEELDROP_DECODE_WRONG_TYPE;
    }
    view->header.sequence = (uint16_t)heeldrop_take(&reader, 2);
    view->header.index = heeldrop_take(&reader, 4);
    view->header.tick = heeldrop_take(&reader, 4);
    const uint8_t layout = (uint8_t)heeldrop_take(&reader, 1);
    view->count = (uint8_t)heeldrop_take(&reader, 1);
    if (reader.underflow) {
        return HEELDROP_DECODE_TOO_SHORT;
    }
    view->header.channel_count = layout & LAYOUT_CHANNELS;
    view->header.has_deltas = (layout & LAYOUT_DELTAS) != 0;
    /* An unknown layout bit would mean samples of another shape: they cannot be read past it. */
    if ((layout & (uint8_t) ~(LAYOUT_CHANNELS | LAYOUT_DELTAS)) != 0 ||
        !is_allowed_channel_count(view->header.channel_count) || view->count == 0) {
        return HEELDROP_DECODE_OUT_OF_RANGE;
    }
    const uint8_t each = sample_size(view->header.channel_count, view->header.has_deltas);
    if (size - reader.at < (size_t)each * view->count) {
        return HEELDROP_DECODE_TOO_SHORT;
    }
    view->samples = message + reader.at;
    return HEELDROP_DECODE_OK;
}

void heeldrop_samples_get(const struct heeldrop_samples_view* view, uint8_t i, struct heeldrop_sample* sample) {
    const uint8_t each = sample_size(view->header.channel_count, view->header.has_deltas);
    struct heeldrop_reader reader = {view->samples + (size_t)each * i, each, 0, false};
    sample->delta = view->header.has_deltas ? heeldrop_take(&reader, 3) : 0;
    sample->faults = (uint8_t)heeldrop_take(&reader, 1);
    for (uint8_t c = 0; c < HEELDROP_CHANNELS_MAX; ++c) {
        sample->counts[c] = c < view->header.channel_count ? heeldrop_signed(heeldrop_take(&reader, 3), 24) : 0;
    }
}
