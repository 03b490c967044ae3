#include "CImageCodecs.h"
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ic_png {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count, position;
    ic_status status;
    char message[IC_MESSAGE];
    uint32_t width, height, channels, next_row;
    uint8_t *picture; // the whole of an interlaced one
};

static void fail(png_structp png, png_const_charp message) {
    ic_png *decoder = png_get_error_ptr(png);
    snprintf(decoder->message, sizeof decoder->message, "%s", message);
    if (!decoder->status) decoder->status = IC_DAMAGED;
    png_longjmp(png, 1);
}

static void note(png_structp png, png_const_charp message) {
    // Warnings are about chunks that say nothing about the pixels.
    (void)png;
    (void)message;
}

static void take(png_structp png, png_bytep bytes, size_t count) {
    ic_png *decoder = png_get_io_ptr(png);
    if (count > decoder->count - decoder->position) {
        decoder->status = IC_TRUNCATED;
        png_error(png, "the data end before the picture does");
    }
    memcpy(bytes, decoder->bytes + decoder->position, count);
    decoder->position += count;
}

ic_png *ic_png_open(const uint8_t *bytes, size_t count) {
    ic_png *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->bytes = bytes;
    decoder->count = count;
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, note);
    decoder->info = decoder->png ? png_create_info_struct(decoder->png) : NULL;
    if (!decoder->info) decoder->status = IC_NO_MEMORY;
    return decoder;
}

ic_status ic_png_header(ic_png *decoder, ic_header *header) {
    if (decoder->status) return decoder->status;
    if (setjmp(png_jmpbuf(decoder->png))) return decoder->status;
    png_structp png = decoder->png;
    png_set_read_fn(png, decoder, take);
    // Texts and profiles are not needed, and some bytes of them can claim gigabytes: they are passed over, and what
    // is read at all is bounded.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_set_chunk_cache_max(png, 16);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_read_info(png, decoder->info);
    int depth = png_get_bit_depth(png, decoder->info), type = png_get_color_type(png, decoder->info);
    decoder->width = png_get_image_width(png, decoder->info);
    decoder->height = png_get_image_height(png, decoder->info);
    bool has_alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, decoder->info, PNG_INFO_tRNS);
    decoder->channels = has_alpha ? 4 : 3;
    png_set_expand(png);
    if (depth == 16) png_set_scale_16(png);
    if (!(type & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
    uint64_t row = (uint64_t)decoder->width * decoder->channels;
    *header = (ic_header){.width = decoder->width, .height = decoder->height, .channels = decoder->channels};
    // libpng keeps two rows of at most 8 bytes a pixel; of an interlaced picture we keep all rows.
    header->memory_bytes = (uint64_t)decoder->width * 16 + (1 << 16);
    if (png_get_interlace_type(png, decoder->info) != PNG_INTERLACE_NONE) header->memory_bytes += row * decoder->height;
    return IC_OK;
}

ic_status ic_png_start(ic_png *decoder, uint64_t memory_bytes) {
    (void)memory_bytes; // checked against the header's figure by the caller; libpng takes no more
    if (decoder->status) return decoder->status;
    if (setjmp(png_jmpbuf(decoder->png))) return decoder->status;
    int passes = png_set_interlace_handling(decoder->png);
    png_read_update_info(decoder->png, decoder->info);
    size_t row = (size_t)decoder->width * decoder->channels;
    if (png_get_rowbytes(decoder->png, decoder->info) != row) png_error(decoder->png, "rows of another size");
    if (passes == 1) return IC_OK;
    decoder->picture = malloc(row * decoder->height);
    if (!decoder->picture) return decoder->status = IC_NO_MEMORY;
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < decoder->height; y++) png_read_row(decoder->png, decoder->picture + row * y, NULL);
    return IC_OK;
}

ic_status ic_png_rows(ic_png *decoder, uint8_t *pixels, uint32_t rows) {
    if (decoder->status) return decoder->status;
    if (setjmp(png_jmpbuf(decoder->png))) return decoder->status;
    size_t row = (size_t)decoder->width * decoder->channels;
    if (decoder->picture) memcpy(pixels, decoder->picture + row * decoder->next_row, row * rows);
    else
        for (uint32_t y = 0; y < rows; y++) png_read_row(decoder->png, pixels + row * y, NULL);
    decoder->next_row += rows;
    return IC_OK;
}

ic_status ic_png_finish(ic_png *decoder) {
    if (decoder->status) return decoder->status;
    if (setjmp(png_jmpbuf(decoder->png))) return decoder->status;
    png_read_end(decoder->png, NULL);
    return IC_OK;
}

const char *ic_png_message(const ic_png *decoder) { return decoder->message; }

void ic_png_close(ic_png *decoder) {
    if (decoder->png) png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
    free(decoder->picture);
    free(decoder);
}
