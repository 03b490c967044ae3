// What the files of the stack sampler share: the sampled threads, and counts.
//
// stack_threads.c finds the threads, their timers and their stacks; stack_samples.c has the signal handler, the places that it
// fills, and what the looking thread makes of them; stack_waits.c is mode wall; stacks.c starts and stops all of it.
#pragma once
#include "hp_unwind.h"

enum { HP_SAMPLED_THREADS = 4096, HP_STACK_RANGES = 4 };

/// A block of a thread: static in effect, made once and never given back, since a signal that comes late finds it.
struct hp_stack_thread {
    uint32_t number; // the kernel's; 0: the block is free
    bool is_seen, is_blocked, has_timer;
    int timer;
    uint64_t cpu;                     // nanoseconds, when last looked at
    hp_range stacks[HP_STACK_RANGES]; // those the thread was seen on, newest first found
    uint32_t next_range;
    uint64_t unknown_stack;           // an address in one that is not among them
    // Mode wall:
    hp_wait asked;                    // what it waited in when a sample was asked for
    uint32_t asked_times;             // how often so far, of that wait
    uint32_t repeated;                // looks at which it still waited, since `last` was taken or given
    uint64_t wait;                    // what it waits in with the stack `last`; 0: that is not known
    hp_stack *last;
};

/// The blocks in use so far are the first `hp_stack_thread_count`. The looking thread's, but for the stacks.
extern hp_stack_thread *hp_stack_threads;
extern uint32_t hp_stack_thread_count;

extern hp_stack_mode hp_running_mode;
extern uint64_t hp_sampling_period; // nanoseconds
extern hp_stack_counts hp_stack_totals;
#define HP_COUNT(field, by) __atomic_fetch_add(&hp_stack_totals.field, by, __ATOMIC_RELAXED)

// stack_threads.c

/// Makes the blocks. False: no memory.
bool hp_make_stack_threads(void);
/// The thread whose block is at an address that came with a signal. Null: it is none. Safe in a signal handler.
hp_stack_thread *hp_block_at(void *address);
/// Follows the threads that come and go. Answers whether one has come.
bool hp_find_threads(void);
/// Once a second: the CPU time of threads that no signal reaches is counted in periods.
void hp_check_threads(void);
/// Finds the mapping that each stack not known yet lies in (proc_pid_maps(5)).
void hp_find_stacks(void);
/// Deletes the timers, and forgets all threads.
void hp_forget_sampled_threads(void);

// stack_samples.c

/// Makes the places. False: no memory.
bool hp_make_stack_places(void);
/// Whether the handler of SIGPROF is still this one's.
bool hp_has_signal(void);
/// Handles SIGPROF. NULL, or why it cannot.
const char *hp_take_signal(void);
/// Gives the signal back to who had it.
void hp_give_signal(void);
/// Whether handlers take samples.
void hp_let_sample(bool does);
/// In a forked child: no place is taken.
void hp_forget_places(void);

// stack_waits.c

/// Asks for a sample of each thread, or counts its last one again.
void hp_look_at_all(void);
/// Notes what the thread of a sample did, and whether the stack stands for as long as it waits there.
void hp_note_wait(hp_stack_thread *thread, hp_stack *stack);
/// Takes the stack of a thread that waited on. False: there is none.
bool hp_take_repeated(hp_stack *stack);
