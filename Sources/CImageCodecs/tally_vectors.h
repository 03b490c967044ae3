// ic_tally_rows by vectors of WIDTH bytes. The file that includes this defines, for its instructions:
//
//   vector, mask, sum           types: WIDTH bytes; which of them hold; sums of bytes
//   count                       how often each byte of a mask held, in at most 255 masks
//   load_rgb, load_rgba         WIDTH pixels to a vector a component
//   least, most, minus          of bytes; the difference
//   plus_capped, minus_capped   of bytes, kept to 255 and to 0
//   of_byte(value)              all bytes alike
//   is_zero, is_equal, has_top_bit   masks
//   both, either_of, unless     of masks and vectors: a & b; of vectors: a | b; of masks: a & ~b
//   keep(mask, vector)          0 where the mask does not hold
//   choose(mask, a, b)          a where it holds, else b
//   add_bytes, sum_total, add_mask, count_total, add_cells

/// What is counted in registers.
struct counts {
    count red_pixels, pixels, coloured, primary, outstanding[2], largest[2];
    sum sums[3];
};

/// All in bytes: differences that would exceed 255 are capped, which keeps each comparison's answer.
static inline void tally_block(
    struct counts *counts, vector r, vector g, vector b, int has_alpha, mask opaque, uint64_t *cells) {
    vector smaller = least(g, b), larger = most(g, b);
    vector smallest = least(r, smaller), largest = most(r, larger), middle = most(smaller, least(r, larger));

    // 3·(larger − smaller) ≤ R − smaller is 2·(larger − smaller) ≤ R − larger. Where R is not the largest, the right side is 0
    // and so the others would have to be equal, which the next condition refuses.
    vector spread = minus(larger, smaller);
    vector off_hue = minus_capped(plus_capped(spread, spread), minus_capped(r, larger));
    // 5·smaller ≤ 3·R is 2·(smaller − (R − smaller)) ≤ R − smaller.
    vector chroma = minus_capped(r, smaller);
    vector pale = minus_capped(smaller, chroma);
    vector too_pale = minus_capped(plus_capped(pale, pale), chroma);
    vector too_dark = minus_capped(of_byte(50), r);
    mask is_red = is_zero(either_of(either_of(off_hue, too_pale), too_dark));

    mask is_coloured = is_zero(minus_capped(of_byte(16), minus(largest, smallest)));
    if (has_alpha) {
        is_red = both(is_red, opaque);
        is_coloured = both(is_coloured, opaque);
        r = keep(opaque, r), g = keep(opaque, g), b = keep(opaque, b);
        add_mask(&counts->pixels, opaque);
    }
    mask stands_out_above = is_zero(minus_capped(minus(middle, smallest), minus(largest, middle)));
    mask is_primary = both(is_coloured, stands_out_above);
    // Of components that do not count, hence are 0 above, the coloured ones have been sorted out.
    vector outstanding = choose(stands_out_above, largest, smallest);
    mask has_r = both(is_coloured, is_equal(r, outstanding)), has_g = both(is_coloured, is_equal(g, outstanding));
    add_cells(cells, is_red);
    add_mask(&counts->red_pixels, is_red);
    add_mask(&counts->coloured, is_coloured);
    add_mask(&counts->primary, is_primary);
    add_mask(&counts->outstanding[0], has_r);
    add_mask(&counts->outstanding[1], has_g);
    add_mask(&counts->largest[0], both(has_r, stands_out_above));
    add_mask(&counts->largest[1], both(has_g, stands_out_above));
    add_bytes(&counts->sums[0], r);
    add_bytes(&counts->sums[1], g);
    add_bytes(&counts->sums[2], b);
}

/// Has what comes 1,536 bytes on fetched: a band is in the second-level cache, and half of the time went into waiting for it.
/// By number: the last address is behind the band, where nothing is read.
static inline void fetch_ahead(const uint8_t *pixels, uint32_t channels) {
    for (uint32_t byte = 0; byte < channels * WIDTH; byte += 64)
        __builtin_prefetch((const void *)((uintptr_t)pixels + 1536 + byte));
}

static inline __attribute__((always_inline)) void tally_pixels(
    struct counts *counts, const uint8_t *pixels, uint32_t channels, uint64_t *cells) {
    vector parts[4];
    if (channels == 4) {
        load_rgba(pixels, parts);
        tally_block(counts, parts[0], parts[1], parts[2], 1, has_top_bit(parts[3]), cells);
    } else {
        load_rgb(pixels, parts);
        tally_block(counts, parts[0], parts[1], parts[2], 0, is_zero(parts[0]), cells);
    }
}

static inline void tally_flush(ic_tally *tally, struct counts *counts) {
    tally->pixels += count_total(counts->pixels);
    tally->red += count_total(counts->red_pixels);
    tally->coloured += count_total(counts->coloured);
    tally->primary += count_total(counts->primary);
    for (int index = 0; index < 2; index++) {
        tally->outstanding[index] += count_total(counts->outstanding[index]);
        tally->largest[index] += count_total(counts->largest[index]);
    }
    for (int index = 0; index < 3; index++) tally->sums[index] += sum_total(counts->sums[index]);
    memset(counts, 0, sizeof *counts);
}

/// A block that is not full is filled up with black, transparent where there is alpha, which is counted nowhere.
static inline __attribute__((always_inline)) void tally_rows(
    ic_tally *tally, const uint8_t *pixels, size_t stride, uint32_t width, uint32_t rows, uint32_t channels,
    uint64_t *cells) {
    struct counts counts;
    memset(&counts, 0, sizeof counts);
    uint32_t full = width / WIDTH, blocks = 0;
    for (uint32_t y = 0; y < rows; y++, pixels += stride) {
        for (uint32_t block = 0; block < full;) {
            uint32_t end = block + 254 - blocks < full ? block + 254 - blocks : full;
            blocks += end - block;
            for (; block < end; block++) {
                const uint8_t *start = pixels + (size_t)block * WIDTH * channels;
                fetch_ahead(start, channels);
                tally_pixels(&counts, start, channels, cells + block * (WIDTH / IC_CELL));
            }
            if (blocks == 254) tally_flush(tally, &counts), blocks = 0;
        }
        if (width % WIDTH) {
            uint8_t rest[WIDTH * 4] = {0};
            memcpy(rest, pixels + (size_t)full * WIDTH * channels, (size_t)(width % WIDTH) * channels);
            tally_pixels(&counts, rest, channels, cells + full * (WIDTH / IC_CELL));
            if (++blocks == 254) tally_flush(tally, &counts), blocks = 0;
        }
    }
    tally_flush(tally, &counts);
    if (channels == 3) tally->pixels += (uint64_t)width * rows;
}

void TALLY(
    ic_tally *tally, const uint8_t *pixels, size_t stride, uint32_t width, uint32_t rows, uint32_t channels,
    uint64_t *cells) {
    if (channels == 4) tally_rows(tally, pixels, stride, width, rows, 4, cells);
    else tally_rows(tally, pixels, stride, width, rows, 3, cells);
}
