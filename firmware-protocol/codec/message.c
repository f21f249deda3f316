/* All messages but SAMPLES, field by field in the order of PROTOCOL.md. */
#include "firmware-protocol/codec/message.h"

#include "firmware-protocol/codec/bytes.h"

#define CLOCKED 0x01u

static struct heeldrop_writer writer_for(uint8_t type, uint8_t* out, size_t capacity) {
    struct heeldrop_writer writer = {out, capacity, 0, false};
    heeldrop_put(&writer, type, 1);
    return writer;
}

static size_t written(const struct heeldrop_writer* writer) {
    return writer->overflow ? 0 : writer->size;
}

static bool is_printable(uint8_t c) {
    return c >= 0x20 && c <= 0x7E;
}

static bool put_text(struct heeldrop_writer* writer, const char* text) {
    uint8_t length = 0;
    while (length <= HEELDROP_TEXT_MAX && text[length] != '\0') {
        if (!is_printable((uint8_t)text[length])) {
            return false;
        }
        ++length;
    }
    if (length > HEELDROP_TEXT_MAX) {
        return false;
    }
    heeldrop_put(writer, length, 1);
    for (uint8_t i = 0; i < length; ++i) {
        heeldrop_put(writer, (uint8_t)text[i], 1);
    }
    return true;
}

static bool take_text(struct heeldrop_reader* reader, char* text) {
    const uint8_t length = (uint8_t)heeldrop_take(reader, 1);
    if (length > HEELDROP_TEXT_MAX) {
        return false;
    }
    for (uint8_t i = 0; i < length; ++i) {
        const uint8_t c = (uint8_t)heeldrop_take(reader, 1);
        if (!reader->underflow && !is_printable(c)) {
            return false;
        }
        text[i] = (char)c;
    }
    text[length] = '\0';
    return true;
}

static bool is_allowed_channel(const struct heeldrop_channel* channel) {
    return channel->pad <= HEELDROP_PAD_RIGHT && channel->corner <= HEELDROP_CORNER_RR &&
           channel->millicounts_per_newton != 0;
}

static bool is_allowed_head(const struct heeldrop_hello* hello) {
    return hello->channel_count >= 1 && hello->channel_count <= HEELDROP_CHANNELS_MAX && hello->tick_hz != 0 &&
           hello->nominal_rate_mhz != 0 && hello->clocked == (hello->sample_period_ticks != 0);
}

size_t heeldrop_hello_encode(const struct heeldrop_hello* hello, uint8_t* out, size_t capacity) {
    if (hello->protocol_major != HEELDROP_PROTOCOL_MAJOR || !is_allowed_head(hello)) {
        return 0;
    }
    struct heeldrop_writer writer = writer_for(HEELDROP_HELLO, out, capacity);
    heeldrop_put(&writer, hello->protocol_major, 1);
    heeldrop_put(&writer, hello->protocol_minor, 1);
    heeldrop_put(&writer, hello->clocked ? CLOCKED : 0u, 1);
    heeldrop_put(&writer, hello->channel_count, 1);
    heeldrop_put(&writer, hello->boot_id, 4);
    heeldrop_put(&writer, hello->tick_hz, 4);
    heeldrop_put(&writer, hello->nominal_rate_mhz, 4);
    heeldrop_put(&writer, hello->sample_period_ticks, 4);
    if (!put_text(&writer, hello->serial) || !put_text(&writer, hello->firmware) ||
        !put_text(&writer, hello->converter)) {
        return 0;
    }
    for (uint8_t i = 0; i < hello->channel_count; ++i) {
        const struct heeldrop_channel* channel = &hello->channels[i];
        if (!is_allowed_channel(channel)) {
            return 0;
        }
        heeldrop_put(&writer, channel->pad, 1);
        heeldrop_put(&writer, channel->corner, 1);
        heeldrop_put(&writer, (uint16_t)channel->x_tenth_mm, 2);
        heeldrop_put(&writer, (uint16_t)channel->y_tenth_mm, 2);
        heeldrop_put(&writer, channel->capacity_n, 2);
        heeldrop_put(&writer, (uint32_t)channel->millicounts_per_newton, 4);
    }
    return written(&writer);
}

