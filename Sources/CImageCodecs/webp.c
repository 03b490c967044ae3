#include "codec.h"
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

// libwebp has no way to give out rows and forget them: the picture is kept whole, and counted row by row as it is filled.
typedef struct {
    ic_decoder base;
    WebPDemuxer *parts;
    WebPIterator frame; // the first one
    bool has_frame;
    WebPDecoderConfig config;
    WebPIDecoder *incremental;
    uint8_t *canvas;
    size_t fed;         // bytes of the frame given to the decoder
    uint32_t decoded;   // rows of the frame
} webp_decoder;

static ic_status fail(webp_decoder *decoder, VP8StatusCode code) {
    switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY: return ic_fail(&decoder->base, IC_NO_MEMORY, "no memory to decode it");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return ic_fail_at_end(&decoder->base, "the picture");
    case VP8_STATUS_UNSUPPORTED_FEATURE: return ic_fail(&decoder->base, IC_DAMAGED, "it uses what no WebP has");
    default: return ic_fail(&decoder->base, IC_DAMAGED, "its WebP data break the format's rules");
    }
}

/// Copies a chunk that the file holds besides its frames, or shows it to `see`.
static void read_extras(webp_decoder *decoder) {
    WebPChunkIterator chunk;
    if (WebPDemuxGetChunk(decoder->parts, "EXIF", 1, &chunk)) {
        const uint8_t *bytes = chunk.chunk.bytes;
        size_t count = chunk.chunk.size;
        // Some writers put JPEG's marker name in front.
        bool has_name = count > 6 && !memcmp(bytes, "Exif\0\0", 6);
        decoder->base.orientation = ic_exif_orientation(bytes + (has_name ? 6 : 0), count - (has_name ? 6 : 0));
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    if (WebPDemuxGetChunk(decoder->parts, "ICCP", 1, &chunk)) {
        ic_profile *profile = &decoder->base.profile;
        if (chunk.chunk.size <= IC_PROFILE_MAXIMUM) profile->bytes = malloc(chunk.chunk.size + 1);
        if (profile->bytes) {
            profile->count = chunk.chunk.size;
            memcpy(profile->bytes, chunk.chunk.bytes, chunk.chunk.size);
        }
        WebPDemuxReleaseChunkIterator(&chunk);
    }
}

static ic_status read_header(ic_decoder *base, bool is_half) {
    (void)is_half;
    webp_decoder *decoder = (webp_decoder *)base;
    size_t count = 0;
    const uint8_t *bytes = ic_source_whole(&base->source, &count);
    if (!bytes) return base->source.error ? ic_fail_at_end(base, "the file") : ic_fail(base, IC_NO_MEMORY, "no memory for its bytes");
    WebPDemuxState state;
    decoder->parts = WebPDemuxPartial(&(WebPData){bytes, count}, &state);
    if (state != WEBP_DEMUX_DONE || !decoder->parts)
        return state == WEBP_DEMUX_PARSE_ERROR ? fail(decoder, VP8_STATUS_BITSTREAM_ERROR) : ic_fail_at_end(base, "its chunks");
    uint32_t frames = WebPDemuxGetI(decoder->parts, WEBP_FF_FRAME_COUNT);
    if (frames > base->limits.frames)
        return ic_fail(base, IC_TOO_LARGE, "%u frames, the limit is %u", frames, base->limits.frames);
    if (!WebPDemuxGetFrame(decoder->parts, 1, &decoder->frame)) return ic_fail(base, IC_DAMAGED, "it holds no frame");
    decoder->has_frame = true;
    if (!WebPInitDecoderConfig(&decoder->config)) return ic_fail(base, IC_DAMAGED, "another libwebp than it was built for");
    VP8StatusCode code =
        WebPGetFeatures(decoder->frame.fragment.bytes, decoder->frame.fragment.size, &decoder->config.input);
    if (code != VP8_STATUS_OK) return fail(decoder, code);
    read_extras(decoder);
    uint32_t width = WebPDemuxGetI(decoder->parts, WEBP_FF_CANVAS_WIDTH);
    uint32_t height = WebPDemuxGetI(decoder->parts, WEBP_FF_CANVAS_HEIGHT);
    const WebPBitstreamFeatures *features = &decoder->config.input;
    // What a first frame leaves of the canvas is transparent.
    bool is_part = features->width != (int)width || features->height != (int)height;
    base->header = (ic_header){
        .width = width,
        .height = height,
        .row_pixels = width,
        .row_count = height,
        .channels = features->has_alpha || is_part ? 4 : 3,
    };
    // The pixels, and of a lossless picture those it was predicted from, of a lossy one its alpha.
    uint64_t pixels = (uint64_t)width * height;
    bool is_lossy = features->format == 1;
    base->header.memory_bytes =
        pixels * base->header.channels + (is_lossy ? (features->has_alpha ? pixels : 0) : pixels * 4) + (1 << 20);
    return IC_OK;
}

static ic_status start(ic_decoder *base) {
    webp_decoder *decoder = (webp_decoder *)base;
    const ic_header *header = &base->header;
    const WebPIterator *frame = &decoder->frame;
    if (frame->x_offset < 0 || frame->y_offset < 0 || decoder->config.input.width > (int)header->width - frame->x_offset ||
        decoder->config.input.height > (int)header->height - frame->y_offset)
        return ic_fail(base, IC_DAMAGED, "its first frame lies outside of its canvas");
    size_t stride = (size_t)header->width * header->channels, count = stride * header->height;
    decoder->canvas = calloc(count, 1);
    if (!decoder->canvas) return ic_fail(base, IC_NO_MEMORY, "no memory for its pixels");
    size_t first = (size_t)frame->y_offset * stride + (size_t)frame->x_offset * header->channels;
    WebPDecBuffer *output = &decoder->config.output;
    output->colorspace = header->channels == 4 ? MODE_RGBA : MODE_RGB;
    output->is_external_memory = 1;
    output->u.RGBA.rgba = decoder->canvas + first;
    output->u.RGBA.stride = (int)stride;
    output->u.RGBA.size = count - first;
    base->transform = ic_transform_open(&base->profile, IC_COLOUR, header->channels == 4);
    decoder->incremental = WebPIDecode(NULL, 0, &decoder->config);
    if (!decoder->incremental) return ic_fail(base, IC_NO_MEMORY, "no memory to decode it");
    return IC_OK;
}

/// Goes on until there are rows past the canvas's `row`.
static ic_status decode_past(webp_decoder *decoder, uint32_t row) {
    enum { PIECE = 32 << 10 };
    uint32_t top = (uint32_t)decoder->frame.y_offset, height = (uint32_t)decoder->config.input.height;
    while (row >= top && decoder->decoded < height && row >= top + decoder->decoded) {
        size_t left = decoder->frame.fragment.size - decoder->fed;
        decoder->fed += left < PIECE ? left : PIECE;
        VP8StatusCode code = WebPIUpdate(decoder->incremental, decoder->frame.fragment.bytes, decoder->fed);
        if (code != VP8_STATUS_OK && (code != VP8_STATUS_SUSPENDED || left == 0)) return fail(decoder, code);
        int last = 0;
        WebPIDecGetRGB(decoder->incremental, &last, NULL, NULL, NULL);
        decoder->decoded = code == VP8_STATUS_OK ? height : last > 0 ? (uint32_t)last : 0;
        if (ic_is_late(&decoder->base)) return decoder->base.status;
    }
    return IC_OK;
}

static ic_status read_rows(ic_decoder *base, ic_rows *rows) {
    webp_decoder *decoder = (webp_decoder *)base;
    const ic_header *header = &base->header;
    if (base->next_row == header->row_count) return IC_OK;
    if (decode_past(decoder, base->next_row)) return base->status;
    // Rows above the frame come alone, those from its end on with it.
    uint32_t top = (uint32_t)decoder->frame.y_offset, end = header->row_count;
    if (base->next_row < top) end = top;
    else if (decoder->decoded < (uint32_t)decoder->config.input.height) end = top + decoder->decoded;
    size_t stride = (size_t)header->width * header->channels;
    *rows = (ic_rows){
        .pixels = decoder->canvas + base->next_row * stride, .stride = stride, .count = end - base->next_row};
    return IC_OK;
}

static void close(ic_decoder *base) {
    webp_decoder *decoder = (webp_decoder *)base;
    if (decoder->incremental) WebPIDelete(decoder->incremental);
    WebPFreeDecBuffer(&decoder->config.output);
    if (decoder->has_frame) WebPDemuxReleaseIterator(&decoder->frame);
    if (decoder->parts) WebPDemuxDelete(decoder->parts);
    free(decoder->canvas);
}

const ic_codec ic_codec_webp = {sizeof(webp_decoder), read_header, start, read_rows, close};
