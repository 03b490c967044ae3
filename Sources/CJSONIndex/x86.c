#include "block.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt,lzcnt")))

AVX2 static inline uint64_t prefix_xor(uint64_t bits) {
    __m128i all = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(all);
}

AVX2 static inline uint64_t bits(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2 static inline uint64_t equal(__m256i low, __m256i high, char byte) {
    __m256i all = _mm256_set1_epi8(byte);
    return bits(_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all));
}

/// Bytes that a table of 16 has for their own low four bits.
AVX2 static inline uint64_t listed(__m256i low, __m256i high, __m256i table) {
    return bits(
        _mm256_cmpeq_epi8(low, _mm256_shuffle_epi8(table, low)), _mm256_cmpeq_epi8(high, _mm256_shuffle_epi8(table, high)));
}

AVX2 static inline __m256i twice(
    char a, char b, char c, char d, char e, char f, char g, char h, char i, char j, char k, char l, char m, char n, char o,
    char p) {
    return _mm256_setr_epi8(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
}

// What is wrong with two bytes, as each half byte allows it (Keiser and Lemire, "Validating UTF-8 in less than one instruction
// per byte", 2020).
enum {
    TOO_SHORT = 1, TOO_LONG = 2, OVERLONG_3 = 4, TOO_LARGE = 8, SURROGATE = 16, OVERLONG_2 = 32, OVERLONG_4 = 64,
    TOO_LARGE_1000 = 64, TWO_CONTINUATIONS = 128, IN_ANY = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS,
};

/// Bits set where 32 bytes are not UTF-8; `before`: the 32 bytes before them.
AVX2 static inline __m256i utf8_errors(__m256i bytes, __m256i before) {
    __m256i joint = _mm256_permute2x128_si256(before, bytes, 0x21);
    __m256i back1 = _mm256_alignr_epi8(bytes, joint, 15);
    __m256i back2 = _mm256_alignr_epi8(bytes, joint, 14);
    __m256i back3 = _mm256_alignr_epi8(bytes, joint, 13);
    __m256i nibble = _mm256_set1_epi8(15);
    __m256i first_high = twice(
        TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, (char)TWO_CONTINUATIONS,
        (char)TWO_CONTINUATIONS, (char)TWO_CONTINUATIONS, (char)TWO_CONTINUATIONS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
        TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
    char large = (char)(IN_ANY | TOO_LARGE | TOO_LARGE_1000);
    __m256i first_low = twice(
        (char)(IN_ANY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), (char)(IN_ANY | OVERLONG_2), (char)IN_ANY, (char)IN_ANY,
        (char)(IN_ANY | TOO_LARGE), large, large, large, large, large, large, large, large, (char)(large | SURROGATE), large,
        large);
    char continued = (char)(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS);
    __m256i second_high = twice(
        TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
        (char)(continued | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4), (char)(continued | OVERLONG_3 | TOO_LARGE),
        (char)(continued | SURROGATE | TOO_LARGE), (char)(continued | SURROGATE | TOO_LARGE), TOO_SHORT, TOO_SHORT, TOO_SHORT,
        TOO_SHORT);
    __m256i wrong = _mm256_and_si256(
        _mm256_and_si256(
            _mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(back1, 4), nibble)),
            _mm256_shuffle_epi8(first_low, _mm256_and_si256(back1, nibble))),
        _mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble)));
    // Third and fourth bytes have to be continuations, which stand there as two of them.
    __m256i due = _mm256_or_si256(
        _mm256_subs_epu8(back2, _mm256_set1_epi8(0xE0 - 0x80)), _mm256_subs_epu8(back3, _mm256_set1_epi8(0xF0 - 0x80)));
    return _mm256_xor_si256(_mm256_and_si256(due, _mm256_set1_epi8((char)0x80)), wrong);
}

/// Checks 64 bytes, after those that the state knows of.
AVX2 static inline void check_utf8(hp_json_index_state *state, const uint8_t *bytes) {
    __m256i low = _mm256_loadu_si256((const __m256i *)bytes), high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
    __m256i before = _mm256_setr_epi32(0, 0, 0, 0, 0, 0, 0, (int)__builtin_bswap32(state->tail));
    __m256i wrong = _mm256_or_si256(utf8_errors(low, before), utf8_errors(high, low));
    if (!_mm256_testz_si256(wrong, wrong)) state->problems |= HP_JSON_BAD_UTF8;
    uint32_t tail = (uint32_t)bytes[61] << 16 | (uint32_t)bytes[62] << 8 | bytes[63];
    state->tail = tail & 0x808080 ? tail : 0;
}