static enum heeldrop_decode_result begin(struct heeldrop_reader* reader, const uint8_t* message, size_t size,
                                         uint8_t type) {
    reader->data = message;
    reader->size = size;
    reader->at = 0;
    reader->underflow = false;
    const uint8_t found = (uint8_t)heeldrop_take(reader, 1);
    if (reader->underflow) {
        return HEELDROP_DECODE_TOO_SHORT;
    }
    return found == type ? HEELDROP_DECODE_OK : HEELDROP_DECODE_WRONG_TYPE;
}

static enum heeldrop_decode_result ended(const struct heeldrop_reader* reader) {
    return reader->underflow ? HEELDROP_DECODE_TOO_SHORT : HEELDROP_DECODE_OK;
}

static enum heeldrop_decode_result take_channel(struct heeldrop_reader* reader, struct heeldrop_channel* channel) {
    channel->pad = (uint8_t)heeldrop_take(reader, 1);
    channel->corner = (uint8_t)heeldrop_take(reader, 1);
    channel->x_tenth_mm = (int16_t)heeldrop_signed(heeldrop_take(reader, 2), 16);
    channel->y_tenth_mm = (int16_t)heeldrop_signed(heeldrop_take(reader, 2), 16);
    channel->capacity_n = (uint16_t)heeldrop_take(reader, 2);
    channel->millicounts_per_newton = heeldrop_signed(heeldrop_take(reader, 4), 32);
    if (reader->underflow) {
        return HEELDROP_DECODE_TOO_SHORT;
    }
    return is_allowed_channel(channel) ? HEELDROP_DECODE_OK : HEELDROP_DECODE_OUT_OF_RANGE;
}

enum heeldrop_decode_result heeldrop_hello_decode(const uint8_t* message, size_t size, struct heeldrop_hello* hello) {
    struct heeldrop_reader reader;
    enum heeldrop_decode_result result = begin(&reader, message, size, HEELDROP_HELLO);
    if (result != HEELDROP_DECODE_OK) {
        return result;
    }
    hello->protocol_major = (uint8_t)heeldrop_take(&reader, 1);
    hello->protocol_minor = (uint8_t)heeldrop_take(&reader, 1);
    if (reader.underflow) {
        return HEELDROP_DECODE_TOO_SHORT;
    }
    if (hello->protocol_major != HEELDROP_PROTOCOL_MAJOR) {
        return HEELDROP_DECODE_OTHER_MAJOR;
    }
    hello->clocked = (heeldrop_take(&reader, 1) & CLOCKED) != 0;
    hello->channel_count = (uint8_t)heeldrop_take(&reader, 1);
    hello->boot_id = heeldrop_take(&reader, 4);
    hello->tick_hz = heeldrop_take(&reader, 4);
    hello->nominal_rate_mhz = heeldrop_take(&reader, 4);
    hello->sample_period_ticks = heeldrop_take(&reader, 4);
    if (reader.underflow) {
        return HEELDROP_DECODE_TOO_SHORT;
    }
    if (!is_allowed_head(hello) || !take_text(&reader, hello->serial) || !take_text(&reader, hello->firmware) ||
        !take_text(&reader, hello->converter)) {
        return HEELDROP_DECODE_OUT_OF_RANGE;
    }
    for (uint8_t i = 0; i < hello->channel_count; ++i) {
        result = take_channel(&reader, &hello->channels[i]);
        if (result != HEELDROP_DECODE_OK) {
            return result;
        }
    }
    return HEELDROP_DECODE_OK;
}

size_t heeldrop_status_encode(const struct heeldrop_status* status, uint8_t* out, size_t capacity) {
    struct heeldrop_writer writer = writer_for(HEELDROP_STATUS, out, capacity);
    heeldrop_put(&writer, status->samples_taken, 4);
    heeldrop_put(&writer, status->overruns, 4);
    heeldrop_put(&writer, status->converter_errors, 4);
    heeldrop_put(&writer, status->rejected_frames, 2);
    heeldrop_put(&writer, status->supply_mv, 2);
    heeldrop_put(&writer, (uint16_t)status->temperature_tenth_c, 2);
    heeldrop_put(&writer, status->streaming ? 1u : 0u, 1);
    return written(&writer);
}

