/* CRC-16/MCRF4XX, the check of every frame. Must not know what it checks. */
#ifndef HEELDROP_CRC16_H
#define HEELDROP_CRC16_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Polynomial 0x1021 used reflected (0x8408), input and output reflected, no final xor; "123456789" gives 0x6F91. */
#define HEELDROP_CRC16_INIT 0xFFFFu

/* The CRC after one more byte / after `size` more bytes; start from HEELDROP_CRC16_INIT. Run over a message and its CRC
 * (low byte first) the result is 0. Bitwise-parallel, without a table: a 512-byte table is a quarter of an ATmega328's
 * RAM. */
uint16_t heeldrop_crc16_byte(uint16_t crc, uint8_t byte);
uint16_t heeldrop_crc16(uint16_t crc, const uint8_t* data, size_t size);

#ifdef __cplusplus
}
#endif
#endif
