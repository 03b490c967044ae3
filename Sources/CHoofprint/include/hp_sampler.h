// What samplers see of the program's threads, and the threads they run on.
#pragma once
#include "hp_store.h"

/// A thread inside a span, seen from outside: its innermost open span.
typedef struct {
    const hp_frame *frame;
    uint64_t start; // tells the span from later ones in the same frame
    uint32_t path;
    uint32_t thread; // the kernel's number
} hp_span_thread;

/// Finds a thread's innermost open span. False: it has none, or opens and closes spans faster than one can be seen. Takes
/// less than half a microsecond; the thread notices nothing.
bool hp_innermost_open(const hp_store *store, const hp_thread *thread, hp_span_thread *seen);

/// Whether that span is open still, and the thread's innermost.
bool hp_is_innermost_still(const hp_span_thread *seen);

/// What a thread is doing, as the kernel tells.
typedef enum {
    HP_DOES_UNKNOWN, // it has exited, or the kernel does not tell
    HP_DOES_RUN,
    HP_DOES_WAIT,    // for what is not known: the kernel tells the state alone
    HP_DOES_STOP,
    HP_DOES_LOCK,
    HP_DOES_POLL,
    HP_DOES_NETWORK,
    HP_DOES_PIPE,
    HP_DOES_DISK,
    HP_DOES_DEVICE,
    HP_DOES_SLEEP,
    HP_DOES_CHILD,
    HP_DOES_SIGNAL,
    HP_DOES_MEMORY,
    HP_DOES_CALL     // is blocked in a system call of another kind
} hp_does;

/// Looks at a thread of this process through /proc/self/task/TID (proc(5)), without stopping it: some 7 µs. Where the answer
/// is HP_DOES_CALL, `call` is the system call's number.
hp_does hp_look_at_thread(uint32_t thread, uint32_t *call);

/// What a thread waits in.
typedef struct {
    hp_does does;
    uint32_t call;          // as above
    uint64_t identity;      // of the call, its arguments and its place; 0: not known, or the thread runs
    uint64_t stack_pointer; // where it waits; 0: not known
} hp_wait;

/// As `hp_look_at_thread`, with what tells one wait from another.
void hp_look_at_wait(uint32_t thread, hp_wait *wait);

/// This thread's number.
uint32_t hp_thread_number(void);

/// Whether a thread is one of the recorder's own.
bool hp_is_own_thread(uint32_t number);

/// Runs `body` on a new, detached thread with every signal blocked, between `hp_work_began` and the `hp_work_ended` that
/// it ends with. False: the system has no thread to give.
bool hp_start_sampler_thread(void (*body)(void *), void *context);
