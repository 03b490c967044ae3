#include "tally.h"
#include <stdbool.h>

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }
static unsigned most(unsigned a, unsigned b) { return a > b ? a : b; }

void ic_tally_rows_plain(
    ic_tally *tally, const uint8_t *pixels, size_t stride, uint32_t width, uint32_t rows, uint32_t channels,
    uint64_t *cells) {
    for (uint32_t y = 0; y < rows; y++) {
        const uint8_t *pixel = pixels + y * stride;
        for (uint32_t x = 0; x < width; x++, pixel += channels) {
            if (channels == 4 && pixel[3] < 128) continue;
            unsigned r = pixel[0], g = pixel[1], b = pixel[2];
            unsigned smaller = least(g, b), larger = most(g, b);
            unsigned smallest = least(r, smaller), largest = most(r, larger), middle = r + g + b - smallest - largest;
            // R is the largest; its hue is within 20° of red; its saturation is at least 40 %; it is not black.
            bool is_red = r >= larger && 3 * (larger - smaller) <= r - smallest && 5 * smallest <= 3 * r && r >= 50;
            bool is_coloured = largest - smallest >= 16;
            bool is_primary = is_coloured && middle - smallest <= largest - middle;
            unsigned outstanding = is_primary ? largest : smallest;
            tally->pixels++;
            tally->red += is_red;
            cells[x / IC_CELL] += is_red;
            for (int index = 0; index < 3; index++) tally->sums[index] += pixel[index];
            tally->coloured += is_coloured;
            tally->primary += is_primary;
            for (int index = 0; index < 2; index++) {
                tally->outstanding[index] += is_coloured && pixel[index] == outstanding;
                tally->largest[index] += is_primary && pixel[index] == outstanding;
            }
        }
    }
}
