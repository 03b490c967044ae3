// The recorder: a calling-context tree per thread, written by its thread alone and read by the flush thread.
//
// Invariants
// - A node, path, callsite and thread block, once published, stays where it is until the process ends; a thread block
//   goes to the next new thread when its thread exits, counters and all, since counters are cumulative.
// - Every counter has one writer, the thread that owns the tree, and is stored and loaded whole (relaxed atomics).
// - A frame is open exactly while it stands between `frames` and `top` of its thread.
#pragma once
#include "hp_clock.h"
#include <stddef.h>

#define HP_INLINE static inline __attribute__((always_inline))
#define HP_LIKELY(x) __builtin_expect(!!(x), 1)
#define HP_UNLIKELY(x) __builtin_expect(!!(x), 0)
/// Adds to a counter that only this thread writes, so that another thread reads the old or the new value.
#define HP_ADD(counter, value) \
    __atomic_store_n(&(counter), __atomic_load_n(&(counter), __ATOMIC_RELAXED) + (value), __ATOMIC_RELAXED)

enum {
    HP_MAX_DEPTH = 128,           // open frames of a thread, and the depth of a path
    HP_MAX_PATHS = 16384,         // paths of a process
    HP_NODE_PAGE = 128,           // nodes of a thread are found by path id, a page of ids at a time
    HP_OCTAVES = 44,              // histogram: powers of two, from 64 ticks on
    HP_MAX_TEXT = 512,            // bytes of one attribute or error text
    HP_TRACE_ENTRIES = 4096,      // finished spans that a thread remembers, for the trees of slow requests
};

/// What is recorded, in `hp_state`.
enum {
    HP_OFF = 0,
    HP_AGGREGATE = 1,
    HP_EVERY = 3,
    HP_FORKED = 5, // a forked child that has not opened a span yet
};

/// A place in the source. Identity is the name's and the file's address and the line.
typedef struct hp_callsite {
    uint32_t id;
    uint32_t line;
    const char *name, *file, *function;
    uint32_t name_length, file_length, function_length;
    const char *texts; // copies in the store: name, file, function, one after the other
    struct hp_callsite *next;
} hp_callsite;

/// What a thread, a span or all requests of a root used: counters of getrusage(2).
typedef struct hp_usage {
    uint64_t minor_faults, major_faults;
    uint64_t voluntary_switches, involuntary_switches;
    uint64_t blocks_in, blocks_out; // of 512 bytes
} hp_usage;

/// A call path of the process: a callsite under a parent path. The same for all threads.
typedef struct hp_path {
    uint32_t id, depth;
    bool is_async;
    uint64_t exemplar_floor; // a root: how long a request must take to be kept as one of the slowest, ticks
    uint32_t failed_left;    // a root: how many failed requests may still be kept in this window
    struct hp_usage *usage;  // a root: what its requests used, over all threads
    const hp_callsite *callsite;
    struct hp_path *parent, *first_child, *sibling;
} hp_path;

/// A thread's counters of one path.
typedef struct hp_node {
    const char *name; // with `place`, the callsite's identity, kept here for the look-up
    uintptr_t place;
    struct hp_node *recent, *first_child, *sibling; // sync children, and which was opened last
    struct hp_node *next;                           // the sibling that was opened after this one, the last time
    struct hp_node *recent_async;                   // the async child that was opened last
    hp_path *path;
    uint64_t path_id; // the path's, as trace entries have it
    uint64_t count, total, maximum, errors, folded;
    uint64_t covered; // ticks that finished children cover: total less self time
    uint64_t off_cpu; // ticks off the processor, of finished spans: total less on-CPU time
    uint64_t *slot;   // the bucket of the span that finished last, still to be counted up
    uint64_t no_slot; // what `slot` names before the first span, and where there is no memory for a bucket
    uint64_t *octaves[HP_OCTAVES]; // 64 buckets each, made when first used
} hp_node;

