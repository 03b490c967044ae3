#include "profile.h"
#include <lcms2.h>
#include <lcms2_plugin.h>
#include <stdlib.h>
#include <string.h>

struct ic_transform {
    cmsContext context;
    cmsHTRANSFORM transform;
    bool is_grey;
    uint8_t grey[256][3];
};

// A profile of some bytes may ask for a table of gigabytes; those in use take at most some megabytes at once.
enum { ALLOCATION_MAXIMUM = 16 << 20 };

static void *allocate(cmsContext context, cmsUInt32Number count) {
    (void)context;
    return count <= ALLOCATION_MAXIMUM ? malloc(count) : NULL;
}

static void release(cmsContext context, void *bytes) {
    (void)context;
    free(bytes);
}

static void *reallocate(cmsContext context, void *bytes, cmsUInt32Number count) {
    (void)context;
    return count <= ALLOCATION_MAXIMUM ? realloc(bytes, count) : NULL;
}

static cmsPluginMemHandler memory = {
    .base = {cmsPluginMagicNumber, 2060, cmsPluginMemHandlerSig, NULL},
    .MallocPtr = allocate,
    .FreePtr = release,
    .ReallocPtr = reallocate,
};

static bool is_identity(cmsHTRANSFORM transform) {
    uint8_t colours[9 * 9 * 9][3], converted[9 * 9 * 9][3];
    for (int index = 0; index < 9 * 9 * 9; index++) {
        int steps[3] = {index / 81, index / 9 % 9, index % 9};
        for (int part = 0; part < 3; part++) colours[index][part] = (uint8_t)(steps[part] * 255 / 8);
    }
    cmsDoTransform(transform, colours, converted, 9 * 9 * 9);
    for (int index = 0; index < 9 * 9 * 9; index++)
        for (int part = 0; part < 3; part++)
            if (abs(colours[index][part] - converted[index][part]) > 1) return false;
    return true;
}

static cmsColorSpaceSignature space_of(ic_colours colours) {
    return colours == IC_GREY ? cmsSigGrayData : colours == IC_COLOUR ? cmsSigRgbData : cmsSigCmykData;
}

static cmsUInt32Number layout_of(ic_colours colours, bool has_alpha) {
    switch (colours) {
    case IC_GREY: return TYPE_GRAY_8;
    case IC_COLOUR: return has_alpha ? TYPE_RGBA_8 : TYPE_RGB_8;
    case IC_INKS: return TYPE_CMYK_8;
    default: return TYPE_CMYK_8_REV;
    }
}

/// Null: none that fits.
static cmsHTRANSFORM make(cmsContext context, const ic_profile *profile, cmsColorSpaceSignature space,
                          cmsUInt32Number from, cmsUInt32Number to) {
    cmsHPROFILE source = cmsOpenProfileFromMemTHR(context, profile->bytes, (cmsUInt32Number)profile->count);
    cmsHPROFILE target = source && cmsGetColorSpace(source) == space ? cmsCreate_sRGBProfileTHR(context) : NULL;
    cmsUInt32Number flags = cmsFLAGS_NOCACHE | (T_EXTRA(from) ? cmsFLAGS_COPY_ALPHA : 0);
    cmsHTRANSFORM transform =
        target ? cmsCreateTransformTHR(context, source, from, target, to, INTENT_PERCEPTUAL, flags) : NULL;
    if (source) cmsCloseProfile(source);
    if (target) cmsCloseProfile(target);
    return transform;
}

ic_transform *ic_transform_open(const ic_profile *profile, ic_colours colours, bool has_alpha) {
    if (!profile->bytes) return NULL;
    ic_transform *result = calloc(1, sizeof *result);
    if (!result) return NULL;
    result->context = cmsCreateContext(&memory, NULL);
    cmsUInt32Number from = layout_of(colours, has_alpha), to = has_alpha && colours == IC_COLOUR ? TYPE_RGBA_8 : TYPE_RGB_8;
    if (result->context) {
        if (colours == IC_COLOUR) {
            cmsHTRANSFORM plain = make(result->context, profile, cmsSigRgbData, TYPE_RGB_8, TYPE_RGB_8);
            bool is_needed = plain && !is_identity(plain);
            if (!has_alpha && is_needed) result->transform = plain;
            else if (plain) cmsDeleteTransform(plain);
            if (has_alpha && is_needed) result->transform = make(result->context, profile, cmsSigRgbData, from, to);
        } else {
            result->transform = make(result->context, profile, space_of(colours), from, to);
        }
    }
    if (!result->transform) {
        ic_transform_close(result);
        return NULL;
    }
    result->is_grey = colours == IC_GREY;
    if (result->is_grey) {
        uint8_t all[256];
        for (int value = 0; value < 256; value++) all[value] = (uint8_t)value;
        cmsDoTransform(result->transform, all, result->grey, 256);
    }
    return result;
}

void ic_transform_row(const ic_transform *transform, uint8_t *row, size_t pixels, uint32_t channels) {
    if (!transform->is_grey) {
        cmsDoTransform(transform->transform, row, row, (cmsUInt32Number)pixels);
        return;
    }
    for (size_t index = 0; index < pixels; index++, row += channels) memcpy(row, transform->grey[row[0]], 3);
}

void ic_transform_inks(const ic_transform *transform, const uint8_t *inks, uint8_t *row, size_t pixels) {
    cmsDoTransform(transform->transform, inks, row, (cmsUInt32Number)pixels);
}

void ic_transform_close(ic_transform *transform) {
    if (!transform) return;
    if (transform->transform) cmsDeleteTransform(transform->transform);
    if (transform->context) cmsDeleteContext(transform->context);
    free(transform);
}
