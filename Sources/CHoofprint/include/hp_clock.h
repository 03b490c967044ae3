// Clocks of the recorder: ticks for durations, the thread's CPU clock for on-CPU time.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/// The clock that ticks come from, chosen by `hp_clock_start`.
typedef enum {
    HP_CLOCK_MONOTONIC = 0, // clock_gettime(CLOCK_MONOTONIC): one tick is one nanosecond
    HP_CLOCK_COUNTER = 1,   // the processor's counter: rdtsc on x86-64, cntvct_el0 on arm64
} hp_clock_kind;

extern hp_clock_kind hp_clock;

/// Ticks a nanosecond times 2^32, measured at start and refined at flushes. Converts the CPU clock's nanoseconds to ticks.
extern uint64_t hp_ticks_per_ns_q32;

/// How old a reading of the thread's CPU clock may grow, in ticks (20 microseconds).
extern uint64_t hp_anchor_age;

/// Chooses and calibrates the clock: the counter where it may be used, is said to be fit, and two threads see that it is. Takes
/// about a millisecond. Called once, before recording is switched on.
void hp_clock_start(bool may_use_counter);

/// Nanoseconds of `clock`.
static inline uint64_t hp_clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Reads the counter and the monotonic clock at one instant, to within a few tens of nanoseconds.
void hp_clock_pair(uint64_t *ticks, uint64_t *monotonic_ns);

/// Reads the processor's counter, whether or not it is fit: 10 ns for rdtsc.
static inline __attribute__((always_inline)) uint64_t hp_counter(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return hp_clock_ns(CLOCK_MONOTONIC);
#endif
}

/// Reads the tick clock: the counter where it is fit, else clock_gettime (21 ns where it was measured).
static inline __attribute__((always_inline)) uint64_t hp_ticks(void) {
    return __builtin_expect(hp_clock == HP_CLOCK_COUNTER, 1) ? hp_counter() : hp_clock_ns(CLOCK_MONOTONIC);
}
