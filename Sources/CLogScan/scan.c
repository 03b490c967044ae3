#include "CLogScan.h"
#include <stdbool.h>
#include <string.h>

static inline bool is_marker(const uint8_t *bytes) { return memcmp(bytes, "~hp1 ", 5) == 0; }

static hp_log_scanned scan_plain(const uint8_t *bytes, size_t length, hp_log_place *places, size_t capacity) {
    hp_log_scanned found = {0};
    while (found.scanned < length && found.count < capacity) {
        const uint8_t *line = bytes + found.scanned, *feed = memchr(line, '\n', length - found.scanned);
        const uint8_t *end = feed ? feed : bytes + length, *marker = NULL;
        for (const uint8_t *at = line; (at = memchr(at, '~', (size_t)(end - at))); at++)
            if (end - at >= 5 && is_marker(at)) marker = at;
        if (marker) places[found.count++] = (hp_log_place){(uint32_t)(marker - bytes), (uint32_t)(end - bytes)};
        if (feed) found.lines++;
        found.scanned = (size_t)(end - bytes) + (feed ? 1 : 0);
    }
    return found;
}

#if defined(__x86_64__)
#include <immintrin.h>

// Both are the same but for how 64 bytes are compared.
#define SCAN_BLOCKS(FEEDS_AND_TILDES)                                                                          \
    hp_log_scanned found = {0};                                                                                \
    bool is_open = false;                                                                                      \
    uint32_t start = 0;                                                                                        \
    for (size_t at = 0; at < length; at += 64) {                                                               \
        uint64_t feeds, tildes;                                                                                \
        FEEDS_AND_TILDES                                                                                       \
        if (length - at < 64) {                                                                                \
            uint64_t inside = ((uint64_t)1 << (length - at)) - 1;                                              \
            feeds &= inside;                                                                                   \
            tildes &= inside;                                                                                  \
        }                                                                                                      \
        if (tildes || is_open) {                                                                               \
            for (uint64_t events = feeds | tildes; events; events &= events - 1) {                             \
                unsigned bit = (unsigned)__builtin_ctzll(events);                                              \
                if (tildes >> bit & 1) {                                                                       \
                    if (!is_marker(bytes + at + bit)) continue;                                                \
                    is_open = true;                                                                            \
                    start = (uint32_t)(at + bit);                                                              \
                } else if (is_open) {                                                                          \
                    is_open = false;                                                                           \
                    places[found.count++] = (hp_log_place){start, (uint32_t)(at + bit)};                       \
                    if (found.count < capacity) continue;                                                      \
                    found.lines += (size_t)__builtin_popcountll(feeds & (((uint64_t)2 << bit) - 1));           \
                    found.scanned = at + bit + 1;                                                              \
                    return found;                                                                              \
                }                                                                                              \
            }                                                                                                  \
        }                                                                                                      \
        found.lines += (size_t)__builtin_popcountll(feeds);                                                    \
    }                                                                                                          \
    found.scanned = length;                                                                                    \
    return found;

__attribute__((target("avx2,bmi,popcnt"))) static hp_log_scanned scan_avx2(
    const uint8_t *bytes, size_t length, hp_log_place *places, size_t capacity) {
    __m256i feed = _mm256_set1_epi8('\n'), tilde = _mm256_set1_epi8('~');
    SCAN_BLOCKS({
        __m256i low = _mm256_loadu_si256((const __m256i *)(bytes + at));
        __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + at + 32));
        feeds = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, feed)) |
                (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, feed)) << 32;
        tildes = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, tilde)) |
                 (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, tilde)) << 32;
    })
}

__attribute__((target("avx512bw,avx512vl,bmi,popcnt"))) static hp_log_scanned scan_avx512(
    const uint8_t *bytes, size_t length, hp_log_place *places, size_t capacity) {
    __m512i feed = _mm512_set1_epi8('\n'), tilde = _mm512_set1_epi8('~');
    SCAN_BLOCKS({
        __m512i all = _mm512_loadu_si512(bytes + at);
        feeds = _mm512_cmpeq_epi8_mask(all, feed);
        tildes = _mm512_cmpeq_epi8_mask(all, tilde);
    })
}
#endif

int hp_log_scan_best(void) {
#if defined(__x86_64__)
    bool counts_bits = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
    if (counts_bits && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) return HP_LOG_AVX512;
    if (counts_bits && __builtin_cpu_supports("avx2")) return HP_LOG_AVX2;
#endif
    return HP_LOG_PLAIN;
}

hp_log_scanned hp_log_scan(
    int implementation, const uint8_t *bytes, size_t length, hp_log_place *places, size_t capacity) {
#if defined(__x86_64__)
    if (implementation == HP_LOG_AVX512) return scan_avx512(bytes, length, places, capacity);
    if (implementation == HP_LOG_AVX2) return scan_avx2(bytes, length, places, capacity);
#endif
    (void)implementation;
    return scan_plain(bytes, length, places, capacity);
}
