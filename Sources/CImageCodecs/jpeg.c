#include "jpeg.h"
#include <jerror.h>
#include <stdlib.h>
#include <string.h>

jpeg_decoder *ic_jpeg_decoder_of(void *info) { return (jpeg_decoder *)((char *)info - offsetof(jpeg_decoder, info)); }

static void fail(j_common_ptr info) {
    jpeg_decoder *decoder = ic_jpeg_decoder_of(info);
    char message[JMSG_LENGTH_MAX];
    info->err->format_message(info, message);
    int code = info->err->msg_code;
    if (code == JERR_INPUT_EOF) ic_fail_at_end(&decoder->base, decoder->place);
    else if (code == JERR_OUT_OF_MEMORY) ic_fail(&decoder->base, IC_NO_MEMORY, "%s", message);
    else ic_fail(&decoder->base, code == JWRN_HIT_MARKER ? IC_TRUNCATED : IC_DAMAGED, "%s", message);
    longjmp(decoder->escape, 1);
}

// libjpeg goes on after corrupt data and paints grey; here a picture is whole or refused. Warnings (levels below 0)
// that say nothing about the pixels are passed over.
static void note(j_common_ptr info, int level) {
    int code = info->err->msg_code;
    if (level >= 0 || code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
    fail(info);
}

static void stay_silent(j_common_ptr info) { (void)info; }

static ic_status read_header(ic_decoder *base, bool is_half) {
    jpeg_decoder *decoder = (jpeg_decoder *)base;
    struct jpeg_decompress_struct *info = &decoder->info;
    info->err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = fail;
    decoder->errors.emit_message = note;
    decoder->errors.output_message = stay_silent;
    decoder->place = "the header";
    if (setjmp(decoder->escape)) return base->status;
    jpeg_create_decompress(info);
    ic_jpeg_use_source(decoder);
    ic_jpeg_use_markers(decoder);
    jpeg_read_header(info, TRUE);
    bool is_cmyk = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    info->scale_num = 1;
    info->scale_denom = is_half ? 2 : 1;
    jpeg_calc_output_dimensions(info);
    base->header = (ic_header){
        .width = info->image_width,
        .height = info->image_height,
        .row_pixels = info->output_width,
        .row_count = info->output_height,
        .channels = 3,
    };
    uint64_t samples = 0;
    for (int index = 0; index < info->num_components; index++) {
        const jpeg_component_info *component = &info->comp_info[index];
        samples += (uint64_t)component->width_in_blocks * component->height_in_blocks * DCTSIZE2;
    }
    // Several scans: the coefficients of the whole picture are kept, two bytes each (libjpeg's structure.txt).
    // One scan: some rows of blocks.
    base->header.memory_bytes =
        jpeg_has_multiple_scans(info) ? samples * sizeof(JCOEF) : (uint64_t)info->image_width * 64 * 4;
    return IC_OK;
}

/// A progressive picture is read scan by scan before any row comes out, and each scan is work: real ones have about ten.
static ic_status read_scans(jpeg_decoder *decoder) {
    enum { MAXIMUM_SCANS = 100 };
    struct jpeg_decompress_struct *info = &decoder->info;
    info->buffered_image = TRUE;
    jpeg_start_decompress(info);
    unsigned steps = 0;
    while (jpeg_consume_input(info) != JPEG_REACHED_EOI) {
        if (info->input_scan_number > MAXIMUM_SCANS)
            return ic_fail(&decoder->base, IC_TOO_LARGE, "more than %d scans", MAXIMUM_SCANS);
        if (++steps % 16 == 0 && ic_is_late(&decoder->base)) return decoder->base.status;
    }
    jpeg_start_output(info, info->input_scan_number);
    return IC_OK;
}

static ic_status start(ic_decoder *base) {
    jpeg_decoder *decoder = (jpeg_decoder *)base;
    struct jpeg_decompress_struct *info = &decoder->info;
    if (setjmp(decoder->escape)) return base->status;
    // Beyond this libjpeg would write temporary files.
    info->mem->max_memory_to_use =
        base->limits.memory_bytes > (1u << 30) ? 1 << 30 : (long)base->limits.memory_bytes + (1 << 20);
    if (!ic_allocate_band(base, (size_t)info->output_width * 3)) return base->status;
    if (info->out_color_space == JCS_CMYK) {
        // Adobe writes inks inverted: 255 is no ink.
        decoder->inks_colours =
            ic_transform_open(&base->profile, info->saw_Adobe_marker ? IC_INKS_INVERTED : IC_INKS, false);
        decoder->inks = malloc((size_t)info->output_width * 4);
        if (!decoder->inks) return ic_fail(base, IC_NO_MEMORY, "no memory for its rows");
    } else {
        base->transform =
            ic_transform_open(&base->profile, info->num_components == 1 ? IC_GREY : IC_COLOUR, false);
    }
    decoder->place = "the picture";
    if (jpeg_has_multiple_scans(info)) return read_scans(decoder);
    jpeg_start_decompress(info);
    return IC_OK;
}

/// Without a profile: a component is what its ink and black let through.
static void paint_inks(const uint8_t *inks, uint8_t *pixels, uint32_t width, bool is_inverted) {
    for (uint32_t index = 0; index < width; index++, inks += 4, pixels += 3) {
        unsigned black = is_inverted ? inks[3] : 255u - inks[3];
        for (int ink = 0; ink < 3; ink++) {
            unsigned light = is_inverted ? inks[ink] : 255u - inks[ink];
            pixels[ink] = (uint8_t)((light * black + 127) / 255);
        }
    }
}

static void read_inks(jpeg_decoder *decoder, uint8_t *pixels) {
    struct jpeg_decompress_struct *info = &decoder->info;
    JSAMPROW row = decoder->inks;
    jpeg_read_scanlines(info, &row, 1);
    if (decoder->inks_colours) ic_transform_inks(decoder->inks_colours, row, pixels, info->output_width);
    else paint_inks(row, pixels, info->output_width, info->saw_Adobe_marker);
}

static ic_status read_rows(ic_decoder *base, ic_rows *rows) {
    jpeg_decoder *decoder = (jpeg_decoder *)base;
    struct jpeg_decompress_struct *info = &decoder->info;
    if (setjmp(decoder->escape)) return base->status;
    uint32_t wanted = ic_next_rows(base);
    size_t stride = (size_t)info->output_width * 3;
    for (uint32_t row = 0; row < wanted;) {
        uint8_t *next = base->band + row * stride;
        if (decoder->inks) {
            read_inks(decoder, next);
            row++;
            continue;
        }
        JSAMPROW lines[16];
        uint32_t count = wanted - row < 16 ? wanted - row : 16;
        for (uint32_t index = 0; index < count; index++) lines[index] = next + index * stride;
        row += jpeg_read_scanlines(info, lines, count);
    }
    if (!wanted) {
        decoder->place = "what follows the last row";
        if (info->buffered_image) jpeg_finish_output(info);
        jpeg_finish_decompress(info);
    }
    *rows = (ic_rows){.pixels = base->band, .stride = stride, .count = wanted};
    return IC_OK;
}

static void close(ic_decoder *base) {
    jpeg_decoder *decoder = (jpeg_decoder *)base;
    if (decoder->info.mem && !setjmp(decoder->escape)) jpeg_destroy_decompress(&decoder->info);
    ic_transform_close(decoder->inks_colours);
    free(decoder->inks);
}

const ic_codec ic_codec_jpeg = {sizeof(jpeg_decoder), read_header, start, read_rows, close};
