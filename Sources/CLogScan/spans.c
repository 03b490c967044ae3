#include "CLogScan.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")))

// The bytes of a record after its header are two vectors of 64. Where their `=` are tells where every number is: the keys between
// are fixed. So all numbers are read at once, eight digits to a lane, with no step that waits for the one before it.

enum { HEADER_END = 27, FIELDS = 9 };

// Lanes: sequence, path, took, self, cpu; then the digits before the last eight of took, self and cpu.
#define LANE(byte) byte, byte, byte, byte, byte, byte, byte, byte
#define STEPS(first) (first), (first) + 1, (first) + 2, (first) + 3, (first) + 4, (first) + 5, (first) + 6, (first) + 7

// The `=` after each number, what lies between it and the number's last digit, and the `=` before the number; for the
// sequence number there is none before.
static const int8_t number_ends[64] = {LANE(0), LANE(1), LANE(6), LANE(7), LANE(8), LANE(6), LANE(7), LANE(8)};
static const int8_t number_offsets[64] = {
    STEPS(-5 - 8), STEPS(-3 - 8), STEPS(-5 - 8), STEPS(-4 - 8), STEPS(-2 - 8), STEPS(-5 - 16), STEPS(-4 - 16), STEPS(-2 - 16)};
static const int8_t number_starts[64] = {LANE(-1), LANE(0), LANE(5), LANE(6), LANE(7), LANE(5), LANE(6), LANE(7)};
static const int8_t start_offsets[64] = {LANE(0), LANE(1), LANE(1), LANE(1), LANE(1), LANE(1), LANE(1), LANE(1)};

// The keys, each with the space before it and its `=`, at the end of its lane.
static const int8_t key_ends[64] = {LANE(0), LANE(1), LANE(2), LANE(3), LANE(4), LANE(5), LANE(6), LANE(7)};
static const int8_t key_offsets[64] = {STEPS(-7), STEPS(-7), STEPS(-7), STEPS(-7), STEPS(-7), STEPS(-7), STEPS(-7), STEPS(-7)};
static const char keys[] =
    "\0\0 path=\0\0\0\0 id= parent= thread=\0 start=\0\0 took=\0\0 self=\0\0\0 cpu=";
enum { KEY_BYTES = 6 + 4 + 8 + 8 + 7 + 6 + 6 + 5 };

// By number from path on: the length of the key that follows it, and the most digits less one.
static const uint8_t next_keys[16] = {4, 8, 8, 7, 6, 6, 5, 3};
static const uint8_t most_digits_less_1[16] = {7, 15, 15, 15, 15, 15, 15, 15};

static const int8_t byte_numbers[64] = {
    STEPS(0), STEPS(8), STEPS(16), STEPS(24), STEPS(32), STEPS(40), STEPS(48), STEPS(56)};

AVX512 static inline __m512i table(const void *bytes) { return _mm512_loadu_si512(bytes); }

/// The places of the first nine `=`, as bytes; false: there are fewer. They never leave the registers: bytes that are stored in
/// two parts and loaded as a whole would wait until both are in the cache.
AVX512 static inline bool find_fields(__m512i low, __m512i high, __m128i *places) {
    __m512i equals = _mm512_set1_epi8('='), numbers = table(byte_numbers);
    __mmask64 in_low = _mm512_cmpeq_epi8_mask(low, equals), in_high = _mm512_cmpeq_epi8_mask(high, equals);
    unsigned count = (unsigned)__builtin_popcountll(in_low);
    if (count + (unsigned)__builtin_popcountll(in_high) < FIELDS) return false;
    __m128i first = _mm512_castsi512_si128(_mm512_maskz_compress_epi8(in_low, numbers));
    __m512i rest = _mm512_maskz_compress_epi8(in_high, _mm512_add_epi8(numbers, _mm512_set1_epi8(64)));
    // Those of the second vector go behind those of the first.
    __m128i from = _mm_sub_epi8(_mm512_castsi512_si128(numbers), _mm_set1_epi8((char)count));
    __mmask16 behind = _mm_cmpge_epi8_mask(from, _mm_setzero_si128());
    *places = _mm_mask_permutexvar_epi8(first, behind, from, _mm512_castsi512_si128(rest));
    return true;
}

/// Which bytes are no digits.
AVX512 static inline __mmask64 others(__m512i bytes) {
    return _mm512_cmpgt_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8('0')), _mm512_set1_epi8(9));
}

