#include "CImageCodecs.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

struct ic_jpeg {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    ic_status status;
    char message[IC_MESSAGE];
    uint8_t *inks; // a row of CMYK
};

static ic_jpeg *decoder_of(j_common_ptr info) { return (ic_jpeg *)info; }

static void fail(j_common_ptr info) {
    ic_jpeg *decoder = decoder_of(info);
    char message[JMSG_LENGTH_MAX];
    info->err->format_message(info, message);
    snprintf(decoder->message, sizeof decoder->message, "%s", message);
    int code = info->err->msg_code;
    decoder->status = code == JWRN_HIT_MARKER || code == JWRN_JPEG_EOF || code == JERR_INPUT_EOF ? IC_TRUNCATED
                      : code == JERR_OUT_OF_MEMORY                                               ? IC_NO_MEMORY
                                                                                                 : IC_DAMAGED;
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

ic_jpeg *ic_jpeg_open(const uint8_t *bytes, size_t count) {
    ic_jpeg *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->info.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = fail;
    decoder->errors.emit_message = note;
    decoder->errors.output_message = stay_silent;
    if (setjmp(decoder->escape)) return decoder;
    jpeg_create_decompress(&decoder->info);
    jpeg_mem_src(&decoder->info, bytes, count);
    return decoder;
}

ic_status ic_jpeg_header(ic_jpeg *decoder, ic_header *header) {
    if (decoder->status) return decoder->status;
    if (setjmp(decoder->escape)) return decoder->status;
    struct jpeg_decompress_struct *info = &decoder->info;
    jpeg_read_header(info, TRUE);
    bool is_cmyk = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    *header = (ic_header){.width = info->image_width, .height = info->image_height, .channels = 3};
    uint64_t samples = 0;
    for (int index = 0; index < info->num_components; index++) {
        const jpeg_component_info *component = &info->comp_info[index];
        samples += (uint64_t)component->width_in_blocks * component->height_in_blocks * DCTSIZE2;
    }
    // Several scans: the coefficients of the whole picture are kept, two bytes each (libjpeg's structure.txt).
    // One scan: some rows of blocks.
    header->memory_bytes =
        jpeg_has_multiple_scans(info) ? samples * sizeof(JCOEF) : (uint64_t)info->image_width * 64 * 4;
    return IC_OK;
}

ic_status ic_jpeg_start(ic_jpeg *decoder, uint64_t memory_bytes) {
    if (decoder->status) return decoder->status;
    if (setjmp(decoder->escape)) return decoder->status;
    struct jpeg_decompress_struct *info = &decoder->info;
    // Beyond this libjpeg would write temporary files.
    info->mem->max_memory_to_use = memory_bytes > (1u << 30) ? 1 << 30 : (long)memory_bytes + (1 << 20);
    if (info->out_color_space == JCS_CMYK) {
        decoder->inks = malloc((size_t)info->image_width * 4);
        if (!decoder->inks) return decoder->status = IC_NO_MEMORY;
    }
    // A progressive picture is read scan by scan, and each scan is work: real ones have about ten.
    if (jpeg_has_multiple_scans(info)) {
        enum { MAXIMUM_SCANS = 100 };
        info->buffered_image = TRUE;
        jpeg_start_decompress(info);
        int state;
        do {
            state = jpeg_consume_input(info);
            if (info->input_scan_number > MAXIMUM_SCANS) {
                snprintf(decoder->message, sizeof decoder->message, "more than %d scans", MAXIMUM_SCANS);
                return decoder->status = IC_TOO_LARGE;
            }
            if (state == JPEG_SUSPENDED) {
                snprintf(decoder->message, sizeof decoder->message, "the data end within a scan");
                return decoder->status = IC_TRUNCATED;
            }
        } while (state != JPEG_REACHED_EOI);
        jpeg_start_output(info, info->input_scan_number);
    } else {
        jpeg_start_decompress(info);
    }
    return IC_OK;
}

// Adobe writes inks inverted: 255 is no ink. Red is what cyan and black let through.
static void paint_inks(const uint8_t *inks, uint8_t *pixels, uint32_t width, bool is_inverted) {
    for (uint32_t x = 0; x < width; x++, inks += 4, pixels += 3) {
        unsigned black = is_inverted ? inks[3] : 255u - inks[3];
        for (int ink = 0; ink < 3; ink++) {
            unsigned light = is_inverted ? inks[ink] : 255u - inks[ink];
            pixels[ink] = (uint8_t)((light * black + 127) / 255);
        }
    }
}

ic_status ic_jpeg_rows(ic_jpeg *decoder, uint8_t *pixels, uint32_t rows) {
    if (decoder->status) return decoder->status;
    if (setjmp(decoder->escape)) return decoder->status;
    struct jpeg_decompress_struct *info = &decoder->info;
    size_t stride = (size_t)info->output_width * 3;
    for (uint32_t row = 0; row < rows; row++, pixels += stride) {
        JSAMPROW line = decoder->inks ? decoder->inks : pixels;
        if (jpeg_read_scanlines(info, &line, 1) != 1) return decoder->status = IC_TRUNCATED;
        if (decoder->inks) paint_inks(decoder->inks, pixels, info->output_width, info->saw_Adobe_marker);
    }
    return IC_OK;
}

ic_status ic_jpeg_finish(ic_jpeg *decoder) {
    if (decoder->status) return decoder->status;
    if (setjmp(decoder->escape)) return decoder->status;
    if (decoder->info.buffered_image) jpeg_finish_output(&decoder->info);
    jpeg_finish_decompress(&decoder->info);
    return IC_OK;
}

const char *ic_jpeg_message(const ic_jpeg *decoder) { return decoder->message; }

void ic_jpeg_close(ic_jpeg *decoder) {
    if (!setjmp(decoder->escape)) jpeg_destroy_decompress(&decoder->info);
    free(decoder->inks);
    free(decoder);
}
