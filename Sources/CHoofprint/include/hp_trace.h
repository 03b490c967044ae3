// Trees of single requests: what threads remember of the spans that ended last, and which requests are worth keeping.
//
// A thread's trace ring has an entry for every span that ended, in order of end, so a span's children stand before it. A
// link follows the entry of a top-level or async span, and names its number, its parent's and its root's.
#pragma once
#include "hp_store.h"

/// A finished request that may be one of the slowest of its root, or failed.
typedef struct {
    uint32_t path;
    uint64_t request, start, duration; // ticks
    hp_trace_id trace;
    bool has_failed;
} hp_offer;

/// A span of a request, as gathered.
typedef struct {
    uint32_t path, thread;
    uint64_t id, parent; // both 0: a sync span inside the next span before it whose path is the parent of its own
    uint64_t start, duration, off_cpu; // ticks
    bool has_failed;
} hp_traced_span;

/// How many of the slowest and how many of the failed requests of each root are offered in a window at least; 0: none.
void hp_set_exemplars(uint32_t per_root);

/// Begins a window: every root's requests are offered again.
void hp_start_window(void);

/// From now on only requests of a root that took longer are offered as slow.
void hp_set_exemplar_floor(uint32_t path, uint64_t ticks);

/// Takes the oldest request that was offered; false: none is left.
bool hp_take_offer(hp_offer *offer);

/// How many requests were not offered since there was no room, cumulative.
uint64_t hp_missed_offers(void);

/// Gathers the spans of a request from all threads into `spans`, top-level and async spans before the sync ones inside
/// them. Returns how many, at most `capacity`; `is_partial` tells whether some had been overwritten or had no room.
size_t hp_gather(const hp_offer *offer, hp_traced_span *spans, size_t capacity, bool *is_partial);

/// A span that is open now, seen from outside.
typedef struct {
    uint32_t path, thread; // thread 0: an async span
    uint64_t start, request;
    hp_trace_id trace;
} hp_open_span;

/// Writes spans that began at or before `begun_by` and are open still, or were when the process was killed. Returns how many, at most `capacity`.
size_t hp_open_spans(const hp_store *store, uint64_t begun_by, hp_open_span *spans, size_t capacity);
