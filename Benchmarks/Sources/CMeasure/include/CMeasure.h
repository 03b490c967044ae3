// How every row of the table of peers is timed: the same C for programs in C, C++ and Swift.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "counter.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What a span is put around: a call that does nothing and is not inlined.
void measure_leaf(void);

/// Puts `count` spans around the leaf, on the calling thread.
typedef void (*measured_spans)(long count);

/// Times spans beside two bare counter reads, in alternating rounds, on threads pinned to a processor each, and prints
///
///     NAME threads=N ns=NANOSECONDS floor=NANOSECONDS
///
/// per begin and end, medians of the rounds, the mean of the threads. The program's arguments are `THREADS ROUNDS`.
/// Answers the program's exit status.
int measure_run(const char *name, measured_spans spans, long count, int argc, char **argv);

/// Pins the calling thread to the `index`th of the processors that the process may run on, counted from the last one, which
/// a system gives less of its own work than the first. False: the system refuses.
bool measure_pin(int index);

/// Nanoseconds of the monotonic clock, and of the calling thread's CPU clock.
uint64_t measure_monotonic(void);
uint64_t measure_thread_cpu(void);

#ifdef __cplusplus
}
#endif
