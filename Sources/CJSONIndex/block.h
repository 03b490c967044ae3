#ifndef HP_JSON_BLOCK_H
#define HP_JSON_BLOCK_H

#include "CJSONIndex.h"
#include <stdbool.h>
#include <string.h>

/// Which of 64 bytes are what, a bit for each.
typedef struct {
    uint64_t quote, backslash, operator, white, control, high;
} hp_block;

/// Each bit with those below it, added without carry.
static inline uint64_t hp_prefix_xor(uint64_t bits) {
    for (int distance = 1; distance < 64; distance *= 2) bits ^= bits << distance;
    return bits;
}

/// The backslashes that escape the byte after them; `*escaped` gets those bytes.
static inline uint64_t hp_escapes(hp_json_index_state *state, uint64_t backslash, uint64_t *escaped) {
    *escaped = state->is_escaped;
    if (!(backslash | state->is_escaped)) return 0;
    uint64_t left = backslash & ~state->is_escaped, escapes = 0;
    state->is_escaped = 0;
    while (left) {
        uint64_t first = left & -left;
        escapes |= first;
        *escaped |= first << 1;
        state->is_escaped = first >> 63;
        left &= ~(first | first << 1);
    }
    return escapes;
}

/// The bits of the bytes of a block whose offsets are wanted. `prefix_xor`: as `hp_prefix_xor`.
static inline __attribute__((always_inline)) uint64_t hp_wanted(
    hp_json_index_state *state, const hp_block *block, uint64_t (*prefix_xor)(uint64_t)) {
    uint64_t escaped, escapes = hp_escapes(state, block->backslash, &escaped);
    uint64_t quote = block->quote & ~escaped;
    // From each opening quote on to the byte before the closing one.
    uint64_t in_string = prefix_xor(quote) ^ state->in_string;
    state->in_string = (uint64_t)((int64_t)in_string >> 63);
    if (block->control & in_string) state->problems |= HP_JSON_CONTROL_CHARACTER;
    uint64_t scalar = ~(block->operator | block->white | quote | in_string);
    uint64_t starts = scalar & ~(scalar << 1 | state->after_scalar);
    state->after_scalar = scalar >> 63;
    return (block->operator & ~in_string) | quote | (escapes & in_string) | starts;
}

/// Writes the offsets of bits; answers with where the next goes. Up to 7 places more are written to.
static inline __attribute__((always_inline)) uint32_t *hp_write_places(uint64_t bits, uint32_t base, uint32_t *to) {
    int count = __builtin_popcountll(bits);
    for (int done = 0; done < count; done += 8) {
        for (int index = 0; index < 8; index++) {
            to[done + index] = base + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
            bits &= bits - 1;
        }
    }
    return to + count;
}

/// The 64 bytes at a place; the last ones with spaces behind them, in `padded`.
static inline __attribute__((always_inline)) const uint8_t *hp_block_bytes(const uint8_t *at, size_t left, uint8_t padded[64]) {
    if (left >= 64) return at;
    memset(padded, ' ', 64);
    memcpy(padded, at, left);
    return padded;
}

/// Whether 64 bytes are UTF-8 as far as they go; `*tail` is as in the state, and is brought up to date.
bool hp_json_is_utf8(const uint8_t *bytes, uint32_t *tail);

size_t hp_json_index_plain(hp_json_index_state *, const uint8_t *, size_t, uint32_t, uint32_t *);
#if defined(__x86_64__)
size_t hp_json_index_avx2(hp_json_index_state *, const uint8_t *, size_t, uint32_t, uint32_t *);
size_t hp_json_index_avx512(hp_json_index_state *, const uint8_t *, size_t, uint32_t, uint32_t *);
#elif defined(__aarch64__)
size_t hp_json_index_neon(hp_json_index_state *, const uint8_t *, size_t, uint32_t, uint32_t *);
#endif

#endif
