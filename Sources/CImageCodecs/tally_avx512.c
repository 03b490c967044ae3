#include "tally.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vbmi,popcnt"))), apply_to = function)

enum { WIDTH = 64 };
typedef __m512i vector, sum;
typedef __mmask64 mask;
typedef uint64_t count;
#define TALLY ic_tally_rows_avx512

static inline vector least(vector a, vector b) { return _mm512_min_epu8(a, b); }
static inline vector most(vector a, vector b) { return _mm512_max_epu8(a, b); }
static inline vector minus(vector a, vector b) { return _mm512_sub_epi8(a, b); }
static inline vector plus_capped(vector a, vector b) { return _mm512_adds_epu8(a, b); }
static inline vector minus_capped(vector a, vector b) { return _mm512_subs_epu8(a, b); }
static inline vector of_byte(int value) { return _mm512_set1_epi8((char)value); }
static inline mask is_equal(vector a, vector b) { return _mm512_cmpeq_epi8_mask(a, b); }
static inline mask is_zero(vector a) { return _mm512_testn_epi8_mask(a, a); }
static inline mask has_top_bit(vector a) { return _mm512_movepi8_mask(a); }
static inline mask both(mask a, mask b) { return a & b; }
static inline vector either_of(vector a, vector b) { return _mm512_or_si512(a, b); }
static inline vector keep(mask which, vector a) { return _mm512_maskz_mov_epi8(which, a); }
static inline vector choose(mask which, vector a, vector b) { return _mm512_mask_blend_epi8(which, b, a); }
static inline void add_mask(count *total, mask which) { *total += (uint64_t)__builtin_popcountll(which); }
static inline uint64_t count_total(count total) { return total; }
static inline uint64_t sum_total(sum total) { return (uint64_t)_mm512_reduce_add_epi64(total); }

static inline void add_bytes(sum *total, vector bytes) {
    *total = _mm512_add_epi64(*total, _mm512_sad_epu8(bytes, _mm512_setzero_si512()));
}

static inline void add_cells(uint64_t *cells, mask which) {
    vector ones = _mm512_sad_epu8(_mm512_maskz_set1_epi8(which, 1), _mm512_setzero_si512());
    _mm512_storeu_si512(cells, _mm512_add_epi64(_mm512_loadu_si512(cells), ones));
}

/// Places 0, step, 2·step, … from `first` on, in the bytes of several vectors.
struct places {
    uint8_t bytes[64];
};

#define PLACE(n, first, step) (uint8_t)((first) + (n) * (step))
#define PLACES8(n, f, s)                                                                                                \
    PLACE(n, f, s), PLACE(n + 1, f, s), PLACE(n + 2, f, s), PLACE(n + 3, f, s), PLACE(n + 4, f, s), PLACE(n + 5, f, s), \
        PLACE(n + 6, f, s), PLACE(n + 7, f, s)
#define PLACES(f, s)                                                                                                    \
    {{PLACES8(0, f, s), PLACES8(8, f, s), PLACES8(16, f, s), PLACES8(24, f, s), PLACES8(32, f, s), PLACES8(40, f, s),  \
      PLACES8(48, f, s), PLACES8(56, f, s)}}

// A permutation of two vectors takes a place's lowest seven bits: what lies in the first two is right as it is, and what lies in
// the third is put in by a second permutation.
static const struct places rgb_places[3] = {PLACES(0, 3), PLACES(1, 3), PLACES(2, 3)};
static const struct places rgba_places[4] = {PLACES(0, 4), PLACES(1, 4), PLACES(2, 4), PLACES(3, 4)};

static inline vector load(const void *bytes) { return _mm512_loadu_si512(bytes); }

static inline void load_rgb(const uint8_t *pixels, vector parts[4]) {
    vector a = load(pixels), b = load(pixels + 64), c = load(pixels + 128);
    for (int part = 0; part < 3; part++) {
        vector places = load(&rgb_places[part]);
        mask in_third = ~0ull << (128 - part + 2) / 3;
        vector first = _mm512_permutex2var_epi8(a, places, b);
        parts[part] = _mm512_mask_permutexvar_epi8(first, in_third, places, c);
    }
}

static inline void load_rgba(const uint8_t *pixels, vector parts[4]) {
    vector a = load(pixels), b = load(pixels + 64), c = load(pixels + 128), d = load(pixels + 192);
    for (int part = 0; part < 4; part++) {
        vector places = load(&rgba_places[part]);
        vector first = _mm512_permutex2var_epi8(a, places, b), second = _mm512_permutex2var_epi8(c, places, d);
        parts[part] = _mm512_mask_blend_epi8(~0ull << 32, first, second);
    }
}

#include "tally_vectors.h"
#pragma clang attribute pop
#endif
