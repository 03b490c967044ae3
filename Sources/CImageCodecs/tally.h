// What the kinds of ic_tally_rows share.
#pragma once
#include "ic_tally.h"
#include <string.h>

typedef void ic_tally_function(
    ic_tally *tally, const uint8_t *pixels, size_t stride, uint32_t width, uint32_t rows, uint32_t channels,
    uint64_t *cells);

ic_tally_function ic_tally_rows_plain, ic_tally_rows_avx2, ic_tally_rows_avx512, ic_tally_rows_neon;
