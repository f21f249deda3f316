/* CRC-16/MCRF4XX a byte at a time, by shifts. */
#include "firmware-protocol/codec/crc16.h"

uint16_t heeldrop_crc16_byte(uint16_t crc, uint8_t byte) {
    /* Eight steps of the reflected 0x8408 register, folded: each low bit feeds bits 15, 10 and 3 of what remains,
     * and the low nibble meets its own feedback once, in the high nibble. */
    uint8_t low = (uint8_t)(byte ^ (uint8_t)(crc & 0xFFu));
    low = (uint8_t)(low ^ (uint8_t)((unsigned)low << 4));
    const uint16_t feedback = (uint16_t)((uint16_t)low << 8) ^ (uint16_t)((uint16_t)low << 3) ^ (uint16_t)(low >> 4);
    return (uint16_t)((uint16_t)(crc >> 8) ^ feedback);
}

uint16_t heeldrop_crc16(uint16_t crc, const uint8_t* data, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        crc = heeldrop_crc16_byte(crc, data[i]);
    }
    return crc;
}
