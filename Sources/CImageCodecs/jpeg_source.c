#include "jpeg.h"
#include <jerror.h>
#include <stdlib.h>
#include <string.h>

static void begin_source(j_decompress_ptr info) { (void)info; }
static void end_source(j_decompress_ptr info) { (void)info; }

static boolean fill_source(j_decompress_ptr info) {
    jpeg_decoder *decoder = ic_jpeg_decoder_of(info);
    size_t count = ic_source_take(&decoder->base.source, &decoder->source.next_input_byte);
    if (!count) ERREXIT(info, JERR_INPUT_EOF);
    decoder->source.bytes_in_buffer = count;
    return TRUE;
}

static void skip_source(j_decompress_ptr info, long count) {
    jpeg_decoder *decoder = ic_jpeg_decoder_of(info);
    if (count <= 0) return;
    size_t behind = (size_t)count;
    if (behind <= decoder->source.bytes_in_buffer) {
        decoder->source.next_input_byte += behind;
        decoder->source.bytes_in_buffer -= behind;
        return;
    }
    behind -= decoder->source.bytes_in_buffer;
    decoder->source.bytes_in_buffer = 0;
    ic_source_seek(&decoder->base.source, ic_source_position(&decoder->base.source) + behind);
}

void ic_jpeg_use_source(jpeg_decoder *decoder) {
    decoder->source = (struct jpeg_source_mgr){
        .init_source = begin_source,
        .fill_input_buffer = fill_source,
        .skip_input_data = skip_source,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = end_source,
    };
    decoder->info.src = &decoder->source;
}

static void read_bytes(j_decompress_ptr info, uint8_t *bytes, size_t count) {
    struct jpeg_source_mgr *source = info->src;
    while (count) {
        if (!source->bytes_in_buffer) source->fill_input_buffer(info);
        size_t piece = source->bytes_in_buffer < count ? source->bytes_in_buffer : count;
        memcpy(bytes, source->next_input_byte, piece);
        source->next_input_byte += piece;
        source->bytes_in_buffer -= piece;
        bytes += piece;
        count -= piece;
    }
}

static size_t marker_length(j_decompress_ptr info) {
    uint8_t length[2];
    read_bytes(info, length, 2);
    size_t count = (size_t)length[0] << 8 | length[1];
    return count > 2 ? count - 2 : 0;
}

static boolean read_exif(j_decompress_ptr info) {
    jpeg_decoder *decoder = ic_jpeg_decoder_of(info);
    size_t count = marker_length(info);
    // The directory with the orientation comes first, if not always: what is further behind is not looked at.
    uint8_t content[4096];
    size_t kept = count < sizeof content ? count : sizeof content;
    read_bytes(info, content, kept);
    if (kept > 6 && !memcmp(content, "Exif\0\0", 6)) {
        int orientation = ic_exif_orientation(content + 6, kept - 6);
        if (orientation != 1) decoder->base.orientation = orientation;
    }
    skip_source(info, (long)(count - kept));
    return TRUE;
}

/// An ICC profile comes in parts, numbered from 1 on, in that order. (ICC.1:2022, B.4.)
static boolean read_profile(j_decompress_ptr info) {
    jpeg_decoder *decoder = ic_jpeg_decoder_of(info);
    ic_profile *profile = &decoder->base.profile;
    size_t count = marker_length(info);
    uint8_t head[14];
    size_t kept = count < sizeof head ? count : sizeof head;
    read_bytes(info, head, kept);
    count -= kept;
    if (kept == sizeof head && !memcmp(head, "ICC_PROFILE", 12) && !decoder->is_profile_refused) {
        uint8_t *bytes = NULL;
        if (head[12] == decoder->profile_parts + 1 && profile->count + count <= IC_PROFILE_MAXIMUM)
            bytes = realloc(profile->bytes, profile->count + count + 1);
        if (bytes) {
            profile->bytes = bytes;
            read_bytes(info, bytes + profile->count, count);
            profile->count += count;
            decoder->profile_parts++;
            return TRUE;
        }
        decoder->is_profile_refused = true;
        free(profile->bytes);
        *profile = (ic_profile){0};
    }
    skip_source(info, (long)count);
    return TRUE;
}

void ic_jpeg_use_markers(jpeg_decoder *decoder) {
    jpeg_set_marker_processor(&decoder->info, JPEG_APP0 + 1, read_exif);
    jpeg_set_marker_processor(&decoder->info, JPEG_APP0 + 2, read_profile);
}