enum heeldrop_decode_result heeldrop_status_decode(const uint8_t* message, size_t size,
                                                   struct heeldrop_status* status) {
    struct heeldrop_reader reader;
    const enum heeldrop_decode_result result = begin(&reader, message, size, HEELDROP_STATUS);
    if (result != HEELDROP_DECODE_OK) {
        return result;
    }
    status->samples_taken = heeldrop_take(&reader, 4);
    status->overruns = heeldrop_take(&reader, 4);
    status->converter_errors = heeldrop_take(&reader, 4);
    status->rejected_frames = (uint16_t)heeldrop_take(&reader, 2);
    status->supply_mv = (uint16_t)heeldrop_take(&reader, 2);
    status->temperature_tenth_c = (int16_t)heeldrop_signed(heeldrop_take(&reader, 2), 16);
    status->streaming = heeldrop_take(&reader, 1) != 0;
    return ended(&reader);
}

size_t heeldrop_ack_encode(const struct heeldrop_ack* ack, uint8_t* out, size_t capacity) {
    struct heeldrop_writer writer = writer_for(HEELDROP_ACK, out, capacity);
    heeldrop_put(&writer, ack->request_id, 2);
    heeldrop_put(&writer, ack->command, 1);
    return written(&writer);
}

enum heeldrop_decode_result heeldrop_ack_decode(const uint8_t* message, size_t size, struct heeldrop_ack* ack) {
    struct heeldrop_reader reader;
    const enum heeldrop_decode_result result = begin(&reader, message, size, HEELDROP_ACK);
    if (result != HEELDROP_DECODE_OK) {
        return result;
    }
    ack->request_id = (uint16_t)heeldrop_take(&reader, 2);
    ack->command = (uint8_t)heeldrop_take(&reader, 1);
    return ended(&reader);
}

size_t heeldrop_nak_encode(const struct heeldrop_nak* nak, uint8_t* out, size_t capacity) {
    struct heeldrop_writer writer = writer_for(HEELDROP_NAK, out, capacity);
    heeldrop_put(&writer, nak->request_id, 2);
    heeldrop_put(&writer, nak->command, 1);
    heeldrop_put(&writer, nak->code, 1);
    return written(&writer);
}

enum heeldrop_decode_result heeldrop_nak_decode(const uint8_t* message, size_t size, struct heeldrop_nak* nak) {
    struct heeldrop_reader reader;
    const enum heeldrop_decode_result result = begin(&reader, message, size, HEELDROP_NAK);
    if (result != HEELDROP_DECODE_OK) {
        return result;
    }
    nak->request_id = (uint16_t)heeldrop_take(&reader, 2);
    nak->command = (uint8_t)heeldrop_take(&reader, 1);
    nak->code = (uint8_t)heeldrop_take(&reader, 1);
    return ended(&reader);
}

static bool is_command(uint8_t type) {
    return (type & 0xC0u) == 0x80u;
}

size_t heeldrop_command_encode(const struct heeldrop_command* command, uint8_t* out, size_t capacity) {
    if (!is_command(command->type)) {
        return 0;
    }
    struct heeldrop_writer writer = writer_for(command->type, out, capacity);
    heeldrop_put(&writer, command->request_id, 2);
    return written(&writer);
}

enum heeldrop_decode_result heeldrop_command_decode(const uint8_t* message, size_t size,
                                                    struct heeldrop_command* command) {
    struct heeldrop_reader reader;
    if (size == 0) {
        return HEELDROP_DECODE_TOO_SHORT;
    }
    if (!is_command(message[0])) {
        return HEELDROP_DECODE_WRONG_TYPE;
    }
    (void)begin(&reader, message, size, message[0]);
    command->type = message[0];
    command->request_id = (uint16_t)heeldrop_take(&reader, 2);
    return ended(&reader);
}
