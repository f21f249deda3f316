/* The messages of the wire protocol as structs, all but SAMPLES (samples.h). PROTOCOL.md is the page these follow.
 * Must not know of frames, lines or time. A message is its type byte and its body, without the CRC. */
#ifndef HEELDROP_MESSAGE_H
#define HEELDROP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HEELDROP_PROTOCOL_MAJOR 1u
#define HEELDROP_PROTOCOL_MINOR 0u
#define HEELDROP_CHANNELS_MAX 8u
#define HEELDROP_TEXT_MAX 16u

/* Times of PROTOCOL.md that both sides need, in milliseconds. */
#define HEELDROP_ANSWER_TIMEOUT_MS 100u /* then the host repeats the command, same request id */
#define HEELDROP_COMMAND_TRIES 3u
#define HEELDROP_STATUS_PERIOD_MS 1000u
#define HEELDROP_RESET_QUIET_MS \
    2000u /* how long a host stays silent after opening a real port, unless HELLO comes first */
#define HEELDROP_LINK_TIMEOUT_MS 2000u /* streaming, and no good frame for so long: the link is lost */
#define HEELDROP_DEFAULT_BAUD 500000ul

enum heeldrop_type {
    HEELDROP_HELLO = 0x01,
    HEELDROP_SAMPLES = 0x02,
    HEELDROP_STATUS = 0x03,
    HEELDROP_ACK = 0x04,
    HEELDROP_NAK = 0x05,
    HEELDROP_GET_HELLO = 0x81,
    HEELDROP_START = 0x82,
    HEELDROP_STOP = 0x83
};

enum heeldrop_pad { HEELDROP_PAD_LEFT = 0, HEELDROP_PAD_RIGHT = 1 };
enum heeldrop_corner { HEELDROP_CORNER_FL = 0, HEELDROP_CORNER_FR = 1, HEELDROP_CORNER_RL = 2, HEELDROP_CORNER_RR = 3 };
enum heeldrop_nak_code {
    HEELDROP_NAK_UNKNOWN_COMMAND = 1,
    HEELDROP_NAK_MALFORMED = 2,
    HEELDROP_NAK_NOT_NOW = 3,
    HEELDROP_NAK_UNSUPPORTED = 4
};

enum heeldrop_decode_result {
    HEELDROP_DECODE_OK = 0,
    HEELDROP_DECODE_WRONG_TYPE,
    HEELDROP_DECODE_TOO_SHORT,
    HEELDROP_DECODE_OUT_OF_RANGE, /* a field has a value that the page does not allow */
    HEELDROP_DECODE_OTHER_MAJOR   /* a HELLO of another protocol major: its layout is not known, but its version is */
};

struct heeldrop_channel {
    uint8_t pad;                    /* enum heeldrop_pad; the patient's own left and right */
    uint8_t corner;                 /* enum heeldrop_corner */
    int16_t x_tenth_mm;             /* from the centre of its pad's cells, to the patient's right */
    int16_t y_tenth_mm;             /* from there towards the toes */
    uint16_t capacity_n;            /* newtons; 0: not known */
    int32_t millicounts_per_newton; /* nominal; negative: the cell is mounted or wired inverted; never 0 */
};

struct heeldrop_hello {
    uint8_t protocol_major;
    uint8_t protocol_minor;
    bool clocked;          /* every sample comes sample_period_ticks after the one before, so SAMPLES has no deltas */
    uint8_t channel_count; /* 1 to HEELDROP_CHANNELS_MAX */
    uint32_t boot_id;      /* differs from one boot to the next */
    uint32_t tick_hz;
    uint32_t nominal_rate_mhz;           /* samples per second x 1000, each channel */
    uint32_t sample_period_ticks;        /* clocked: above 0; else 0 */
    char serial[HEELDROP_TEXT_MAX + 1u]; /* printable ASCII, ends with NUL here, counted on the wire */
    char firmware[HEELDROP_TEXT_MAX + 1u];
    char converter[HEELDROP_TEXT_MAX + 1u];
    struct heeldrop_channel channels[HEELDROP_CHANNELS_MAX];
};

#define HEELDROP_SUPPLY_UNKNOWN 0xFFFFu
#define HEELDROP_TEMPERATURE_UNKNOWN 0x7FFF

struct heeldrop_status {
    uint32_t samples_taken; /* since boot; the index that the next sample gets */
    uint32_t overruns;      /* samples that were never sent because the line was full or the plate too slow */
    uint32_t converter_errors;
    uint16_t rejected_frames; /* from the host, modulo 2^16: bad COBS, bad CRC, too long, too short */
    uint16_t supply_mv;
    int16_t temperature_tenth_c;
    bool streaming;
};

struct heeldrop_ack {
    uint16_t request_id;
    uint8_t command;
};
struct heeldrop_nak {
    uint16_t request_id;
    uint8_t command;
    uint8_t code; /* enum heeldrop_nak_code, or one that a later minor adds */
};
/* Any message from 0x80 to 0xBF: commands begin with a request id. */
struct heeldrop_command {
    uint8_t type;
    uint16_t request_id;
};

/* Encoders write a message (type + body) and return its size, or 0 when `out` is too small (it may fit exactly) or a
 * field has a value that the page does not allow. */
size_t heeldrop_hello_encode(const struct heeldrop_hello* hello, uint8_t* out, size_t capacity);
size_t heeldrop_status_encode(const struct heeldrop_status* status, uint8_t* out, size_t capacity);
size_t heeldrop_ack_encode(const struct heeldrop_ack* ack, uint8_t* out, size_t capacity);
size_t heeldrop_nak_encode(const struct heeldrop_nak* nak, uint8_t* out, size_t capacity);
size_t heeldrop_command_encode(const struct heeldrop_command* command, uint8_t* out, size_t capacity);

/* Decoders read a message and ignore what follows the fields they know. On anything but HEELDROP_DECODE_OK the struct
 * holds no meaning, with one exception: HEELDROP_DECODE_OTHER_MAJOR has set protocol_major and protocol_minor. */
enum heeldrop_decode_result heeldrop_hello_decode(const uint8_t* message, size_t size, struct heeldrop_hello* hello);
enum heeldrop_decode_result heeldrop_status_decode(const uint8_t* message, size_t size, struct heeldrop_status* status);
enum heeldrop_decode_result heeldrop_ack_decode(const uint8_t* message, size_t size, struct heeldrop_ack* ack);
enum heeldrop_decode_result heeldrop_nak_decode(const uint8_t* message, size_t size, struct heeldrop_nak* nak);
/* A command type that this version does not know is decoded too, so that a plate can refuse it with its request id. */
enum heeldrop_decode_result heeldrop_command_decode(const uint8_t* message, size_t size,
                                                    struct heeldrop_command* command);

#ifdef __cplusplus
}
#endif
#endif
