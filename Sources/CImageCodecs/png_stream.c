#include "png.h"
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static void fail(png_structp png, png_const_charp message) {
    ic_fail(png_get_error_ptr(png), IC_DAMAGED, "%s", message);
    png_longjmp(png, 1);
}

static void note(png_structp png, png_const_charp message) {
    // Warnings are about chunks that say nothing about the pixels.
    (void)png;
    (void)message;
}

static void take(png_structp png, png_bytep bytes, size_t count) {
    png_decoder *decoder = png_get_io_ptr(png);
    if (ic_source_read(&decoder->base.source, bytes, count) == count) return;
    ic_fail_at_end(&decoder->base, "its chunks");
    png_longjmp(png, 1);
}

ic_status ic_png_stream_header(png_decoder *decoder) {
    ic_decoder *base = &decoder->base;
    png_structp png = decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, note);
    decoder->info = png ? png_create_info_struct(png) : NULL;
    if (!decoder->info) return ic_fail(base, IC_NO_MEMORY, "no memory to decode it");
    ic_source_seek(&base->source, 0);
    if (setjmp(png_jmpbuf(png))) return base->status;
    png_set_read_fn(png, decoder, take);
    // Texts and profiles are not needed, and some bytes of them can claim gigabytes: they are passed over, and what
    // is read at all is bounded.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_set_chunk_cache_max(png, 16);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_read_info(png, decoder->info);
    int depth = png_get_bit_depth(png, decoder->info), type = png_get_color_type(png, decoder->info);
    decoder->colour_type = (uint8_t)type;
    bool has_alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, decoder->info, PNG_INFO_tRNS);
    png_set_expand(png);
    if (depth == 16) png_set_scale_16(png);
    if (!(type & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
    uint32_t width = png_get_image_width(png, decoder->info), height = png_get_image_height(png, decoder->info);
    base->header = (ic_header){
        .width = width,
        .height = height,
        .row_pixels = width,
        .row_count = height,
        .channels = has_alpha ? 4 : 3,
        // libpng keeps two rows of at most 8 bytes a pixel; of an interlaced picture we keep all rows.
        .memory_bytes = (uint64_t)width * 16 + (1 << 16),
    };
    if (png_get_interlace_type(png, decoder->info) != PNG_INTERLACE_NONE)
        base->header.memory_bytes += (uint64_t)width * base->header.channels * height;
    return IC_OK;
}

/// Every row that is still to come changes until the last pass: all are kept.
static ic_status read_interlaced(png_decoder *decoder, int passes) {
    const ic_header *header = &decoder->base.header;
    size_t stride = (size_t)header->width * header->channels;
    decoder->picture = malloc(stride * header->height);
    if (!decoder->picture) return ic_fail(&decoder->base, IC_NO_MEMORY, "no memory for its pixels");
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < header->height; y++) {
            if (y % 64 == 0 && ic_is_late(&decoder->base)) return decoder->base.status;
            png_read_row(decoder->png, decoder->picture + stride * y, NULL);
        }
    return IC_OK;
}

ic_status ic_png_stream_start(png_decoder *decoder) {
    const ic_header *header = &decoder->base.header;
    if (setjmp(png_jmpbuf(decoder->png))) return decoder->base.status;
    int passes = png_set_interlace_handling(decoder->png);
    png_read_update_info(decoder->png, decoder->info);
    if (png_get_rowbytes(decoder->png, decoder->info) != (size_t)header->width * header->channels)
        png_error(decoder->png, "rows of another size");
    return passes == 1 ? IC_OK : read_interlaced(decoder, passes);
}

ic_status ic_png_stream_rows(png_decoder *decoder, ic_rows *rows) {
    ic_decoder *base = &decoder->base;
    uint32_t wanted = ic_next_rows(base);
    size_t stride = (size_t)base->header.width * base->header.channels;
    if (setjmp(png_jmpbuf(decoder->png))) return base->status;
    uint8_t *pixels = decoder->picture ? decoder->picture + stride * base->next_row : base->band;
    if (!decoder->picture)
        for (uint32_t y = 0; y < wanted; y++) png_read_row(decoder->png, pixels + stride * y, NULL);
    if (!wanted) png_read_end(decoder->png, NULL);
    *rows = (ic_rows){.pixels = pixels, .stride = stride, .count = wanted};
    return IC_OK;
}

void ic_png_stream_close(png_decoder *decoder) {
    if (decoder->png) png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
}
