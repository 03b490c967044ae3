// GIF89a, as its specification words it: sections 18 to 26 and appendix F.
#include "codec.h"
#include "pages.h"
#include <stdlib.h>
#include <string.h>

enum { CODES = 4096, NONE = -1 };

typedef struct {
    ic_decoder base;
    uint8_t palette[256][4]; // R, G, B, alpha
    uint32_t left, top, width, height; // of the first frame on the canvas
    bool is_interlaced;
    ic_pages frame; // of an interlaced one all indices
    uint8_t *row;   // of the frame, indices

    // The table of strings: each is another one and a byte; the last one is being written out from its end.
    uint16_t prefix[CODES];
    uint8_t suffix[CODES], first[CODES];
    uint8_t pending[CODES + 1];
    int pending_count;
    int next_code, code_bits, minimum_bits, previous;
    uint32_t bits;
    int bit_count, block_left;
    bool is_ended; // the end code has come
} gif_decoder;

static int next_byte(gif_decoder *decoder) {
    int byte = ic_source_byte(&decoder->base.source);
    if (byte < 0) ic_fail_at_end(&decoder->base, "its blocks");
    return byte;
}

static bool read_bytes(gif_decoder *decoder, uint8_t *bytes, size_t count) {
    if (ic_source_read(&decoder->base.source, bytes, count) == count) return true;
    ic_fail_at_end(&decoder->base, "its blocks");
    return false;
}

/// Passes over data in blocks of up to 255 bytes, the last of which is empty.
static bool skip_blocks(gif_decoder *decoder) {
    for (;;) {
        int count = next_byte(decoder);
        if (count <= 0) return count == 0;
        ic_source_seek(&decoder->base.source, ic_source_position(&decoder->base.source) + (uint64_t)count);
    }
}

static bool read_palette(gif_decoder *decoder, int flags) {
    for (int index = 0; index < 256; index++) memcpy(decoder->palette[index], (uint8_t[4]){0, 0, 0, 255}, 4);
    for (int index = 0; index < 2 << (flags & 7); index++)
        if (!read_bytes(decoder, decoder->palette[index], 3)) return false;
    return true;
}

static unsigned little16(const uint8_t *bytes) { return (unsigned)bytes[0] | (unsigned)bytes[1] << 8; }

enum { EXTENSION = 0x21, GRAPHIC_CONTROL = 0xf9, FRAME = 0x2c, TRAILER = 0x3b, HAS_PALETTE = 0x80, INTERLACED = 0x40 };

/// Reads an extension; of that which controls the next frame, the transparent colour.
static bool read_extension(gif_decoder *decoder, int *transparent) {
    int label = next_byte(decoder);
    if (label < 0) return false;
    uint8_t control[5];
    if (label == GRAPHIC_CONTROL) {
        if (!read_bytes(decoder, control, 5)) return false;
        if (control[0] != 4) {
            ic_fail(&decoder->base, IC_DAMAGED, "a graphic control of %d bytes", control[0]);
            return false;
        }
        *transparent = control[1] & 1 ? control[4] : NONE;
    }
    return !decoder->base.status && skip_blocks(decoder);
}

/// Goes to the next frame or the end; which of them, or -1. What is no block is the end if a frame has been there: it says
/// nothing about that one.
static int next_part(gif_decoder *decoder, int *transparent, bool has_frame) {
    for (;;) {
        int kind = next_byte(decoder);
        if (kind == EXTENSION) {
            if (!read_extension(decoder, transparent)) return -1;
        } else if (kind == FRAME || kind == TRAILER || kind < 0) {
            return kind;
        } else if (kind != 0) { // some writers pad with zeros
            if (has_frame) return TRAILER;
            ic_fail(&decoder->base, IC_DAMAGED, "a block of the unknown kind 0x%02x", kind);
            return -1;
        }
    }
}