AVX2 size_t hp_json_index_avx2(
    hp_json_index_state *state, const uint8_t *piece, size_t length, uint32_t first, uint32_t *places) {
    // Without the bit 0x20 brackets are braces; no other byte becomes one of these.
    const __m256i operators = twice(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0);
    const __m256i whites = twice(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0);
    const __m256i case_bit = _mm256_set1_epi8(0x20), lowest = _mm256_set1_epi8(0x1F);
    uint32_t *next = places;
    for (size_t at = 0; at < length; at += 64) {
        uint8_t padded[64];
        const uint8_t *bytes = hp_block_bytes(piece + at, length - at, padded);
        __m256i low = _mm256_loadu_si256((const __m256i *)bytes), high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
        hp_block block = {
            .quote = equal(low, high, '"'),
            .backslash = equal(low, high, '\\'),
            .white = listed(low, high, whites),
            .control = bits(
                _mm256_cmpeq_epi8(_mm256_max_epu8(low, lowest), lowest),
                _mm256_cmpeq_epi8(_mm256_max_epu8(high, lowest), lowest)),
        };
        // ':' and ',' have the bit already; 0x1A and 0x0C, which get it here, are taken out as control characters.
        block.operator = bits(
            _mm256_cmpeq_epi8(_mm256_or_si256(low, case_bit), _mm256_shuffle_epi8(operators, low)),
            _mm256_cmpeq_epi8(_mm256_or_si256(high, case_bit), _mm256_shuffle_epi8(operators, high))) & ~block.control;
        if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) || state->tail) check_utf8(state, bytes);
        next = hp_write_places(hp_wanted(state, &block, prefix_xor), first + (uint32_t)at, next);
    }
    return (size_t)(next - places);
}

#define AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vbmi2,pclmul,bmi,bmi2,popcnt,lzcnt")))

/// As `hp_write_places`; up to 16 places more are written to.
AVX512 static inline uint32_t *write_places(uint64_t bits, uint32_t base, uint32_t *to) {
    const __m512i all = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34,
        33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
        1, 0);
    const __m512i first = _mm512_set1_epi32((int)base);
    __m512i found = _mm512_maskz_compress_epi8(bits, all);
    int count = __builtin_popcountll(bits);
    _mm512_storeu_si512(to, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(found)), first));
    if (count > 16) {
        __m512i next = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(found, 1));
        _mm512_storeu_si512(to + 16, _mm512_add_epi32(next, first));
    }
    if (count > 32) {
        __m512i next = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(found, 2));
        _mm512_storeu_si512(to + 32, _mm512_add_epi32(next, first));
        next = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(found, 3));
        _mm512_storeu_si512(to + 48, _mm512_add_epi32(next, first));
    }
    return to + count;
}

AVX512 size_t hp_json_index_avx512(
    hp_json_index_state *state, const uint8_t *piece, size_t length, uint32_t first, uint32_t *places) {
    // As with AVX2.
    const __m512i operators = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0));
    const __m512i whites =
        _mm512_broadcast_i32x4(_mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));
    uint32_t *next = places;
    for (size_t at = 0; at < length; at += 64) {
        uint8_t padded[64];
        const uint8_t *bytes = hp_block_bytes(piece + at, length - at, padded);
        __m512i all = _mm512_loadu_si512(bytes);
        hp_block block = {
            .quote = _mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8('"')),
            .backslash = _mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8('\\')),
            .white = _mm512_cmpeq_epi8_mask(all, _mm512_shuffle_epi8(whites, all)),
            .control = _mm512_cmplt_epu8_mask(all, _mm512_set1_epi8(0x20)),
        };
        block.operator = _mm512_mask_cmpeq_epi8_mask(
            ~block.control, _mm512_or_si512(all, _mm512_set1_epi8(0x20)), _mm512_shuffle_epi8(operators, all));
        if (_mm512_movepi8_mask(all) || state->tail) check_utf8(state, bytes);
        next = write_places(hp_wanted(state, &block, prefix_xor), first + (uint32_t)at, next);
    }
    return (size_t)(next - places);
}
#endif
