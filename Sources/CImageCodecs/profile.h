// Colours to sRGB by a picture's ICC profile, with Little CMS.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A profile's bytes. Longer ones than this are passed over as if there were none: those of printers have 2 MB.
enum { IC_PROFILE_MAXIMUM = 4 << 20 };

typedef struct {
    uint8_t *bytes;
    size_t count;
} ic_profile;

/// What a picture's rows hold before they are converted.
typedef enum {
    IC_GREY,          // as RGB with all three alike
    IC_COLOUR,        // RGB or RGBA
    IC_INKS,          // CMYK, 255: all ink
    IC_INKS_INVERTED, // CMYK, 255: no ink
} ic_colours;

typedef struct ic_transform ic_transform;

/// Null where there is nothing to convert: no profile, a damaged one, one for other colours, or one that is sRGB within 1 of
/// 255. `has_alpha`: rows of RGBA.
ic_transform *ic_transform_open(const ic_profile *profile, ic_colours colours, bool has_alpha);
/// Converts a row in place: grey and colour.
void ic_transform_row(const ic_transform *transform, uint8_t *row, size_t pixels, uint32_t channels);
/// Converts a row of CMYK to RGB.
void ic_transform_inks(const ic_transform *transform, const uint8_t *inks, uint8_t *row, size_t pixels);
void ic_transform_close(ic_transform *transform);
