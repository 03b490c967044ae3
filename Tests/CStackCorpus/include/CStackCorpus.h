// The parts of the stack corpus that are in C and C++, compiled without frame pointers, and its sampler.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Work that the compiler cannot leave out: some microseconds.
uint64_t corpus_work(uint64_t seed);

/// Each goes on until `corpus_is_over`.
void corpus_plain(void);          // C, a chain of calls, alloca, arrays of variable length
void corpus_large_frames(void);   // frames of more than 16 KiB
void corpus_libc(void);           // memcpy, memset, strlen, qsort with a callback
void corpus_system_calls(void);   // getppid, write, futex
void corpus_malloc(void);
void corpus_virtual_calls(void);  // C++
void corpus_exceptions(void);
void corpus_loaded(const char *library); // code of a library that is loaded meanwhile
void corpus_alternate_stack(void); // a signal's handler on a stack of its own
void corpus_tiny_thread(void);    // a thread with a stack of 16 KiB

/// qsort(3) with a callback in Swift.
void corpus_sort(int (*compare)(const void *, const void *));

/// Ends the cases after some seconds of the process's CPU time.
void corpus_start_time(double cpu_seconds);
bool corpus_is_over(void);

/// Samples this process from a thread of its own, and ends that after the time; each sample is a line on standard output.
void corpus_start_sampling(uint32_t per_second);
void corpus_stop_sampling(void);

/// Asks a thread, by a signal, how long libunwind takes for its stack; and prints what was answered, a line each.
void corpus_open_beside(void);
void corpus_measure_beside(uint32_t thread);
void corpus_print_beside(void);

/// Three functions that compute 70, 20 and 10 units; `share` is one of them, 0…2. Prints the CPU time of each at the end.
void corpus_shares(void);

#ifdef __cplusplus
}
#endif
