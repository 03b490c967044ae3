// The stack sampler: what every thread is doing, as stacks of return addresses.
//
// A signal interrupts a thread; its handler walks the stack by unwind rules that were worked out before for every code
// address seen, takes no lock, allocates nothing and calls no function of the program. Where a rule is missing it copies
// the rest of the stack, up to HP_COPY_BYTES, and the looking thread unwinds the copy with the system's libunwind and works
// out the rules that were missing.
#pragma once
#include "hp_store.h"

enum {
    HP_STACK_FRAMES = 128, // the longest stack, physical and of callers each
};

typedef enum {
    HP_STACKS_CPU,  // threads on a processor: a timer on each thread's CPU clock
    HP_STACKS_WALL, // all threads, on and off the processor
} hp_stack_mode;

/// What is known of a sample beside its addresses.
enum {
    HP_STACK_CUT = 1,      // there were more frames than are given, or the way to them is not known
    HP_STACK_PHYSICAL = 2, // a task ran there whose callers are not known for certain: physical frames only
    HP_STACK_ASYNC = 4,    // a task ran there: the outermost of `frames` is its innermost async function
    HP_STACK_COPIED = 8,   // the handler did not know all rules, and libunwind unwound a copy
};

/// One stack that a thread was seen in.
typedef struct {
    uint32_t thread;       // the kernel's number
    uint32_t weight;       // how many periods of the rate it stands for
    uint32_t path;         // of the innermost span open on the thread, or of its task; 0: none
    uint32_t flags;
    uint32_t does, call;   // an hp_does: HP_DOES_RUN, or in mode wall what it waited in
    uint32_t frame_count, caller_count;
    uint64_t stack_pointer;
    uint64_t handler_ticks; // what the handler took
    uint64_t frames[HP_STACK_FRAMES];  // where the thread is, then return addresses, innermost first
    uint64_t callers[HP_STACK_FRAMES]; // where the callers of its task go on, innermost first
} hp_stack;

/// Counts since the start of the process.
typedef struct {
    uint64_t handled;   // signals
    uint64_t foreign;   // signals of this number that were not ours
    uint64_t no_room;   // samples without a free place
    uint64_t unsampled; // periods of threads that could not be sampled: the signal is blocked, no timer to be had
    uint64_t copied;    // samples whose stack was copied
    uint64_t rules;     // code addresses whose rule is known
} hp_stack_counts;

/// Starts sampling, 1…10,000 times a second. Answers NULL, or why it cannot, with a newline nowhere.
const char *hp_start_stacks(hp_stack_mode mode, uint32_t per_second);

/// Finds new threads, unwinds copies, and in mode wall takes one round of samples. To be called by one thread, in mode
/// CPU `hp_stack_looks_wanted` times a second at least, in mode wall at the rate. Answers NULL, or why sampling has ended (another profiler took the
/// signal).
const char *hp_look_at_stacks(void);

/// How often a second it is to be looked for threads: 20 times, so that those that live for 0.05 seconds are seen, and where
/// none has come for 2 seconds 4 times.
uint32_t hp_stack_looks_wanted(void);

/// Takes the next finished sample. False: there is none. On the thread that looks.
bool hp_take_stack(hp_stack *stack);

/// Stops sampling: no signal comes afterwards.
void hp_stop_stacks(void);

hp_stack_counts hp_count_stacks(void);

/// NULL, or why stacks are walked by frame pointers alone.
const char *hp_stack_limit(void);

/// The addresses in a stack, for Swift, which cannot point into an array of C.
HP_INLINE const uint64_t *hp_stack_frames(const hp_stack *stack) { return stack->frames; }
HP_INLINE const uint64_t *hp_stack_callers(const hp_stack *stack) { return stack->callers; }

/// Processors that this process may use, 1 or more.
uint32_t hp_processor_count(void);