AVX512 static inline bool read_span(const uint8_t *record, __m256i header, hp_log_span *span) {
    __m256i begin = _mm256_loadu_si256((const __m256i *)(record + 5));
    if ((_mm256_cmpeq_epi8_mask(begin, header) & 0x3fffff) != 0x3fffff) return false;
    const uint8_t *body = record + HEADER_END;
    __m512i low = _mm512_loadu_si512(body), high = _mm512_loadu_si512(body + 64);
    __m128i fields;
    if (!find_fields(low, high, &fields)) return false;
    unsigned covered = (unsigned)(uint8_t)_mm_extract_epi8(fields, 8) - 2;
    const uint8_t *end = body + covered;
    uint8_t after = end[3 + 8];
    bool ends = after == '\n' || after == '\r' || after == '"' || after == '\\';
    if (end[0] != ' ' || end[1] != 'c' || !ends) return false;

    // Every number has a digit at least, none too many, and there is nothing but digits and keys.
    __m128i next = _mm_srli_si128(fields, 1);
    __m128i digits = _mm_sub_epi8(_mm_sub_epi8(next, fields), _mm_loadu_si128((const __m128i *)next_keys));
    __m128i less_1 = _mm_sub_epi8(digits, _mm_set1_epi8(1));
    __mmask16 sound = _mm_cmple_epu8_mask(less_1, _mm_loadu_si128((const __m128i *)most_digits_less_1));
    if ((sound & 0xff) != 0xff || (uint8_t)(_mm_cvtsi128_si32(fields) - 5 - 1) > 7) return false;
    unsigned in_high = covered > 64 ? covered - 64 : 0;
    int found = __builtin_popcountll(_bzhi_u64(others(low), covered)) +
                __builtin_popcountll(_bzhi_u64(others(high), in_high));
    __m512i all = _mm512_broadcast_i32x4(fields);
    __m512i key_places = _mm512_add_epi8(_mm512_shuffle_epi8(all, table(key_ends)), table(key_offsets));
    __m512i key_bytes = _mm512_permutex2var_epi8(low, key_places, high);
    __m512i wanted = table(keys);
    __mmask64 differing = _mm512_mask_cmpneq_epi8_mask(_mm512_test_epi8_mask(wanted, wanted), key_bytes, wanted);
    if (found != KEY_BYTES || differing) return false;

    __m512i digit_places = _mm512_add_epi8(_mm512_shuffle_epi8(all, table(number_ends)), table(number_offsets));
    __m512i starts = _mm512_add_epi8(_mm512_shuffle_epi8(all, table(number_starts)), table(start_offsets));
    __mmask64 inside = _mm512_cmpge_epi8_mask(digit_places, starts);
    __m512i text = _mm512_permutex2var_epi8(low, digit_places, high);
    __m512i values = _mm512_maskz_sub_epi8(inside, text, _mm512_set1_epi8('0'));
    values = _mm512_maddubs_epi16(values, _mm512_set1_epi16(1 << 8 | 10));
    values = _mm512_madd_epi16(values, _mm512_set1_epi32(1 << 16 | 100));
    values = _mm512_add_epi64(_mm512_mul_epu32(values, _mm512_set1_epi64(10000)), _mm512_srli_epi64(values, 32));
    __m512i upper = _mm512_mul_epu32(values, _mm512_set1_epi64(100000000));
    // Lanes 5 to 7 go to lanes 2 to 4.
    values = _mm512_mask_add_epi64(values, 0x1c, values, _mm512_alignr_epi64(upper, upper, 3));
    _mm512_mask_storeu_epi64(span, 0x1f, values);
    span->start = record;
    span->covered = HEADER_END + covered;
    return true;
}

AVX512 static size_t read_spans(
    const uint8_t *bytes, const hp_log_place *places, size_t count, const uint8_t *header, hp_log_span *spans) {
    __m256i begin = _mm256_loadu_si256((const __m256i *)header);
    size_t read = 0;
    while (read < count && read_span(bytes + places[read].start, begin, &spans[read])) read++;
    return read;
}

bool hp_log_reads_spans(void) {
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

size_t hp_log_read_spans(
    const uint8_t *bytes, const hp_log_place *places, size_t count, const uint8_t *header, hp_log_span *spans) {
    return read_spans(bytes, places, count, header, spans);
}
#else
bool hp_log_reads_spans(void) { return false; }

size_t hp_log_read_spans(
    const uint8_t *bytes, const hp_log_place *places, size_t count, const uint8_t *header, hp_log_span *spans) {
    (void)bytes, (void)places, (void)count, (void)header, (void)spans;
    return 0;
}
#endif
