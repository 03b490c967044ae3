#include "block.h"

#if defined(__aarch64__)
#include <arm_neon.h>

/// A bit for each byte that is 0xFF.
static inline uint64_t bits(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t first = vpaddq_u8(vandq_u8(a, weights), vandq_u8(b, weights));
    uint8x16_t second = vpaddq_u8(vandq_u8(c, weights), vandq_u8(d, weights));
    first = vpaddq_u8(first, second);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(first, first)), 0);
}

#define OF_FOUR(expression)                                                                        \
    ({                                                                                             \
        uint8x16_t found[4];                                                                       \
        for (int part = 0; part < 4; part++) {                                                     \
            uint8x16_t it = all[part];                                                             \
            found[part] = (expression);                                                            \
        }                                                                                          \
        bits(found[0], found[1], found[2], found[3]);                                              \
    })

size_t hp_json_index_neon(
    hp_json_index_state *state, const uint8_t *piece, size_t length, uint32_t first, uint32_t *places) {
    uint32_t *next = places;
    for (size_t at = 0; at < length; at += 64) {
        uint8_t padded[64];
        const uint8_t *bytes = hp_block_bytes(piece + at, length - at, padded);
        uint8x16_t all[4];
        for (int part = 0; part < 4; part++) all[part] = vld1q_u8(bytes + 16 * part);
        hp_block block = {
            .quote = OF_FOUR(vceqq_u8(it, vdupq_n_u8('"'))),
            .backslash = OF_FOUR(vceqq_u8(it, vdupq_n_u8('\\'))),
            .control = OF_FOUR(vcltq_u8(it, vdupq_n_u8(0x20))),
            .high = OF_FOUR(vcgeq_u8(it, vdupq_n_u8(0x80))),
        };
        block.white = OF_FOUR(vorrq_u8(
            vorrq_u8(vceqq_u8(it, vdupq_n_u8(' ')), vceqq_u8(it, vdupq_n_u8('\t'))),
            vorrq_u8(vceqq_u8(it, vdupq_n_u8('\n')), vceqq_u8(it, vdupq_n_u8('\r')))));
        // With the bit 0x20 brackets are braces.
        block.operator = OF_FOUR(vorrq_u8(
            vorrq_u8(
                vceqq_u8(vorrq_u8(it, vdupq_n_u8(0x20)), vdupq_n_u8('{')),
                vceqq_u8(vorrq_u8(it, vdupq_n_u8(0x20)), vdupq_n_u8('}'))),
            vorrq_u8(vceqq_u8(it, vdupq_n_u8(':')), vceqq_u8(it, vdupq_n_u8(',')))));
        if ((block.high || state->tail) && !hp_json_is_utf8(bytes, &state->tail)) state->problems |= HP_JSON_BAD_UTF8;
        next = hp_write_places(hp_wanted(state, &block, hp_prefix_xor), first + (uint32_t)at, next);
    }
    return (size_t)(next - places);
}
#endif