static ic_status read_header(ic_decoder *base, bool is_half) {
    (void)is_half;
    gif_decoder *decoder = (gif_decoder *)base;
    uint8_t screen[13], frame[9];
    if (!read_bytes(decoder, screen, sizeof screen)) return base->status;
    bool has_palette = screen[10] & HAS_PALETTE;
    if (has_palette && !read_palette(decoder, screen[10])) return base->status;
    int transparent = NONE, kind = next_part(decoder, &transparent, false);
    if (kind == TRAILER) return ic_fail(base, IC_DAMAGED, "it holds no frame");
    if (kind < 0 || !read_bytes(decoder, frame, sizeof frame)) return base->status;
    if (frame[8] & HAS_PALETTE && !read_palette(decoder, frame[8])) return base->status;
    if (!has_palette && !(frame[8] & HAS_PALETTE)) return ic_fail(base, IC_DAMAGED, "it has no colour table");
    if (transparent != NONE) decoder->palette[transparent][3] = 0;
    decoder->left = little16(frame), decoder->top = little16(frame + 2);
    decoder->width = little16(frame + 4), decoder->height = little16(frame + 6);
    decoder->is_interlaced = frame[8] & INTERLACED;
    if (!decoder->width || !decoder->height) return ic_fail(base, IC_DAMAGED, "its first frame has no pixels");
    // A first frame that does not fit makes the canvas larger, as browsers do.
    uint32_t width = little16(screen + 6), height = little16(screen + 8);
    if (width < decoder->left + decoder->width) width = decoder->left + decoder->width;
    if (height < decoder->top + decoder->height) height = decoder->top + decoder->height;
    bool is_opaque = transparent == NONE && width == decoder->width && height == decoder->height;
    base->header = (ic_header){
        .width = width,
        .height = height,
        .row_pixels = width,
        .row_count = height,
        .channels = is_opaque ? 3 : 4,
        .memory_bytes = decoder->is_interlaced ? (uint64_t)decoder->width * decoder->height : decoder->width,
    };
    return IC_OK;
}

static void clear_codes(gif_decoder *decoder) {
    decoder->next_code = (1 << decoder->minimum_bits) + 2;
    decoder->code_bits = decoder->minimum_bits + 1;
    decoder->previous = NONE;
}

/// The next code, or -1 where there is none.
static int next_code(gif_decoder *decoder) {
    while (decoder->bit_count < decoder->code_bits) {
        if (decoder->block_left == 0) {
            int count = next_byte(decoder);
            if (count < 0) return -1;
            if (count == 0) {
                ic_fail(&decoder->base, IC_TRUNCATED, "its first frame's data end too early");
                return -1;
            }
            decoder->block_left = count;
        }
        int byte = next_byte(decoder);
        if (byte < 0) return -1;
        decoder->block_left--;
        decoder->bits |= (uint32_t)byte << decoder->bit_count;
        decoder->bit_count += 8;
    }
    int code = (int)(decoder->bits & ((1u << decoder->code_bits) - 1));
    decoder->bits >>= decoder->code_bits;
    decoder->bit_count -= decoder->code_bits;
    return code;
}

/// Makes the next string pending, from its end on. False: there is none.
static bool next_string(gif_decoder *decoder) {
    int clear = 1 << decoder->minimum_bits, code;
    while ((code = next_code(decoder)) == clear) clear_codes(decoder);
    if (code < 0) return false;
    if (code == clear + 1) {
        ic_fail(&decoder->base, IC_TRUNCATED, "its first frame's data end too early");
        return false;
    }
    int known = code, count = 0;
    if (code >= decoder->next_code) {
        // The string that is made right now: the previous one and its own first byte.
        if (code != decoder->next_code || decoder->previous == NONE || code >= CODES) {
            ic_fail(&decoder->base, IC_DAMAGED, "a code that stands for nothing yet");
            return false;
        }
        decoder->pending[count++] = decoder->first[decoder->previous];
        known = decoder->previous;
    }
    uint8_t first = decoder->first[known];
    for (; known > clear; known = decoder->prefix[known]) decoder->pending[count++] = decoder->suffix[known];
    decoder->pending[count++] = decoder->suffix[known];
    decoder->pending_count = count;
    if (decoder->previous != NONE && decoder->next_code < CODES) {
        int made = decoder->next_code++;
        decoder->prefix[made] = (uint16_t)decoder->previous;
        decoder->suffix[made] = first;
        decoder->first[made] = decoder->first[decoder->previous];
        if (decoder->next_code == 1 << decoder->code_bits && decoder->code_bits < 12) decoder->code_bits++;
    }
    decoder->previous = code;
    return true;
}

