// Shared by the recorder's own C files.
#pragma once
#include "CHoofprint.h"

/// A lock for a few instructions, on paths that are cold or per async span.
typedef uint32_t hp_lock;
void hp_lock_take(hp_lock *lock);
void hp_lock_release(hp_lock *lock);

/// Zeroed memory that is never given back, within the limit. Null: the limit is reached or the system has none.
void *hp_map(size_t bytes);

/// The same in small pieces, out of the thread's own arena.
void *hp_thread_allocate(hp_thread *thread, size_t bytes);

/// A place in the source as the slow calls hand it on.
typedef struct {
    const char *name, *file, *function;
    uint32_t name_length, file_length, function_length, line;
} hp_place_text;

/// The path of `place` under `parent` (null: a root), made where it is new. Null: a bound is reached.
hp_path *hp_path_under(hp_path *parent, const hp_place_text *place, bool is_async);

/// The thread's node of a path. Null: no memory.
hp_node *hp_node_of_path(hp_thread *thread, hp_path *path);

/// The thread's node of `place` under a node, made where it is new. Null: a bound is reached.
hp_node *hp_child_node(hp_thread *thread, hp_node *parent, const hp_place_text *place);

/// A number for a span, unique in the process.
uint64_t hp_next_span_id(hp_thread *thread);

// An async span's children: which of its time they cover.
void hp_child_began(const hp_context *parent, uint64_t now);
void hp_child_ended(const hp_context *parent, uint64_t now, uint64_t cpu);
