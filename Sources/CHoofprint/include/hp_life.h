// What becomes of the recorder when its process forks, is asked to end, or crashes.
#pragma once
#include "hp_store.h"

/// Readies the process for forks. A fork waits until the flush thread and the samplers' are idle: half a second at most. The
/// child records nothing, and has no store, until it opens a span; then it calls `begin_again`.
/// A second call replaces that.
void hp_watch_forks(void (*begin_again)(void));

/// Says that a thread of ours begins to work, which waits for forks that are under way; and that it is idle.
void hp_work_began(void);
void hp_work_ended(void);

/// Waits at most `nanoseconds` while `word` holds `value`; may return earlier.
void hp_wait_while(uint32_t *word, uint32_t value, uint64_t nanoseconds);

/// Wakes all who wait for a word. Safe in a signal handler.
void hp_wake_waiting(uint32_t *word);

/// Sets a word and wakes all who wait for it. And reads it.
void hp_set_word(uint32_t *word, uint32_t value);
uint32_t hp_word(const uint32_t *word);

/// Waits, on the flush thread, at most `nanoseconds` for `hp_wake_flush`. Meanwhile the thread is idle.
void hp_flush_wait(uint64_t nanoseconds);

/// Says that the flush thread is idle for good.
void hp_flush_ended(void);

/// Wakes the flush thread. Safe in a signal handler.
void hp_wake_flush(void);

/// Asks the flush thread for a flush, and where `stops` to end after it. Returns the request's number.
uint32_t hp_request_flush(bool stops);

/// Waits until the request is done, at most `nanoseconds` of the monotonic clock. Returns whether it is.
bool hp_await_flush(uint32_t number, uint64_t nanoseconds);

/// For the flush thread: the number of the newest request that is not done, 0: there is none; and whether it is to end.
uint32_t hp_requested_flush(bool *stops);

/// Says that all requests up to the number are done.
void hp_complete_flush(uint32_t number);

/// Takes over SIGTERM, SIGINT and SIGHUP where they would end the process, so that the flush thread can write first; and
/// the signals of a crash, in whose handler the open spans are written to the crash descriptors.
void hp_watch_signals(void);

/// The same, but signals of a crash that the program handles itself, perhaps as part of what it does, stay as they are.
void hp_watch_unhandled_signals(void);

/// The signal that is to end the process, or that it crashed with; 0: none. For the flush thread, which then flushes and calls
/// `hp_end_by_signal`.
int hp_ending_signal(void);

/// Lets the process end by the signal, now that everything is written.
void hp_end_by_signal(void);

/// Where a crash is written to; numbers below 0 are none. What a sink closes is taken out first.
enum { HP_CRASH_DESCRIPTORS = 4, HP_CRASH_PREFIX_BYTES = 255 };
void hp_set_crash_descriptor(uint32_t index, int descriptor);

/// What a crash writes before each line to a descriptor that is a datagram socket, in one datagram with it; length 0: none,
/// the line is written as to a file. False: it is too long. Set while the descriptor is taken out.
bool hp_set_crash_prefix(uint32_t index, const uint8_t *bytes, size_t length);

/// Says that all are set, for a crash that comes early.
void hp_crash_descriptors_are_set(void);

/// Whether the process has rights that who started it has not: a set-user-ID program, one with file capabilities (AT_SECURE in
/// getauxval(3)). What that user says in the environment is not to be followed.
bool hp_has_foreign_rights(void);

/// Remembers which file standard error is now; only the first call counts. `hp_say` writes to no other one.
void hp_find_error_output(void);

/// Writes a line to standard error, whole or not at all, without waiting and without a signal. errno stays.
void hp_say(const void *text, size_t length);
