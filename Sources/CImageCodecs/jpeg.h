// The JPEG decoder's parts.
#pragma once
#include "codec.h"
#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>

typedef struct {
    ic_decoder base;
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    jmp_buf escape;
    const char *place;         // what is being read, for messages
    ic_transform *inks_colours; // from CMYK to sRGB; null: by rule
    uint8_t *inks;             // a row of CMYK
    unsigned profile_parts;    // of the ICC profile read so far
    bool is_profile_refused;
} jpeg_decoder;

/// The decoder whose `info` libjpeg hands over.
jpeg_decoder *ic_jpeg_decoder_of(void *info);
/// Lets libjpeg read from the decoder's source.
void ic_jpeg_use_source(jpeg_decoder *decoder);
/// Lets EXIF's orientation and the ICC profile be kept, bounded, as they are passed.
void ic_jpeg_use_markers(jpeg_decoder *decoder);
