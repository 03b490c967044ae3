// Pictures row by row, whatever their format. The libraries report errors by longjmp, which must not cross Swift frames: it
// stays in here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ic_tally.h"

typedef enum {
    IC_OK = 0,
    IC_TRUNCATED = 1,  // the data end before the picture does
    IC_DAMAGED = 2,    // the data are not what the format allows
    IC_TOO_LARGE = 3,  // decoding would take more memory or time than allowed, or there are too many frames
    IC_NO_MEMORY = 4,  // there is none
    IC_UNREADABLE = 5, // the file could not be read
} ic_status;

typedef enum { IC_JPEG, IC_PNG, IC_WEBP, IC_GIF } ic_format;

/// What decoding may cost.
typedef struct {
    uint64_t memory_bytes;    // besides a band of rows and the file's bytes
    uint64_t cpu_nanoseconds; // of the calling thread, from ic_open on
    uint32_t frames;          // of an animation
} ic_limits;

/// What a picture's header says.
typedef struct {
    uint32_t width, height;         // as stored
    uint32_t row_pixels, row_count; // of the rows given out: half as many where that was asked for, rounded up
    uint32_t channels;              // of the rows given out: 3 (RGB) or 4 (RGBA), 8 bits each, sRGB
    uint64_t memory_bytes;          // what the decoder keeps besides a band of rows and the file's bytes, at most
} ic_header;

/// Some of a picture's rows.
typedef struct {
    uint8_t *pixels; // the decoder's; valid until the next call
    size_t stride;   // bytes from row to row
    uint32_t count;  // 0 after the last one
} ic_rows;

typedef struct ic_decoder ic_decoder;

/// Longest text that ic_message gives, with its end.
enum { IC_MESSAGE = 256 };

/// Opens a decoder for `count` bytes: those at `bytes`, or where that is null those of the file, which is read by pread, in
/// pieces but for WebP. Bytes and descriptor are the caller's and stay until the decoder is closed. Null: no memory.
ic_decoder *ic_open(ic_format format, const uint8_t *bytes, int descriptor, uint64_t count, const ic_limits *limits);
/// Reads the header; nothing of the picture's size is allocated, but for WebP's file. `is_half`: JPEGs are decoded at half
/// their width and height.
ic_status ic_read_header(ic_decoder *decoder, bool is_half, ic_header *header);
/// Starts decoding. The caller has checked the header.
ic_status ic_start(ic_decoder *decoder);
/// Decodes the next rows. After the last ones the rest of the file is read, and `rows->count` is 0 if it is whole.
ic_status ic_read_rows(ic_decoder *decoder, ic_rows *rows);
/// How the picture is to be turned for display, as EXIF numbers it, 1...8; 1 where nothing says so. After the last row.
int ic_orientation(const ic_decoder *decoder);
/// What went wrong, after a status that is not IC_OK.
const char *ic_message(const ic_decoder *decoder);
void ic_close(ic_decoder *decoder);