/// An open span of a thread.
typedef struct hp_frame {
    hp_node *node;    // in the base frame one without children
    uint64_t start;   // ticks, 0 in a frame that is not open; tells a frame from an earlier one at the same depth
    uint64_t off_cpu; // the thread's off-CPU ticks at begin
    uint64_t covered; // ticks that finished children cover
    bool is_slow;     // not to be closed on the fast way; false in every frame that is not open
    bool has_failed;  // of a top-level frame
    uint64_t id;      // mode `every`
    uint32_t texts;   // texts written for it
} hp_frame;

/// What a thread remembers of a span that ended, in its trace ring; see hp_trace.h.
typedef struct {
    uint64_t tag; // the path's id; with HP_TRACE_LINK or HP_TRACE_FAILED something about the entry before or after
    uint64_t start, duration, off_cpu; // ticks
} hp_trace_entry;

enum { HP_TRACE_LINK = 1 << 30, HP_TRACE_FAILED = 1 << 29 };

/// Which trace of several programs a span belongs to, and its number there (W3C Trace Context). All 0: none.
typedef struct {
    uint64_t high, low, span;
} hp_trace_id;

/// State of an open async span that its children reach: which part of its time they cover.
typedef struct hp_task_span {
    uint32_t lock;
    uint32_t open_children;
    uint64_t generation; // counts up when the span ends, so that late children see that it is gone
    uint64_t cover_start, covered, cpu;
    uint64_t id, request;         // its own number and its root's
    uint64_t start;               // ticks, 0 while it is not open
    const hp_path *path;
    uint32_t texts;
    bool has_failed;
    bool has_usage;               // `usage` is what sync spans below it used, not something left from before
    bool has_trace;               // the same of `trace`
    hp_usage usage;
    hp_trace_id trace;
    struct hp_task_span *next_free, *next_made;
} hp_task_span;

/// Names an async span to its children. All null: no span.
typedef struct {
    hp_path *path;
    hp_task_span *span;
    uint64_t generation;
    uint64_t id;
} hp_context;

/// An open async span; lives in the async frame that opened it.
typedef struct {
    hp_context context, parent;
    uint64_t start;
    bool is_open;
    bool writes_span; // mode `every`
} hp_task_open;

typedef struct hp_ring hp_ring;

/// A thread's recorder.
typedef struct hp_thread {
    hp_frame *top;
    uint64_t off_cpu;      // ticks this thread has not been on a processor, as of `anchor`
    uint64_t anchor;       // ticks of the last reading of the CPU clock
    uint64_t anchor_cpu;   // that reading, nanoseconds
    hp_trace_entry *trace; // the spans that ended last, or one entry where there is no memory for more
    uint64_t traced;       // how many have been written, for ever
    uint64_t trace_mask;
    hp_context base;       // what a top-level frame counts as a child of
    uint64_t request;      // the root span that the top-level frame belongs to, and the frame's own number
    uint64_t top_id;
    void *signal_stack;    // where a crash is handled, if the program has given the thread no such stack
    uint32_t number;       // the kernel's, of the thread that has it now
    uint64_t next_id, last_id;
    uint64_t lost_paths, lost_spans, misused, clock_steps; // cumulative
    hp_node root;
    hp_trace_entry no_trace;
    hp_ring *ring;
    uint64_t ring_marked;  // up to where the flush thread reads the ring now
    uint64_t ring_taken;   // up to where the flush thread has taken the ring's entry
    char *arena;
    size_t arena_left;
    hp_task_span *free_spans;
    uint32_t free_span_count;
    bool in_use;
    struct hp_thread *next;
    hp_usage usage;        // the newest reading, and its ticks
    uint64_t usage_ticks;
    hp_node **node_pages[HP_MAX_PATHS / HP_NODE_PAGE]; // by path id
    hp_frame frames[HP_MAX_DEPTH + 2];
} hp_thread;

/// What is recorded now: HP_OFF, HP_AGGREGATE or HP_EVERY.
extern uint32_t hp_state;

