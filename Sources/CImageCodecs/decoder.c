#include "codec.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/// A band is as many rows as come to about this many bytes: they are counted while they are in the processor's cache.
enum { BAND = 144 << 10 };

static uint64_t cpu_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static const ic_codec *codec_of(ic_format format) {
    switch (format) {
    case IC_JPEG: return &ic_codec_jpeg;
    case IC_PNG: return &ic_codec_png;
    case IC_WEBP: return &ic_codec_webp;
    case IC_GIF: return &ic_codec_gif;
    }
    return NULL;
}

ic_decoder *ic_open(ic_format format, const uint8_t *bytes, int descriptor, uint64_t count, const ic_limits *limits) {
    const ic_codec *codec = codec_of(format);
    ic_decoder *decoder = codec ? calloc(1, codec->decoder_bytes) : NULL;
    if (!decoder) return NULL;
    if (!ic_source_open(&decoder->source, bytes, descriptor, count)) {
        free(decoder);
        return NULL;
    }
    decoder->codec = codec;
    decoder->limits = *limits;
    decoder->deadline = cpu_nanoseconds() + limits->cpu_nanoseconds;
    decoder->orientation = 1;
    return decoder;
}

ic_status ic_fail(ic_decoder *decoder, ic_status status, const char *format, ...) {
    if (decoder->status) return decoder->status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(decoder->message, sizeof decoder->message, format, arguments);
    va_end(arguments);
    return decoder->status = status;
}

ic_status ic_fail_at_end(ic_decoder *decoder, const char *where) {
    if (decoder->source.error) return ic_fail(decoder, IC_UNREADABLE, "%s", strerror(decoder->source.error));
    return ic_fail(decoder, IC_TRUNCATED, "the data end within %s", where);
}

bool ic_is_late(ic_decoder *decoder) {
    if (cpu_nanoseconds() < decoder->deadline) return false;
    ic_fail(decoder, IC_TOO_LARGE, "it takes more than %g s to decode", (double)decoder->limits.cpu_nanoseconds / 1e9);
    return true;
}

bool ic_allocate_band(ic_decoder *decoder, size_t stride) {
    size_t rows = stride ? BAND / stride : 1;
    if (rows < 1) rows = 1;
    if (rows > decoder->header.row_count) rows = decoder->header.row_count;
    decoder->band_rows = (uint32_t)rows;
    decoder->band = malloc(rows * stride);
    if (!decoder->band) ic_fail(decoder, IC_NO_MEMORY, "no memory for its rows");
    return decoder->band != NULL;
}

uint32_t ic_next_rows(const ic_decoder *decoder) {
    uint32_t left = decoder->header.row_count - decoder->next_row;
    return left < decoder->band_rows ? left : decoder->band_rows;
}

ic_status ic_read_header(ic_decoder *decoder, bool is_half, ic_header *header) {
    if (decoder->status) return decoder->status;
    ic_status status = decoder->codec->read_header(decoder, is_half);
    *header = decoder->header;
    return status;
}

ic_status ic_start(ic_decoder *decoder) {
    if (decoder->status || ic_is_late(decoder)) return decoder->status;
    return decoder->codec->start(decoder);
}

ic_status ic_read_rows(ic_decoder *decoder, ic_rows *rows) {
    *rows = (ic_rows){0};
    if (decoder->status || ic_is_late(decoder)) return decoder->status;
    if (decoder->codec->read_rows(decoder, rows)) return decoder->status;
    if (decoder->transform)
        for (uint32_t row = 0; row < rows->count; row++)
            ic_transform_row(
                decoder->transform, rows->pixels + row * rows->stride, decoder->header.row_pixels, decoder->header.channels);
    decoder->next_row += rows->count;
    return IC_OK;
}

int ic_orientation(const ic_decoder *decoder) { return decoder->orientation; }
const char *ic_message(const ic_decoder *decoder) { return decoder->message; }

void ic_close(ic_decoder *decoder) {
    decoder->codec->close(decoder);
    ic_source_close(&decoder->source);
    ic_transform_close(decoder->transform);
    free(decoder->profile.bytes);
    free(decoder->band);
    free(decoder);
}
