#include "tally.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

enum { WIDTH = 32 };
typedef __m256i vector, mask, count, sum;
#define TALLY ic_tally_rows_avx2

static inline vector least(vector a, vector b) { return _mm256_min_epu8(a, b); }
static inline vector most(vector a, vector b) { return _mm256_max_epu8(a, b); }
static inline vector minus(vector a, vector b) { return _mm256_sub_epi8(a, b); }
static inline vector plus_capped(vector a, vector b) { return _mm256_adds_epu8(a, b); }
static inline vector minus_capped(vector a, vector b) { return _mm256_subs_epu8(a, b); }
static inline vector of_byte(int value) { return _mm256_set1_epi8((char)value); }
static inline mask is_equal(vector a, vector b) { return _mm256_cmpeq_epi8(a, b); }
static inline mask is_zero(vector a) { return _mm256_cmpeq_epi8(a, _mm256_setzero_si256()); }
static inline mask has_top_bit(vector a) { return _mm256_cmpgt_epi8(_mm256_setzero_si256(), a); }
static inline mask both(mask a, mask b) { return _mm256_and_si256(a, b); }
static inline vector either_of(vector a, vector b) { return _mm256_or_si256(a, b); }
static inline vector keep(mask which, vector a) { return _mm256_and_si256(which, a); }
static inline vector choose(mask which, vector a, vector b) { return _mm256_blendv_epi8(b, a, which); }

static inline void add_bytes(sum *total, vector bytes) {
    *total = _mm256_add_epi64(*total, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
}

static inline uint64_t sum_total(sum total) {
    uint64_t parts[4];
    _mm256_storeu_si256((vector *)parts, total);
    return parts[0] + parts[1] + parts[2] + parts[3];
}

static inline void add_mask(count *total, mask which) { *total = _mm256_sub_epi8(*total, which); }
static inline uint64_t count_total(count total) { return sum_total(_mm256_sad_epu8(total, _mm256_setzero_si256())); }

static inline void add_cells(uint64_t *cells, mask which) {
    vector ones = _mm256_sad_epu8(_mm256_and_si256(which, _mm256_set1_epi8(1)), _mm256_setzero_si256());
    _mm256_storeu_si256((vector *)cells, _mm256_add_epi64(_mm256_loadu_si256((const vector *)cells), ones));
}

static inline vector load_halves(const uint8_t *low, const uint8_t *high) {
    __m256i first = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)low));
    return _mm256_inserti128_si256(first, _mm_loadu_si128((const __m128i *)high), 1);
}

/// 16 pixels a half: of each 16 bytes of them, every third is of a component, from another one on.
static inline void load_rgb(const uint8_t *pixels, vector parts[4]) {
    vector a = load_halves(pixels, pixels + 48), b = load_halves(pixels + 16, pixels + 64),
           c = load_halves(pixels + 32, pixels + 80);
    const vector second = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0));
    const vector third = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0));
    vector r = choose(second, c, choose(third, b, a));
    vector g = choose(second, a, choose(third, c, b));
    vector b_ = choose(second, b, choose(third, a, c));
    parts[0] = _mm256_shuffle_epi8(
        r, _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13)));
    parts[1] = _mm256_shuffle_epi8(
        g, _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14)));
    parts[2] = _mm256_shuffle_epi8(
        b_, _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 5, 8, 11, 14, 1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15)));
}

/// 4 by 4: bytes of a component together, then four of these.
static inline void load_rgba(const uint8_t *pixels, vector parts[4]) {
    const vector grouped =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    vector a = _mm256_shuffle_epi8(load_halves(pixels, pixels + 64), grouped);
    vector b = _mm256_shuffle_epi8(load_halves(pixels + 16, pixels + 80), grouped);
    vector c = _mm256_shuffle_epi8(load_halves(pixels + 32, pixels + 96), grouped);
    vector d = _mm256_shuffle_epi8(load_halves(pixels + 48, pixels + 112), grouped);
    vector ab_low = _mm256_unpacklo_epi32(a, b), ab_high = _mm256_unpackhi_epi32(a, b);
    vector cd_low = _mm256_unpacklo_epi32(c, d), cd_high = _mm256_unpackhi_epi32(c, d);
    parts[0] = _mm256_unpacklo_epi64(ab_low, cd_low);
    parts[1] = _mm256_unpackhi_epi64(ab_low, cd_low);
    parts[2] = _mm256_unpacklo_epi64(ab_high, cd_high);
    parts[3] = _mm256_unpackhi_epi64(ab_high, cd_high);
}

#include "tally_vectors.h"
#pragma clang attribute pop
#endif