/// What a thread without a recorder has in its place: nothing is open and nothing known, so every way is the slow one.
extern hp_thread hp_no_thread;

/// What a span that is not recorded has for a frame.
extern hp_frame hp_no_frame;

/// This thread's recorder. Initial-exec: one instruction, never allocates.
extern __thread hp_thread *hp_this_thread __attribute__((tls_model("initial-exec")));

/// Whether spans are recorded. One load and one predictable branch.
HP_INLINE bool hp_is_recording(void) { return __atomic_load_n(&hp_state, __ATOMIC_RELAXED) != HP_OFF; }

/// Whether a frame is a recorded span's.
HP_INLINE bool hp_is_recorded(const hp_frame *frame) { return frame != &hp_no_frame; }

// Cold paths, in recorder.c.
hp_thread *hp_make_thread(void);
uint64_t hp_reanchor(hp_thread *thread, uint64_t now);
hp_frame *hp_begin_sibling(
    hp_thread *thread, hp_frame *outer, hp_node *parent, hp_node *recent, const char *name, uintptr_t place);
void hp_end_token(hp_frame *frame, uint64_t start);
void hp_note_bucket(hp_thread *thread, hp_node *node, uint32_t bucket);
void hp_end_slow(hp_frame *frame);
uint64_t hp_note_clock_step(hp_thread *thread);

/// This thread's recorder, made where it has none yet. Null: there is no memory.
HP_INLINE hp_thread *hp_thread_attach(void) {
    hp_thread *thread = hp_this_thread;
    return HP_LIKELY(thread != &hp_no_thread) ? thread : hp_make_thread();
}

/// Opens a sync span where the fast way could not: first span of a thread, first call on a path, top-level span,
/// recursion, mode `every`, no fit counter. `parent` is what a top-level span is a child of. Answers `hp_no_frame` for a
/// span that is not recorded or folded into its caller.
hp_frame *hp_begin_slow(const hp_context *parent, const char *name, uint32_t name_length, const char *file,
                        uint32_t file_length, uint32_t line, const char *function, uint32_t function_length);

/// A callsite's second half of identity. User addresses have 47 bits; lines from 65,535 on share one.
HP_INLINE uintptr_t hp_place(const char *file, uint32_t line) {
    return (uintptr_t)file | (uintptr_t)(line < 0xffff ? line : 0xffff) << 48;
}

/// Reads the tick clock and keeps the thread's off-CPU time fresh enough.
///
/// CPU time is ticks less off-CPU ticks, and those change only when the thread was switched out; so the CPU clock
/// (240 ns a reading) is read only when the last reading is older than `hp_anchor_age`.
HP_INLINE uint64_t hp_thread_ticks(hp_thread *thread) {
    uint64_t now = hp_ticks();
    if (HP_UNLIKELY(now - thread->anchor > hp_anchor_age)) now = hp_reanchor(thread, now);
    return now;
}

/// Opens the frame of a known child of the thread's innermost span.
HP_INLINE hp_frame *hp_open_frame(hp_thread *thread, hp_frame *outer, hp_node *node) {
    hp_frame *frame = outer + 1;
    // After the 0 in `start` that the span before left: who finds its start twice had its node in between.
    __atomic_store_n(&frame->node, node, __ATOMIC_RELEASE);
    frame->covered = 0;
    thread->top = frame;
    uint64_t now = hp_counter();
    if (HP_UNLIKELY(now - thread->anchor > hp_anchor_age)) now = hp_reanchor(thread, now);
    // Last: a frame with a start is open, with this node, for those who look from outside.
    frame->off_cpu = thread->off_cpu;
    __atomic_store_n(&frame->start, now, __ATOMIC_RELEASE);
    return frame;
}

