// The PNG decoder's parts. The specification meant is W3C's of 2003.
#pragma once
#include "codec.h"
#include <png.h>

typedef struct {
    ic_decoder base;

    // What the chunks say.
    uint32_t width, height;
    uint8_t depth, colour_type;
    bool is_interlaced, has_palette, has_transparency, has_srgb;
    uint8_t palette[256][4];  // R, G, B, alpha
    uint16_t transparent[3];  // the colour that is, of grey and RGB
    uint64_t data_place;      // of the first data chunk's content
    uint64_t data_bytes;      // in all of them
    uint32_t data_chunks;

    // Decoded whole.
    uint8_t *data;            // the data chunks' content, where it had to be joined
    uint8_t *raw;             // rows of a filter's number and row_bytes
    uint8_t *zeros;           // what the first row is predicted from
    size_t row_bytes, pixel_bytes;

    // Decoded by libpng.
    png_structp png;
    png_infop info;
    uint8_t *picture;         // the whole of an interlaced one
} png_decoder;

/// Reads all chunks but the data's content. False where there is anything that is not in order, or that only libpng is to
/// judge. Gives EXIF's orientation and the ICC profile in any case, as far as they are there.
bool ic_png_read_chunks(png_decoder *decoder);

/// Decompresses the data into `raw`. False: libpng is to judge.
bool ic_png_decompress(png_decoder *decoder);
/// Gives the next rows out of `raw`.
ic_status ic_png_read_raw_rows(png_decoder *decoder, ic_rows *rows);
/// Undoes a row's filter, 0...4, in place. `pixel` bytes a pixel, 1 for less; `before` is the row above. Reads, but does not
/// change, up to three bytes behind both rows.
void ic_png_unfilter(unsigned filter, uint8_t *row, const uint8_t *before, size_t count, size_t pixel);
/// A row of samples to RGB, or to RGBA.
void ic_png_convert_row(const png_decoder *decoder, const uint8_t *samples, uint8_t *pixels);

/// libpng, row by row.
ic_status ic_png_stream_header(png_decoder *decoder);
ic_status ic_png_stream_start(png_decoder *decoder);
ic_status ic_png_stream_rows(png_decoder *decoder, ic_rows *rows);
void ic_png_stream_close(png_decoder *decoder);
