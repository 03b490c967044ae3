#include "tally.h"

int ic_tally_has(ic_tally_kind kind) {
    switch (kind) {
    case IC_TALLY_PLAIN: return 1;
#if defined(__x86_64__)
    case IC_TALLY_AVX2: return __builtin_cpu_supports("avx2") != 0;
    case IC_TALLY_AVX512: return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi");
#elif defined(__aarch64__)
    case IC_TALLY_NEON: return 1;
#endif
    default: return 0;
    }
}

ic_tally_kind ic_tally_best(void) {
    const ic_tally_kind kinds[] = {IC_TALLY_AVX512, IC_TALLY_AVX2, IC_TALLY_NEON};
    for (int index = 0; index < 3; index++)
        if (ic_tally_has(kinds[index])) return kinds[index];
    return IC_TALLY_PLAIN;
}

void ic_tally_rows(
    ic_tally_kind kind, ic_tally *tally, const uint8_t *pixels, size_t stride, uint32_t width, uint32_t rows,
    uint32_t channels, uint64_t *cells) {
    ic_tally_function *count = ic_tally_rows_plain;
#if defined(__x86_64__)
    if (kind == IC_TALLY_AVX2) count = ic_tally_rows_avx2;
    if (kind == IC_TALLY_AVX512) count = ic_tally_rows_avx512;
#elif defined(__aarch64__)
    if (kind == IC_TALLY_NEON) count = ic_tally_rows_neon;
#else
    (void)kind;
#endif
    count(tally, pixels, stride, width, rows, channels, cells);
}
