// Shared by the recorder's own C files.
#pragma once
#include "CHoofprint.h"

/// A lock for a few instructions, on paths that are cold or per async span.
typedef uint32_t hp_lock;
void hp_lock_take(hp_lock *lock);
void hp_lock_release(hp_lock *lock);

/// Zeroed memory that is never given back, within the limit. Null: the limit is reached or the system has none.
void *hp_map(size_t bytes);

/// The same for what recording can do without: it leaves half of the memory to the rest.
void *hp_map_spare(size_t bytes);

/// The same in small pieces, out of the thread's own arena.
void *hp_thread_allocate(hp_thread *thread, size_t bytes);

/// A place in the source as the slow calls hand it on.
typedef struct {
    const char *name, *file, *function;
    uint32_t name_length, file_length, function_length, line;
} hp_place_text;

/// The path of `place` under `parent` (null: a root), made where it is new; beyond HP_MAX_PATHS the path `(other)`. Null: it
/// is too deep, or there is no memory.
hp_path *hp_path_under(hp_path *parent, const hp_place_text *place, bool is_async);

/// The thread's node of a path. Null: no memory.
hp_node *hp_node_of_path(hp_thread *thread, hp_path *path);

/// The thread's node of `place` under a node, made where it is new; see `hp_path_under`.
hp_node *hp_child_node(hp_thread *thread, hp_node *parent, const hp_place_text *place);

/// A number for a span, unique in the process.
uint64_t hp_next_span_id(hp_thread *thread);

// Requests and their trees, in trace.c.
void hp_make_root(hp_path *path);
void hp_offer_request(hp_path *path, uint64_t request, uint64_t start, uint64_t duration, bool has_failed);
void hp_trace_link(hp_thread *thread, uint64_t id, uint64_t parent, uint64_t request);
void hp_trace_failure(hp_thread *thread, uint64_t path_id, uint64_t start);

/// All async spans' states, in use or not, newest first.
hp_task_span *hp_first_task_span(void);

// An async span's children: which of its time they cover.
/// Answers the number of the request that the parent is part of, 0 where it has ended.
uint64_t hp_child_began(const hp_context *parent, uint64_t now);
void hp_child_ended(const hp_context *parent, uint64_t now, uint64_t cpu);
