// Compares the ways to count pixels that this processor has with the plain one: on all colours in rows, and on random rows with
// alpha of every width up to 200. Exit status 1 where they differ. scripts/check-arm64 runs it.
#include "ic_tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLOURS = 1 << 24, ROW = 4099, WIDEST = 200, ROWS = 3 };

static uint64_t state = 1;

static uint8_t random_byte(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint8_t)(state >> 56);
}

/// Whether two kinds count the same, in all and in every cell.
static int is_same(ic_tally_kind kind, const uint8_t *pixels, uint32_t width, uint32_t rows, uint32_t channels) {
    ic_tally plain = {0}, other = {0};
    size_t cells = ic_tally_cells(width);
    uint64_t *plain_cells = calloc(cells, sizeof *plain_cells), *other_cells = calloc(cells, sizeof *other_cells);
    if (!plain_cells || !other_cells) abort();
    size_t stride = (size_t)width * channels;
    ic_tally_rows(IC_TALLY_PLAIN, &plain, pixels, stride, width, rows, channels, plain_cells);
    ic_tally_rows(kind, &other, pixels, stride, width, rows, channels, other_cells);
    int result = !memcmp(&plain, &other, sizeof plain) && !memcmp(plain_cells, other_cells, cells * sizeof *plain_cells);
    free(plain_cells);
    free(other_cells);
    return result;
}

int main(void) {
    uint8_t *pixels = malloc(COLOURS * 3);
    if (!pixels) abort();
    for (uint32_t colour = 0; colour < COLOURS; colour++) {
        pixels[3 * colour] = (uint8_t)(colour >> 16);
        pixels[3 * colour + 1] = (uint8_t)(colour >> 8);
        pixels[3 * colour + 2] = (uint8_t)colour;
    }
    int failures = 0;
    for (int kind = IC_TALLY_AVX2; kind <= IC_TALLY_NEON; kind++) {
        if (!ic_tally_has(kind)) continue;
        failures += !is_same(kind, pixels, ROW, COLOURS / ROW, 3);
        failures += !is_same(kind, pixels + (size_t)COLOURS / ROW * ROW * 3, COLOURS % ROW, 1, 3);
        for (uint32_t width = 1; width <= WIDEST; width++) {
            uint8_t some[WIDEST * ROWS * 4];
            for (size_t index = 0; index < sizeof some; index++) some[index] = random_byte();
            failures += !is_same(kind, some, width, ROWS, 4);
            failures += !is_same(kind, some, width, ROWS, 3);
        }
        printf("tally: kind %d: %d differences from the plain one\n", kind, failures);
    }
    free(pixels);
    return failures > 0;
}
