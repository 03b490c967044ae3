// Pictures row by row. libjpeg and libpng report errors by longjmp, which must not cross Swift frames: it stays in here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    IC_OK = 0,
    IC_TRUNCATED = 1, // the data end before the picture does
    IC_DAMAGED = 2,   // the data are not what the format allows
    IC_TOO_LARGE = 3, // decoding would take more memory than allowed
    IC_NO_MEMORY = 4,
} ic_status;

/// What a picture's header says.
typedef struct {
    uint32_t width, height;
    uint32_t channels;     // of the rows given out: 3 (RGB) or 4 (RGBA), 8 bits each
    uint64_t memory_bytes; // what the decoder keeps besides the rows it gives out, at most
} ic_header;

/// A decoder over bytes that stay where they are until it is closed.
typedef struct ic_jpeg ic_jpeg;
typedef struct ic_png ic_png;

/// Longest text that `ic_*_message` gives, with its end.
enum { IC_MESSAGE = 256 };

/// Opens a JPEG. Null: no memory.
ic_jpeg *ic_jpeg_open(const uint8_t *bytes, size_t count);
/// Reads the header; nothing of the picture's size is allocated.
ic_status ic_jpeg_header(ic_jpeg *decoder, ic_header *header);
/// Starts decoding, within `memory_bytes`.
ic_status ic_jpeg_start(ic_jpeg *decoder, uint64_t memory_bytes);
/// Decodes the next `rows` rows into `pixels`, `rows * width * channels` bytes.
ic_status ic_jpeg_rows(ic_jpeg *decoder, uint8_t *pixels, uint32_t rows);
/// Reads on to the picture's end; after the last row.
ic_status ic_jpeg_finish(ic_jpeg *decoder);
const char *ic_jpeg_message(const ic_jpeg *decoder);
void ic_jpeg_close(ic_jpeg *decoder);

/// The same for PNG.
ic_png *ic_png_open(const uint8_t *bytes, size_t count);
ic_status ic_png_header(ic_png *decoder, ic_header *header);
ic_status ic_png_start(ic_png *decoder, uint64_t memory_bytes);
ic_status ic_png_rows(ic_png *decoder, uint8_t *pixels, uint32_t rows);
ic_status ic_png_finish(ic_png *decoder);
const char *ic_png_message(const ic_png *decoder);
void ic_png_close(ic_png *decoder);
