#include "png.h"
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t length, kind;
    uint8_t name[4];
    uint64_t content; // its place
} chunk;

#define KIND(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
enum { CHECKSUM = 4, HEAD = 8 };

static bool next_chunk(png_decoder *decoder, chunk *it) {
    ic_source *source = &decoder->base.source;
    uint8_t head[HEAD];
    if (ic_source_read(source, head, HEAD) != HEAD) return false;
    *it = (chunk){.length = ic_big32(head), .kind = ic_big32(head + 4), .content = ic_source_position(source)};
    memcpy(it->name, head + 4, 4);
    return source->size - it->content >= CHECKSUM && it->length <= source->size - it->content - CHECKSUM;
}

/// Reads a chunk's content of at most `maximum` bytes. False: it is longer, or its checksum does not fit.
static bool read_content(png_decoder *decoder, const chunk *it, uint8_t *bytes, size_t maximum) {
    uint8_t sum[CHECKSUM];
    if (it->length > maximum || ic_source_read(&decoder->base.source, bytes, it->length) != it->length) return false;
    if (ic_source_read(&decoder->base.source, sum, CHECKSUM) != CHECKSUM) return false;
    return libdeflate_crc32(libdeflate_crc32(0, it->name, 4), bytes, it->length) == ic_big32(sum);
}

static unsigned big16(const uint8_t *bytes) { return (unsigned)bytes[0] << 8 | bytes[1]; }

/// The combinations of table 11.1.
static bool is_depth_of(unsigned depth, unsigned colour_type) {
    bool is_small = depth == 1 || depth == 2 || depth == 4;
    switch (colour_type) {
    case PNG_COLOR_TYPE_GRAY: return is_small || depth == 8 || depth == 16;
    case PNG_COLOR_TYPE_PALETTE: return is_small || depth == 8;
    case PNG_COLOR_TYPE_RGB:
    case PNG_COLOR_TYPE_GRAY_ALPHA:
    case PNG_COLOR_TYPE_RGB_ALPHA: return depth == 8 || depth == 16;
    default: return false;
    }
}

static bool read_header_chunk(png_decoder *decoder, const chunk *it) {
    uint8_t content[13];
    if (it->length != sizeof content || !read_content(decoder, it, content, sizeof content)) return false;
    decoder->width = ic_big32(content), decoder->height = ic_big32(content + 4);
    decoder->depth = content[8], decoder->colour_type = content[9];
    decoder->is_interlaced = content[12] == 1;
    if (!is_depth_of(decoder->depth, decoder->colour_type)) return false;
    static const uint8_t samples[] = {1, 0, 3, 1, 2, 0, 4};
    size_t pixel_bits = (size_t)samples[decoder->colour_type] * decoder->depth;
    decoder->pixel_bytes = (pixel_bits + 7) / 8;
    decoder->row_bytes = ((size_t)decoder->width * pixel_bits + 7) / 8;
    return decoder->width - 1 < 0x7fffffff && decoder->height - 1 < 0x7fffffff && !content[10] && !content[11] &&
           content[12] <= 1;
}

static bool read_palette(png_decoder *decoder, const chunk *it) {
    uint8_t content[256 * 3];
    if (!read_content(decoder, it, content, sizeof content) || !it->length || it->length % 3) return false;
    if (!(decoder->colour_type & PNG_COLOR_MASK_COLOR) || decoder->has_palette) return false;
    for (int index = 0; index < 256; index++) memcpy(decoder->palette[index], (uint8_t[4]){0, 0, 0, 255}, 4);
    for (uint32_t index = 0; index < it->length / 3; index++) memcpy(decoder->palette[index], content + 3 * index, 3);
    decoder->has_palette = true;
    return decoder->colour_type != PNG_COLOR_TYPE_PALETTE || it->length / 3 <= 1u << decoder->depth;
}

static bool read_transparency(png_decoder *decoder, const chunk *it) {
    uint8_t content[256];
    if (!read_content(decoder, it, content, sizeof content) || decoder->has_transparency) return false;
    decoder->has_transparency = true;
    switch (decoder->colour_type) {
    case PNG_COLOR_TYPE_PALETTE:
        for (uint32_t index = 0; index < it->length; index++) decoder->palette[index][3] = content[index];
        return decoder->has_palette && it->length > 0 && it->length <= 1u << decoder->depth;
    case PNG_COLOR_TYPE_GRAY:
        decoder->transparent[0] = (uint16_t)(big16(content) & ((1u << decoder->depth) - 1));
        return it->length == 2;
    case PNG_COLOR_TYPE_RGB:
        for (int index = 0; index < 3; index++)
            decoder->transparent[index] = (uint16_t)(big16(content + 2 * index) & ((1u << decoder->depth) - 1));
        return it->length == 6;
    default: return false;
    }
}

/// A name, a zero, a zero for the method, and the profile compressed.
static void read_profile(png_decoder *decoder, const chunk *it) {
    uint8_t *content = it->length <= IC_PROFILE_MAXIMUM ? malloc(it->length + 1) : NULL;
    uint8_t *profile = content && read_content(decoder, it, content, it->length) ? malloc(IC_PROFILE_MAXIMUM) : NULL;
    const uint8_t *end = profile ? memchr(content, 0, it->length < 80 ? it->length : 80) : NULL;
    struct libdeflate_decompressor *decompressor = end ? libdeflate_alloc_decompressor() : NULL;
    size_t head = end ? (size_t)(end - content) + 2 : 0, count = 0;
    if (decompressor && head < it->length &&
        libdeflate_zlib_decompress(
            decompressor, content + head, it->length - head, profile, IC_PROFILE_MAXIMUM, &count) == LIBDEFLATE_SUCCESS &&
        !decoder->base.profile.bytes) {
        uint8_t *fitting = realloc(profile, count + 1);
        decoder->base.profile = (ic_profile){fitting ? fitting : profile, count};
        profile = NULL;
    }
    if (decompressor) libdeflate_free_decompressor(decompressor);
    free(profile);
    free(content);
}

