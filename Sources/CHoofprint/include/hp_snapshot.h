// What the flush thread and the set-up read and call.
#pragma once
#include "hp_recorder.h"
#include "hp_task.h"
#include "hp_store.h"

/// Switches recording: HP_OFF, HP_AGGREGATE, HP_EVERY or HP_FORKED. Open spans end as they began.
void hp_set_state(uint32_t state);

/// How many callsites and paths a store has; ids run from 1. Null: there is none, or the store of a killed process is broken
/// there.
uint32_t hp_callsite_count(const hp_store *store);
uint32_t hp_path_count(const hp_store *store);
const hp_callsite *hp_callsite_at(const hp_store *store, uint32_t id);
hp_path *hp_path_at(const hp_store *store, uint32_t id);

/// Counters of a path over all threads, in ticks.
typedef struct {
    uint64_t count, total, self_time, cpu, maximum, errors, folded;
} hp_totals;
hp_totals hp_path_totals(const hp_store *store, uint32_t id);

/// A histogram bucket that is not empty.
typedef struct {
    uint32_t bucket;
    uint64_t occurrences;
} hp_bucket_count;

/// Writes a path's histogram over all threads, in order of buckets, to `counts` (room for HP_OCTAVES * 64). Returns how
/// many it wrote.
uint32_t hp_path_buckets(const hp_store *store, uint32_t id, hp_bucket_count *counts);

/// What requests of a root used, over all threads. False: the path is none, or has a parent.
bool hp_path_usage(const hp_store *store, uint32_t id, hp_usage *usage);

/// Cumulative losses over all threads.
typedef struct {
    uint64_t paths, spans, misused, clock_steps;
} hp_losses;
hp_losses hp_loss_totals(const hp_store *store);

/// The threads' recorders, newest first; the next one after a thread. Null: no more.
hp_thread *hp_first_thread(const hp_store *store);
hp_thread *hp_next_thread(const hp_store *store, const hp_thread *thread);

/// Whether a frame is one of this thread's open ones.
bool hp_is_own_frame(const hp_frame *frame);

/// Counts an error on the path of a frame, one of this thread's open ones, or of an async span.
void hp_fail_frame(hp_frame *frame);
void hp_fail_task(const hp_task_open *open);

/// Whether a frame is open on this thread, and still the one that began at `start`.
bool hp_is_open_frame(const hp_frame *frame, uint64_t start);

/// Counts a text written for an open async span.
void hp_note_task_text(const hp_context *context);

/// What an empty span costs on this machine, in picoseconds: the median of some hundred, on a scratch tree.
uint64_t hp_measure_span_cost(void);

/// Writes the program's GNU build id as hexadecimal digits. Returns their number, 0 where there is none.
size_t hp_build_id(char *digits, size_t capacity);

/// Whether ticks come from the processor's counter, and how many make a nanosecond, times 2^32.
bool hp_clock_is_counter(void);
uint64_t hp_tick_rate(void);

/// Sets how many ticks make a second, measured over a longer time than there was at start.
void hp_refine_tick_rate(uint64_t hertz);

/// Writes what strerror(3) says of an error number. Returns its length.
size_t hp_error_text(int code, void *text, size_t capacity);

/// Runs `body` on a new, detached thread, the flush thread, with every signal blocked, so that SIGPIPE and SIGXFSZ of a sink's write stay
/// with it. False: the system has no thread to give.
bool hp_start_flush_thread(void (*body)(void *), void *context);
