// The processor's counter: two reads of it are the floor of every span recorder.
#pragma once
#include <stdint.h>
#include <time.h>

static inline __attribute__((always_inline)) uint64_t counter_read(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

/// Keeps the compiler from taking work out of a loop.
static inline __attribute__((always_inline)) void keep(uint64_t value) { __asm__ volatile("" : : "r"(value) : "memory"); }
