#include "png.h"
#include <stdlib.h>

/// The most that is decompressed whole, which is twice as quick as libpng; more goes through libpng, row by row.
enum { RAW_MAXIMUM = 128 << 20 };

static uint64_t raw_bytes(const png_decoder *decoder) {
    return ((uint64_t)decoder->row_bytes + 1) * decoder->height;
}

static ic_status read_header(ic_decoder *base, bool is_half) {
    (void)is_half;
    png_decoder *decoder = (png_decoder *)base;
    bool is_whole = ic_png_read_chunks(decoder) && !decoder->is_interlaced && raw_bytes(decoder) <= RAW_MAXIMUM;
    uint64_t memory = is_whole ? raw_bytes(decoder) + decoder->data_bytes : 0;
    if (!is_whole || memory > base->limits.memory_bytes) {
        decoder->row_bytes = 0;
        return ic_png_stream_header(decoder);
    }
    base->header = (ic_header){
        .width = decoder->width,
        .height = decoder->height,
        .row_pixels = decoder->width,
        .row_count = decoder->height,
        .channels = decoder->colour_type & PNG_COLOR_MASK_ALPHA || decoder->has_transparency ? 4 : 3,
        .memory_bytes = memory,
    };
    return IC_OK;
}

static ic_status start(ic_decoder *base) {
    png_decoder *decoder = (png_decoder *)base;
    if (!decoder->has_srgb) {
        bool is_grey = !(decoder->colour_type & PNG_COLOR_MASK_COLOR);
        base->transform = ic_transform_open(&base->profile, is_grey ? IC_GREY : IC_COLOUR, base->header.channels == 4);
    }
    if (!ic_allocate_band(base, (size_t)base->header.width * base->header.channels)) return base->status;
    if (decoder->row_bytes && !ic_png_decompress(decoder)) {
        // libpng tells what is wrong, or finds that nothing is.
        uint32_t channels = base->header.channels;
        if (ic_png_stream_header(decoder)) return base->status;
        if (base->header.channels != channels || base->header.width != decoder->width)
            return ic_fail(base, IC_DAMAGED, "its chunks contradict each other");
    }
    return decoder->raw ? IC_OK : ic_png_stream_start(decoder);
}

static ic_status read_rows(ic_decoder *base, ic_rows *rows) {
    png_decoder *decoder = (png_decoder *)base;
    return decoder->raw ? ic_png_read_raw_rows(decoder, rows) : ic_png_stream_rows(decoder, rows);
}

static void close(ic_decoder *base) {
    png_decoder *decoder = (png_decoder *)base;
    ic_png_stream_close(decoder);
    free(decoder->data);
    free(decoder->raw);
    free(decoder->zeros);
    free(decoder->picture);
}

const ic_codec ic_codec_png = {sizeof(png_decoder), read_header, start, read_rows, close};