static bool read_indices(gif_decoder *decoder, uint8_t *indices, size_t count) {
    while (count) {
        if (!decoder->pending_count && !next_string(decoder)) return false;
        while (decoder->pending_count && count) {
            *indices++ = decoder->pending[--decoder->pending_count];
            count--;
        }
    }
    return true;
}

static ic_status read_interlaced(gif_decoder *decoder) {
    static const uint32_t starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    if (!ic_pages_allocate(&decoder->frame, (size_t)decoder->width * decoder->height)) return ic_fail(&decoder->base, IC_NO_MEMORY, "no memory for its pixels");
    uint32_t done = 0;
    for (int pass = 0; pass < 4; pass++) {
        for (uint32_t y = starts[pass]; y < decoder->height; y += steps[pass]) {
            if (!read_indices(decoder, (uint8_t *)decoder->frame.start + (size_t)y * decoder->width, decoder->width) ||
                (++done % 64 == 0 && ic_is_late(&decoder->base)))
                return decoder->base.status;
        }
    }
    return IC_OK;
}

static ic_status start(ic_decoder *base) {
    gif_decoder *decoder = (gif_decoder *)base;
    int bits = next_byte(decoder);
    if (bits < 0) return base->status;
    // More than 8 make no sense, but some writers have them.
    if (bits < 1 || bits > 11) return ic_fail(base, IC_DAMAGED, "codes of %d bits", bits);
    decoder->minimum_bits = bits;
    for (int code = 0; code < 1 << bits; code++) decoder->suffix[code] = decoder->first[code] = (uint8_t)code;
    clear_codes(decoder);
    if (!ic_allocate_band(base, (size_t)base->header.width * base->header.channels)) return base->status;
    decoder->row = malloc(decoder->width);
    if (!decoder->row) return ic_fail(base, IC_NO_MEMORY, "no memory for its rows");
    return decoder->is_interlaced ? read_interlaced(decoder) : IC_OK;
}

/// Passes over what is left of the first frame and counts the others.
static ic_status read_rest(gif_decoder *decoder) {
    ic_decoder *base = &decoder->base;
    ic_source_seek(&base->source, ic_source_position(&base->source) + (uint64_t)decoder->block_left);
    if (!skip_blocks(decoder)) return base->status;
    int transparent = NONE, kind;
    uint32_t frames = 1;
    while ((kind = next_part(decoder, &transparent, true)) == FRAME) {
        uint8_t frame[9];
        if (++frames > base->limits.frames)
            return ic_fail(base, IC_TOO_LARGE, "more than %u frames", base->limits.frames);
        if (!read_bytes(decoder, frame, sizeof frame)) return base->status;
        uint64_t palette = frame[8] & HAS_PALETTE ? 6u << (frame[8] & 7) : 0;
        ic_source_seek(&base->source, ic_source_position(&base->source) + palette + 1);
        if (!skip_blocks(decoder)) return base->status;
    }
    return base->status;
}

static ic_status read_rows(ic_decoder *base, ic_rows *rows) {
    gif_decoder *decoder = (gif_decoder *)base;
    uint32_t wanted = ic_next_rows(base), channels = base->header.channels;
    if (!wanted) return read_rest(decoder);
    size_t stride = (size_t)base->header.width * channels;
    memset(base->band, 0, stride * wanted);
    for (uint32_t row = 0; row < wanted; row++) {
        // Above the first row of the frame this is beyond its height, too.
        uint32_t y = base->next_row + row - decoder->top;
        if (y >= decoder->height) continue;
        const uint8_t *indices = decoder->row;
        if (decoder->frame.start) indices = (const uint8_t *)decoder->frame.start + (size_t)y * decoder->width;
        else if (!read_indices(decoder, decoder->row, decoder->width)) return base->status;
        uint8_t *pixel = base->band + row * stride + (size_t)decoder->left * channels;
        for (uint32_t x = 0; x < decoder->width; x++, pixel += channels) memcpy(pixel, decoder->palette[indices[x]], channels);
    }
    *rows = (ic_rows){.pixels = base->band, .stride = stride, .count = wanted};
    return IC_OK;
}

static void close(ic_decoder *base) {
    gif_decoder *decoder = (gif_decoder *)base;
    ic_pages_free(&decoder->frame);
    free(decoder->row);
}

const ic_codec ic_codec_gif = {sizeof(gif_decoder), read_header, start, read_rows, close};
