// Operations: async spans whose name is known at run time only, and may change, and which may be part of a trace of several
// programs. They are begun and ended by two calls, anywhere; which one is the innermost is known elsewhere.
#pragma once
#include "hp_task.h"

/// An open operation. Texts of its places stay where they are until the process ends.
typedef struct {
    hp_task_open task;
    hp_path *begun;  // its path before it was renamed
    hp_frame *frame; // the sync span that it was begun in; null: none
    bool is_nested;  // in another operation that was begun there
    uint64_t frame_start, frame_covered, frame_off_cpu;
} hp_operation;

/// What names the innermost operation of what runs here: it is given the innermost context without operations, and hands
/// that or the operation's to `hp_operation_join`. Called at every begin of an async span and of a top-level sync span.
typedef void (*hp_operation_finder)(hp_context *context);

/// From now on `finder` is asked; until then a span's begin has one load more for it.
void hp_set_operation_finder(hp_operation_finder finder);
extern hp_operation_finder hp_finds_operations;

/// Lets the finder replace the context by that of an operation inside it.
HP_INLINE void hp_find_operation(hp_context *context) {
    hp_operation_finder finder = __atomic_load_n(&hp_finds_operations, __ATOMIC_ACQUIRE);
    if (HP_UNLIKELY(finder != NULL)) finder(context);
}

/// Replaces `context` by the operation's, unless what it names is inside the operation.
void hp_operation_join(const hp_operation *operation, hp_context *context);

/// Opens an operation under `parent`; where a sync span is open on this thread, inside that. A copy of it is no other one.
void hp_operation_begin(hp_operation *operation, const hp_context *parent, const hp_place_text *place);

/// Counts the operation under another name when it ends, and what is opened inside it from now on.
void hp_operation_rename(hp_operation *operation, const hp_place_text *place);

/// Notes the operation's trace, and that of the span around it, if that has none.
void hp_operation_set_trace(const hp_operation *operation, const hp_trace_id *trace);

/// Closes an operation, on any thread.
void hp_operation_end(hp_operation *operation);
