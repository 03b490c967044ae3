#include "png.h"
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define X86 __attribute__((target("sse4.1")))

// A pixel of 3 or 4 bytes in the lowest bytes of a register, and as 16-bit numbers.
X86 static inline __m128i load_4(const uint8_t *bytes) {
    int value;
    memcpy(&value, bytes, 4);
    return _mm_cvtsi32_si128(value);
}

X86 static inline void store(uint8_t *bytes, __m128i pixel, size_t count) {
    int value = _mm_cvtsi128_si32(pixel);
    memcpy(bytes, &value, count);
}

X86 static inline void undo_sub(uint8_t *row, size_t count, size_t pixel) {
    __m128i left = _mm_setzero_si128();
    for (size_t at = 0; at < count; at += pixel) {
        left = _mm_add_epi8(left, load_4(row + at));
        store(row + at, left, pixel);
    }
}

X86 static inline void undo_average(uint8_t *row, const uint8_t *before, size_t count, size_t pixel) {
    __m128i left = _mm_setzero_si128();
    for (size_t at = 0; at < count; at += pixel) {
        __m128i above = load_4(before + at);
        // pavgb rounds up; the filter rounds down.
        __m128i odd = _mm_and_si128(_mm_xor_si128(left, above), _mm_set1_epi8(1));
        left = _mm_add_epi8(load_4(row + at), _mm_sub_epi8(_mm_avg_epu8(left, above), odd));
        store(row + at, left, pixel);
    }
}

/// The predictor without distances: where 3·corner − above − left is above both of them, it is the smaller one; where it is
/// below, the larger one; else the corner.
X86 static inline void undo_paeth(uint8_t *row, const uint8_t *before, size_t count, size_t pixel) {
    __m128i left = _mm_setzero_si128(), corner = _mm_setzero_si128();
    for (size_t at = 0; at < count; at += pixel) {
        __m128i above = _mm_cvtepu8_epi16(load_4(before + at)), raw = _mm_cvtepu8_epi16(load_4(row + at));
        __m128i thrice = _mm_sub_epi16(_mm_add_epi16(corner, _mm_add_epi16(corner, corner)), above);
        __m128i threshold = _mm_sub_epi16(thrice, left);
        __m128i low = _mm_min_epi16(left, above), high = _mm_max_epi16(left, above);
        __m128i not_low = _mm_cmpgt_epi16(high, threshold), not_high = _mm_cmpgt_epi16(threshold, low);
        __m128i predicted = _mm_blendv_epi8(high, _mm_blendv_epi8(low, corner, not_low), not_high);
        corner = above;
        left = _mm_and_si128(_mm_add_epi16(predicted, raw), _mm_set1_epi16(0xff));
        store(row + at, _mm_packus_epi16(left, left), pixel);
    }
}

X86 static void unfilter_x86(unsigned filter, uint8_t *row, const uint8_t *before, size_t count, size_t pixel) {
    if (filter == 1) pixel == 3 ? undo_sub(row, count, 3) : undo_sub(row, count, 4);
    if (filter == 3) pixel == 3 ? undo_average(row, before, count, 3) : undo_average(row, before, count, 4);
    if (filter == 4) pixel == 3 ? undo_paeth(row, before, count, 3) : undo_paeth(row, before, count, 4);
}
#endif

/// Clause 9.4.
static unsigned paeth(int left, int above, int corner) {
    int to_left = above - corner, to_above = left - corner, to_corner = to_left + to_above;
    to_left = to_left < 0 ? -to_left : to_left;
    to_above = to_above < 0 ? -to_above : to_above;
    to_corner = to_corner < 0 ? -to_corner : to_corner;
    if (to_left <= to_above && to_left <= to_corner) return (unsigned)left;
    return (unsigned)(to_above <= to_corner ? above : corner);
}

void ic_png_unfilter(unsigned filter, uint8_t *row, const uint8_t *before, size_t count, size_t pixel) {
    if (filter == 0) return;
    if (filter == 2) {
        for (size_t at = 0; at < count; at++) row[at] = (uint8_t)(row[at] + before[at]);
        return;
    }
#if defined(__x86_64__)
    if ((pixel == 3 || pixel == 4) && __builtin_cpu_supports("sse4.1")) {
        unfilter_x86(filter, row, before, count, pixel);
        return;
    }
#endif
    for (size_t at = 0; at < count; at++) {
        unsigned left = at < pixel ? 0 : row[at - pixel], above = before[at], corner = at < pixel ? 0 : before[at - pixel];
        unsigned predicted = filter == 1   ? left
                             : filter == 3 ? (left + above) / 2
                                           : paeth((int)left, (int)above, (int)corner);
        row[at] = (uint8_t)(row[at] + predicted);
    }
}
