// Counting pixels: how many are red and where, sums of components, sectors of hue. The definitions are those of Redness'
// RedCounter, HueSectors and RedPatches; all in integers.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What has been counted. A pixel is coloured if its largest component exceeds its smallest by at least 16. Of the coloured
/// ones, those are primary whose middle component is at least as near to the smallest as to the largest: the largest stands
/// out from the others; of the rest the smallest stands out.
typedef struct {
    uint64_t pixels;      // that count: all of RGB, of RGBA those of alpha 128 and above; so below
    uint64_t red;         // the red ones
    uint64_t sums[3];     // of the components R, G, B
    uint64_t coloured;    // the coloured ones
    uint64_t primary;     // of these, the primary ones
    uint64_t outstanding[2]; // coloured ones whose component that stands out is R, G
    uint64_t largest[2];     // primary ones whose component that stands out is R, G
} ic_tally;

/// How the counting is done; all count the same.
typedef enum {
    IC_TALLY_PLAIN = 0,
    IC_TALLY_AVX2 = 1,
    IC_TALLY_AVX512 = 2, // with BW and VBMI
    IC_TALLY_NEON = 3,
} ic_tally_kind;

/// Columns of a cell.
enum { IC_CELL = 8 };

/// The quickest kind that this processor has.
ic_tally_kind ic_tally_best(void);

/// Whether this processor has it.
int ic_tally_has(ic_tally_kind kind);

/// Entries that `cells` needs for rows of `width` pixels: the columns' eighths, rounded up to whole vectors.
static inline size_t ic_tally_cells(size_t width) { return (width + 63) / 64 * 8; }

/// Counts `rows` rows of `width` pixels of `channels` bytes each, 3 (R, G, B) or 4 (R, G, B, alpha), `stride` bytes from row to
/// row. Adds to `*tally`, and to `cells[x / 8]` the red pixels of columns x.
void ic_tally_rows(
    ic_tally_kind kind, ic_tally *tally, const uint8_t *pixels, size_t stride, uint32_t width, uint32_t rows,
    uint32_t channels, uint64_t *cells);