/// Opens a sync span on the fast way: a child that its parent has opened before, in mode `aggregate`, with the processor's
/// counter. Elsewhere `recent` stays null. Null: take `hp_begin_slow`.
HP_INLINE hp_frame *hp_begin(const char *name, const char *file, uint32_t line) {
    hp_thread *thread = hp_this_thread;
    hp_frame *outer = thread->top;
    hp_node *parent = outer->node, *node = parent->recent;
    if (HP_UNLIKELY(!node)) return NULL;
    uintptr_t place = hp_place(file, line);
    if (HP_UNLIKELY(node->name != name || node->place != place))
        return hp_begin_sibling(thread, outer, parent, node, name, place);
    return hp_open_frame(thread, outer, node);
}

/// The histogram bucket of a duration: TraceLog's `DurationHistogram.bucket(ofTicks:)`.
HP_INLINE uint32_t hp_bucket(uint64_t ticks) {
    const uint64_t largest = ((uint64_t)1 << (HP_OCTAVES + 5)) - 1;
    if (HP_UNLIKELY(ticks > largest)) ticks = largest;
    uint32_t octave = 57 - (uint32_t)__builtin_clzll(ticks | 64);
    return (octave << 6) + (uint32_t)(ticks >> octave);
}

/// Adds one finished span to a node: its duration, what of it children cover, and what of it was off the processor.
///
/// The bucket is found now and counted up when the node's next span ends. `rdtsc` waits until the addresses of all stores
/// before it are known; that of a bucket hangs on the reading just taken, and would cost the next reading 9 ns.
HP_INLINE void hp_count(hp_thread *thread, hp_node *node, uint64_t duration, uint64_t covered, uint64_t off_cpu) {
    HP_ADD(node->count, 1);
    HP_ADD(node->total, duration);
    if (covered) HP_ADD(node->covered, covered);
    if (HP_UNLIKELY(off_cpu)) HP_ADD(node->off_cpu, off_cpu);
    if (HP_UNLIKELY(duration > node->maximum)) __atomic_store_n(&node->maximum, duration, __ATOMIC_RELAXED);
    HP_ADD(*node->slot, 1);
    uint32_t bucket = hp_bucket(duration);
    uint64_t *octave = node->octaves[bucket >> 6];
    if (HP_LIKELY(octave != NULL)) __atomic_store_n(&node->slot, octave + (bucket & 63), __ATOMIC_RELAXED);
    else hp_note_bucket(thread, node, bucket);
}

/// Remembers a span that ended. One writer, the thread; who reads finds out by `traced` what was overwritten meanwhile.
HP_INLINE void hp_trace(hp_thread *thread, uint64_t tag, uint64_t start, uint64_t duration, uint64_t off_cpu) {
    hp_trace_entry *entry = thread->trace + (thread->traced & thread->trace_mask);
    __atomic_store_n(&entry->tag, tag, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->start, start, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->duration, duration, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->off_cpu, off_cpu, __ATOMIC_RELAXED);
    __atomic_store_n(&thread->traced, thread->traced + 1, __ATOMIC_RELEASE);
}

/// Closes a sync span.
HP_INLINE void hp_end(hp_frame *frame) {
    hp_thread *thread = hp_this_thread;
    if (HP_UNLIKELY(frame->is_slow || thread->top != frame)) {
        hp_end_slow(frame);
        return;
    }
    uint64_t now = hp_counter();
    if (HP_UNLIKELY(now - thread->anchor > hp_anchor_age)) now = hp_reanchor(thread, now);
    uint64_t start = frame->start, duration = now - start, off_cpu = thread->off_cpu - frame->off_cpu;
    // A counter that steps back counts as no time.
    if (HP_UNLIKELY((int64_t)duration < 0)) duration = hp_note_clock_step(thread);
    hp_frame *outer = frame - 1;
    outer->covered += duration;
    __atomic_store_n(&frame->start, 0, __ATOMIC_RELAXED);
    thread->top = outer;
    hp_trace(thread, frame->node->path_id, start, duration, off_cpu);
    hp_count(thread, frame->node, duration, frame->covered, off_cpu);
}
