#define _GNU_SOURCE
#include "block.h"
#include <string.h>

// What a byte is, as the bits below.
enum { QUOTE = 1, BACKSLASH = 2, OPERATOR = 4, WHITE = 8, CONTROL = 16, HIGH = 32 };

static uint8_t kind(uint8_t byte) {
    uint8_t control = byte < 0x20 ? CONTROL : 0;
    switch (byte) {
    case '"': return QUOTE;
    case '\\': return BACKSLASH;
    case '{': case '}': case '[': case ']': case ':': case ',': return OPERATOR;
    case ' ': return WHITE;
    case '\t': case '\n': case '\r': return WHITE | CONTROL;
    default: return byte >= 0x80 ? HIGH : control;
    }
}

/// Whether 64 bytes are UTF-8 as far as they go; `*tail` holds the last three before them, and after that the last three of
/// them, where one of those is no ASCII character. (The Unicode Standard, table 3-7.)
bool hp_json_is_utf8(const uint8_t *bytes, uint32_t *tail) {
    const size_t length = 64;
    uint8_t all[3 + 64];
    for (int index = 0; index < 3; index++) all[index] = (uint8_t)(*tail >> (16 - 8 * index));
    memcpy(all + 3, bytes, length);
    *tail = (uint32_t)all[length] << 16 | (uint32_t)all[length + 1] << 8 | all[length + 2];
    if (!(*tail & 0x808080)) *tail = 0;
    for (size_t at = 3; at < length + 3; at++) {
        uint8_t byte = all[at], before = all[at - 1];
        bool is_third = all[at - 2] >= 0xE0, is_fourth = all[at - 3] >= 0xF0;
        bool is_due = before >= 0xC0 || is_third || is_fourth;
        if ((byte & 0xC0) == 0x80 ? !is_due : is_due) return false;
        if (byte == 0xC0 || byte == 0xC1 || byte > 0xF4) return false;
        if ((before == 0xE0 && byte < 0xA0) || (before == 0xED && byte > 0x9F)) return false;
        if ((before == 0xF0 && byte < 0x90) || (before == 0xF4 && byte > 0x8F)) return false;
    }
    return true;
}

size_t hp_json_index_plain(
    hp_json_index_state *state, const uint8_t *piece, size_t length, uint32_t first, uint32_t *places) {
    uint32_t *next = places;
    for (size_t at = 0; at < length; at += 64) {
        uint8_t padded[64];
        const uint8_t *bytes = hp_block_bytes(piece + at, length - at, padded);
        hp_block block = {0};
        for (int index = 0; index < 64; index++) {
            uint64_t bit = 1ull << index;
            uint8_t is = kind(bytes[index]);
            if (is & QUOTE) block.quote |= bit;
            if (is & BACKSLASH) block.backslash |= bit;
            if (is & OPERATOR) block.operator |= bit;
            if (is & WHITE) block.white |= bit;
            if (is & CONTROL) block.control |= bit;
            if (is & HIGH) block.high |= bit;
        }
        if ((block.high || state->tail) && !hp_json_is_utf8(bytes, &state->tail)) state->problems |= HP_JSON_BAD_UTF8;
        next = hp_write_places(hp_wanted(state, &block, hp_prefix_xor), first + (uint32_t)at, next);
    }
    return (size_t)(next - places);
}

int hp_json_index_best(void) {
#if defined(__x86_64__)
    bool has_avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi2");
    if (has_avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi2"))
        return HP_JSON_AVX512;
    if (has_avx2) return HP_JSON_AVX2;
#elif defined(__aarch64__)
    return HP_JSON_NEON;
#endif
    return HP_JSON_PLAIN;
}

size_t hp_json_index(
    int implementation, hp_json_index_state *state, const uint8_t *piece, size_t length, uint32_t first, uint32_t *places) {
    state->problems = 0;
#if defined(__x86_64__)
    if (implementation == HP_JSON_AVX512) return hp_json_index_avx512(state, piece, length, first, places);
    if (implementation == HP_JSON_AVX2) return hp_json_index_avx2(state, piece, length, first, places);
#elif defined(__aarch64__)
    if (implementation == HP_JSON_NEON) return hp_json_index_neon(state, piece, length, first, places);
#endif
    return hp_json_index_plain(state, piece, length, first, places);
}

const uint8_t *hp_json_find(const uint8_t *text, size_t length, const uint8_t *bytes, size_t count) {
    return memmem(text, length, bytes, count);
}
