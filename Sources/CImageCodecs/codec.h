// What the formats share.
#pragma once
#include "CImageCodecs.h"
#include "profile.h"
#include "source.h"

/// A format.
typedef struct {
    size_t decoder_bytes; // of its decoder, which begins with an ic_decoder
    ic_status (*read_header)(ic_decoder *decoder, bool is_half);
    ic_status (*start)(ic_decoder *decoder);
    /// Gives at least one row as long as there are some left, then reads the rest of the file.
    ic_status (*read_rows)(ic_decoder *decoder, ic_rows *rows);
    void (*close)(ic_decoder *decoder);
} ic_codec;

extern const ic_codec ic_codec_jpeg, ic_codec_png, ic_codec_webp, ic_codec_gif;

struct ic_decoder {
    const ic_codec *codec;
    ic_source source;
    ic_limits limits;
    uint64_t deadline; // of the thread's CPU time, nanoseconds
    ic_status status;  // the first one that was not IC_OK
    char message[IC_MESSAGE];
    ic_header header;
    uint32_t next_row;
    int orientation;
    ic_profile profile;      // what the picture brings along
    ic_transform *transform; // from its colours to sRGB; null: none is needed
    uint8_t *band;           // band_rows rows, for formats that need them
    uint32_t band_rows;
};

/// Notes what went wrong, unless something has before; returns the status.
ic_status ic_fail(ic_decoder *decoder, ic_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/// That the data end too early, or could not be read: what they were to hold.
ic_status ic_fail_at_end(ic_decoder *decoder, const char *where);
/// Whether the time is up; it has been noted then. A system call: once a band.
bool ic_is_late(ic_decoder *decoder);
/// Allocates the band: rows of `stride` bytes. False: no memory, which has been noted.
bool ic_allocate_band(ic_decoder *decoder, size_t stride);
/// How many rows come next, at most those of the band.
uint32_t ic_next_rows(const ic_decoder *decoder);

/// The orientation that EXIF's bytes name, from the TIFF header on, 1...8; 1 where there is none. (EXIF 2.32, 4.6.4.)
int ic_exif_orientation(const uint8_t *bytes, size_t count);

static inline uint32_t ic_big32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}
