// What becomes of the recorder when its process forks, is asked to end, or crashes.
#pragma once
#include "hp_store.h"

/// Readies the process for forks. A fork waits until the flush thread, if it is busy, is idle: half a second at most. The
/// child records nothing, and has no store, until it opens a span; then it calls `begin_again`.
void hp_watch_forks(void (*begin_again)(void));

/// Waits, on the flush thread, at most `nanoseconds` for `hp_wake_flush`. Meanwhile the thread is idle.
void hp_flush_wait(uint64_t nanoseconds);

/// Says that the flush thread is idle for good.
void hp_flush_ended(void);

/// Wakes the flush thread. Safe in a signal handler.
void hp_wake_flush(void);

/// Takes over SIGTERM, SIGINT and SIGHUP where they would end the process, so that the flush thread can write first; and
/// the signals of a crash, in whose handler the open spans are written to the crash descriptors.
void hp_watch_signals(void);

/// The signal that is to end the process, or that it crashed with; 0: none. For the flush thread, which then flushes and calls
/// `hp_end_by_signal`.
int hp_ending_signal(void);

/// Lets the process end by the signal, now that everything is written.
void hp_end_by_signal(void);

/// Where a crash is written to; numbers below 0 are none. What a sink closes is taken out first.
enum { HP_CRASH_DESCRIPTORS = 4 };
void hp_set_crash_descriptor(uint32_t index, int descriptor);
void hp_crash_descriptors_are_set(void);

/// Remembers which file standard error is now; only the first call counts. `hp_say` writes to no other one.
void hp_find_error_output(void);

/// Writes a line to standard error, whole or not at all, without waiting and without a signal. errno stays.
void hp_say(const void *text, size_t length);
