#include "png.h"
#include <string.h>

static unsigned big16(const uint8_t *bytes) { return (unsigned)bytes[0] << 8 | bytes[1]; }

/// 16 bits to 8 as png_set_scale_16 does: to the nearest of 257 times as much.
static uint8_t scaled(const uint8_t *sample) { return (uint8_t)((big16(sample) * 255 + 32895) >> 16); }

static void convert_small(const png_decoder *decoder, const uint8_t *samples, uint8_t *pixels, uint32_t channels) {
    unsigned depth = decoder->depth, most = (1u << depth) - 1, scale = 255 / most;
    for (uint32_t x = 0; x < decoder->width; x++, pixels += channels) {
        unsigned shift = 8 - depth - (x * depth) % 8, value = samples[(size_t)x * depth / 8] >> shift & most;
        if (decoder->colour_type == PNG_COLOR_TYPE_PALETTE) {
            memcpy(pixels, decoder->palette[value], channels);
            continue;
        }
        memset(pixels, (int)(value * scale), 3);
        if (channels == 4) pixels[3] = value == decoder->transparent[0] ? 0 : 255;
    }
}

static void convert_8(const png_decoder *decoder, const uint8_t *samples, uint8_t *pixels, uint32_t channels) {
    uint32_t width = decoder->width;
    switch (decoder->colour_type) {
    case PNG_COLOR_TYPE_GRAY:
        for (uint32_t x = 0; x < width; x++, pixels += channels) {
            memset(pixels, samples[x], 3);
            if (channels == 4) pixels[3] = samples[x] == decoder->transparent[0] ? 0 : 255;
        }
        break;
    case PNG_COLOR_TYPE_GRAY_ALPHA:
        for (uint32_t x = 0; x < width; x++, pixels += 4) {
            memset(pixels, samples[2 * x], 3);
            pixels[3] = samples[2 * x + 1];
        }
        break;
    case PNG_COLOR_TYPE_RGB:
        if (channels == 3) {
            memcpy(pixels, samples, (size_t)width * 3);
            break;
        }
        for (uint32_t x = 0; x < width; x++, pixels += 4, samples += 3) {
            memcpy(pixels, samples, 3);
            bool is_transparent = samples[0] == decoder->transparent[0] && samples[1] == decoder->transparent[1] &&
                                  samples[2] == decoder->transparent[2];
            pixels[3] = is_transparent ? 0 : 255;
        }
        break;
    default: memcpy(pixels, samples, (size_t)width * 4);
    }
}

static void convert_16(const png_decoder *decoder, const uint8_t *samples, uint8_t *pixels, uint32_t channels) {
    bool has_colour = decoder->colour_type & PNG_COLOR_MASK_COLOR;
    int colours = has_colour ? 3 : 1;
    for (uint32_t x = 0; x < decoder->width; x++, pixels += channels, samples += decoder->pixel_bytes) {
        bool is_transparent = true;
        for (int part = 0; part < 3; part++) {
            const uint8_t *sample = samples + 2 * (has_colour ? part : 0);
            pixels[part] = scaled(sample);
            if (part < colours) is_transparent &= big16(sample) == decoder->transparent[part];
        }
        if (channels < 4) continue;
        bool has_alpha = decoder->colour_type & PNG_COLOR_MASK_ALPHA;
        pixels[3] = has_alpha ? scaled(samples + 2 * colours) : is_transparent ? 0 : 255;
    }
}

void ic_png_convert_row(const png_decoder *decoder, const uint8_t *samples, uint8_t *pixels) {
    uint32_t channels = decoder->base.header.channels;
    if (decoder->depth < 8 || decoder->colour_type == PNG_COLOR_TYPE_PALETTE)
        convert_small(decoder, samples, pixels, channels);
    else if (decoder->depth == 8) convert_8(decoder, samples, pixels, channels);
    else convert_16(decoder, samples, pixels, channels);
}

ic_status ic_png_read_raw_rows(png_decoder *decoder, ic_rows *rows) {
    ic_decoder *base = &decoder->base;
    uint32_t wanted = ic_next_rows(base), channels = base->header.channels;
    size_t raw_stride = decoder->row_bytes + 1, stride = (size_t)decoder->width * channels;
    uint8_t *first = decoder->raw + base->next_row * raw_stride;
    // Rows that are RGB or RGBA as they are stay where they are, unless the next ones are still to be predicted from them
    // when they have been converted.
    bool stays = decoder->depth == 8 && decoder->row_bytes == stride && !base->transform;
    for (uint32_t row = 0; row < wanted; row++) {
        uint8_t *raw = first + row * raw_stride;
        const uint8_t *before = base->next_row + row ? raw + 1 - raw_stride : decoder->zeros;
        if (raw[0] > 4) return ic_fail(base, IC_DAMAGED, "a row of the unknown filter %d", raw[0]);
        ic_png_unfilter(raw[0], raw + 1, before, decoder->row_bytes, decoder->pixel_bytes);
        if (!stays) ic_png_convert_row(decoder, raw + 1, base->band + row * stride);
    }
    *rows = stays ? (ic_rows){.pixels = first + 1, .stride = raw_stride, .count = wanted}
                  : (ic_rows){.pixels = base->band, .stride = stride, .count = wanted};
    return IC_OK;
}
