#include "tally.h"

#if defined(__aarch64__)
#include <arm_neon.h>

enum { WIDTH = 16 };
typedef uint8x16_t vector, mask, count;
typedef uint32x4_t sum;
#define TALLY ic_tally_rows_neon

static inline vector least(vector a, vector b) { return vminq_u8(a, b); }
static inline vector most(vector a, vector b) { return vmaxq_u8(a, b); }
static inline vector minus(vector a, vector b) { return vsubq_u8(a, b); }
static inline vector plus_capped(vector a, vector b) { return vqaddq_u8(a, b); }
static inline vector minus_capped(vector a, vector b) { return vqsubq_u8(a, b); }
static inline vector of_byte(int value) { return vdupq_n_u8((uint8_t)value); }
static inline mask is_equal(vector a, vector b) { return vceqq_u8(a, b); }
static inline mask is_zero(vector a) { return vceqzq_u8(a); }
static inline mask has_top_bit(vector a) { return vcltzq_s8(vreinterpretq_s8_u8(a)); }
static inline mask both(mask a, mask b) { return vandq_u8(a, b); }
static inline vector either_of(vector a, vector b) { return vorrq_u8(a, b); }
static inline vector keep(mask which, vector a) { return vandq_u8(which, a); }
static inline vector choose(mask which, vector a, vector b) { return vbslq_u8(which, a, b); }
static inline void add_bytes(sum *total, vector bytes) { *total = vpadalq_u16(*total, vpaddlq_u8(bytes)); }
static inline uint64_t sum_total(sum total) { return vaddlvq_u32(total); }
static inline void add_mask(count *total, mask which) { *total = vsubq_u8(*total, which); }
static inline uint64_t count_total(count total) { return vaddlvq_u8(total); }

static inline void add_cells(uint64_t *cells, mask which) {
    vst1q_u64(cells, vpadalq_u32(vld1q_u64(cells), vpaddlq_u16(vpaddlq_u8(vshrq_n_u8(which, 7)))));
}

static inline void load_rgb(const uint8_t *pixels, vector parts[4]) {
    uint8x16x3_t all = vld3q_u8(pixels);
    for (int part = 0; part < 3; part++) parts[part] = all.val[part];
}

static inline void load_rgba(const uint8_t *pixels, vector parts[4]) {
    uint8x16x4_t all = vld4q_u8(pixels);
    for (int part = 0; part < 4; part++) parts[part] = all.val[part];
}

#include "tally_vectors.h"
#endif
