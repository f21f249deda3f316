/* Frames on the line: message (type, body) + CRC, COBS, check byte, 0x00. Must not know what a message means. */
#ifndef HEELDROP_FRAME_H
#define HEELDROP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HEELDROP_CRC_SIZE 2u
#define HEELDROP_FRAME_MAX 254u                                       /* type + body + CRC, before COBS */
#define HEELDROP_MESSAGE_MAX (HEELDROP_FRAME_MAX - HEELDROP_CRC_SIZE) /* type + body */
#define HEELDROP_WIRE_MAX (HEELDROP_FRAME_MAX + 3u)                   /* one COBS code, the check byte and the 0x00 */

/* Writes the wire form of a message (type + body, 1 to HEELDROP_MESSAGE_MAX bytes): CRC added, COBS, check byte, the
 * 0x00. Always message_size + 5 bytes. Returns that size, or 0 when the message is empty or too long or `wire` is too
 * small. */
size_t heeldrop_frame_encode(const uint8_t* message, size_t message_size, uint8_t* wire, size_t capacity);

enum heeldrop_deframe_result {
    HEELDROP_DEFRAME_MORE = 0, /* nothing to report yet */
    HEELDROP_DEFRAME_FRAME,    /* message[0 .. message_size) is a message whose CRC holds */
    HEELDROP_DEFRAME_BAD_COBS, /* the 0x00 came inside a block */
    HEELDROP_DEFRAME_BAD_CRC,
    HEELDROP_DEFRAME_TOO_LONG,  /* more than HEELDROP_FRAME_MAX bytes; reported once, the rest is skipped */
    HEELDROP_DEFRAME_TOO_SHORT, /* less than a type and a CRC */
    HEELDROP_DEFRAME_BAD_CHECK, /* the check byte before the 0x00 does not fit the bytes before it */
    HEELDROP_DEFRAME_RESULTS
};

/* Takes the line's bytes and gives messages. After any error it is in step again at the next 0x00. Empty frames (0x00
 * after 0x00) are no error: a sender may put a 0x00 before a frame to end whatever came before. It does not skip to the
 * first 0x00: a host that opens the line in the middle of a frame sees one error. */
struct heeldrop_deframer {
    uint8_t message[HEELDROP_FRAME_MAX];       /* valid from HEELDROP_DEFRAME_FRAME until the next byte is pushed */
    uint8_t message_size;                      /* type + body, without the CRC */
    uint32_t counts[HEELDROP_DEFRAME_RESULTS]; /* how often each result was reported, modulo 2^32; [MORE] stays 0 */
    /* The frame under way: not for callers. */
    uint8_t size;
    uint8_t code;
    uint8_t left;
    uint8_t held; /* the last byte, not decoded yet as it may be the check byte; 0: none */
    uint8_t xored;
    bool skipping;
};

void heeldrop_deframer_init(struct heeldrop_deframer* deframer);
enum heeldrop_deframe_result heeldrop_deframer_push(struct heeldrop_deframer* deframer, uint8_t byte);
/* Pushes bytes up to the first one that has something to report. Returns how many were taken (all of them with
 * HEELDROP_DEFRAME_MORE); call again with the rest. */
size_t heeldrop_deframer_feed(struct heeldrop_deframer* deframer, const uint8_t* data, size_t size,
                              enum heeldrop_deframe_result* result);

#ifdef __cplusplus
}
#endif
#endif