static void read_exif(png_decoder *decoder, const chunk *it) {
    uint8_t content[4096];
    // What is further behind is not looked at, and a longer chunk's checksum not checked.
    uint32_t count = it->length < sizeof content ? it->length : sizeof content;
    bool is_right = it->length <= sizeof content ? read_content(decoder, it, content, sizeof content)
                                                 : ic_source_read(&decoder->base.source, content, count) == count;
    if (is_right) decoder->base.orientation = ic_exif_orientation(content, count);
}

static bool note_data(png_decoder *decoder, const chunk *it, bool *is_behind_data, uint32_t last_kind) {
    if (*is_behind_data && last_kind != it->kind) return false;
    if (!*is_behind_data) decoder->data_place = it->content;
    *is_behind_data = true;
    decoder->data_bytes += it->length;
    decoder->data_chunks++;
    return decoder->colour_type != PNG_COLOR_TYPE_PALETTE || decoder->has_palette;
}

bool ic_png_read_chunks(png_decoder *decoder) {
    ic_source *source = &decoder->base.source;
    ic_source_seek(source, 8);
    bool is_right = true, is_behind_data = false;
    uint32_t last_kind = 0;
    chunk it;
    while (next_chunk(decoder, &it)) {
        if ((last_kind == 0) != (it.kind == KIND('I', 'H', 'D', 'R'))) return false;
        switch (it.kind) {
        case KIND('I', 'H', 'D', 'R'):
            if (!read_header_chunk(decoder, &it)) return false;
            break;
        case KIND('P', 'L', 'T', 'E'): is_right &= read_palette(decoder, &it) && !is_behind_data; break;
        case KIND('t', 'R', 'N', 'S'): is_right &= read_transparency(decoder, &it) && !is_behind_data; break;
        case KIND('I', 'D', 'A', 'T'): is_right &= note_data(decoder, &it, &is_behind_data, last_kind); break;
        case KIND('s', 'R', 'G', 'B'): decoder->has_srgb = true; break;
        case KIND('i', 'C', 'C', 'P'):
            if (!is_behind_data) read_profile(decoder, &it);
            break;
        case KIND('e', 'X', 'I', 'f'): read_exif(decoder, &it); break;
        case KIND('I', 'E', 'N', 'D'): {
            uint8_t nothing;
            return read_content(decoder, &it, &nothing, 0) && is_right && is_behind_data;
        }
        default:
            // An unknown chunk that the picture is not to be shown without.
            if (!(it.name[0] & 0x20)) is_right = false;
        }
        last_kind = it.kind;
        ic_source_seek(source, it.content + it.length + CHECKSUM);
    }
    return false;
}

/// Joins the data chunks, each with its checksum. Null: one does not fit, there is no memory, or the file has changed.
static const uint8_t *join_data(png_decoder *decoder) {
    ic_source *source = &decoder->base.source;
    uint8_t *next = NULL;
    bool is_joined = decoder->data_chunks > 1 || source->buffer;
    if (is_joined && !(next = decoder->data = malloc(decoder->data_bytes ? (size_t)decoder->data_bytes : 1))) return NULL;
    ic_source_seek(source, decoder->data_place - HEAD);
    uint64_t left = decoder->data_bytes;
    for (uint32_t index = 0; index < decoder->data_chunks; index++) {
        chunk it;
        if (!next_chunk(decoder, &it) || it.length > left) return NULL;
        left -= it.length;
        if (is_joined) {
            if (!read_content(decoder, &it, next, it.length)) return NULL;
            next += it.length;
        } else {
            const uint8_t *content = source->window + it.content;
            uint32_t sum = libdeflate_crc32(libdeflate_crc32(0, it.name, 4), content, it.length);
            return sum == ic_big32(content + it.length) ? content : NULL;
        }
    }
    return decoder->data;
}

bool ic_png_decompress(png_decoder *decoder) {
    // Unfiltering reads up to three bytes behind a row.
    size_t count = (decoder->row_bytes + 1) * decoder->height, actual = 0;
    const uint8_t *data = join_data(decoder);
    decoder->zeros = data ? calloc(decoder->row_bytes + 4, 1) : NULL;
    decoder->raw = decoder->zeros ? malloc(count + 4) : NULL;
    struct libdeflate_decompressor *decompressor = decoder->raw ? libdeflate_alloc_decompressor() : NULL;
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    if (decompressor) {
        result = libdeflate_zlib_decompress(
            decompressor, data, (size_t)decoder->data_bytes, decoder->raw, count, &actual);
        libdeflate_free_decompressor(decompressor);
    }
    free(decoder->data);
    decoder->data = NULL;
    if (result == LIBDEFLATE_SUCCESS && actual == count) {
        memset(decoder->raw + count, 0, 4);
        return true;
    }
    free(decoder->raw);
    decoder->raw = NULL;
    return false;
}
