#include "hp_internal.h"

hp_operation_finder hp_finds_operations;

void hp_set_operation_finder(hp_operation_finder finder) {
    __atomic_store_n(&hp_finds_operations, finder, __ATOMIC_RELEASE);
}

static bool is_at_or_below(const hp_path *path, const hp_path *outer) {
    for (; path; path = path->parent)
        if (path == outer) return true;
    return false;
}

// Both are task-locals, and which of them was bound later nobody knows. One of them is inside the other, mostly, and paths
// tell which. Where they have nothing in common, somebody has handed on the operation's context knowingly.
void hp_operation_join(const hp_operation *operation, hp_context *context) {
    const hp_context *own = &operation->task.context;
    if (!own->path || hp_is_forgotten(own->path) || hp_is_forgotten(context->path)) return;
    if (is_at_or_below(context->path, own->path) || is_at_or_below(context->path, operation->begun)) return;
    *context = *own;
}

void hp_give_trace(const hp_context *context, const hp_trace_id *trace) {
    if (!hp_lock_open(context)) return;
    if (!context->span->has_trace) {
        context->span->trace = *trace;
        context->span->has_trace = true;
    }
    hp_lock_release(&context->span->lock);
}

void hp_operation_set_trace(const hp_operation *operation, const hp_trace_id *trace) {
    if (!operation->task.is_open) return;
    hp_give_trace(&operation->task.context, trace);
    hp_give_trace(&operation->task.parent, trace);
}

// Inside a sync span, its frame stands for the parent. The operation may outlive it, so it is no frame itself.
static void begin_in_frame(
    hp_operation *operation, const hp_context *outer, hp_thread *thread, const hp_place_text *place) {
    hp_frame *frame = thread->top;
    hp_path *path = frame->node->path;
    hp_context parent = {.path = path, .id = frame->id};
    // An operation that was begun in it before.
    operation->is_nested = outer->path != path && !hp_is_forgotten(outer->path) && is_at_or_below(outer->path, path);
    if (operation->is_nested) parent = *outer;
    hp_task_begin(&operation->task, &parent, place->name, place->name_length, place->file, place->file_length, place->line,
                  place->function, place->function_length);
    if (!operation->task.is_open) return;
    hp_task_span *span = operation->task.context.span;
    hp_lock_take(&span->lock);
    span->request = thread->request;
    hp_lock_release(&span->lock);
    operation->frame = frame;
    operation->frame_start = frame->start;
    operation->frame_covered = frame->covered;
    hp_thread_ticks(thread);
    operation->frame_off_cpu = thread->off_cpu;
}

void hp_operation_begin(hp_operation *operation, const hp_context *parent, const hp_place_text *place) {
    *operation = (hp_operation){0};
    hp_thread *thread = hp_this_thread;
    if (hp_live_state() != HP_OFF && thread->top != thread->frames && thread == hp_this_thread)
        begin_in_frame(operation, parent, thread, place);
    else
        hp_task_begin(&operation->task, parent, place->name, place->name_length, place->file, place->file_length,
                      place->line, place->function, place->function_length);
    operation->begun = operation->task.context.path;
}

void hp_operation_rename(hp_operation *operation, const hp_place_text *place) {
    hp_task_open *open = &operation->task;
    if (!open->is_open || hp_live_state() == HP_OFF || hp_is_forgotten(open->context.span)) return;
    hp_path *path = hp_path_under(open->parent.path, place, true);
    if (!path || !hp_lock_open(&open->context)) return;
    open->context.path = path;
    open->context.span->path = path;
    hp_lock_release(&open->context.span->lock);
}

// The sync span around it, if that is still open and nothing is open in it, has been running on this thread all the time. What
// it has opened meanwhile was the operation's doing: that covers the operation, and the operation what it is in.
static void end_in_frame(hp_operation *operation, hp_thread *thread) {
    hp_frame *frame = operation->frame;
    uint64_t now = hp_thread_ticks(thread);
    hp_task_span *span = operation->task.context.span;
    if (now < operation->task.start || !hp_lock_open(&operation->task.context)) return;
    uint64_t duration = now - operation->task.start, inside = frame->covered - operation->frame_covered;
    uint64_t off_cpu = thread->off_cpu - operation->frame_off_cpu;
    if (inside > duration) inside = duration;
    if (off_cpu > duration) off_cpu = 0; // the CPU clock may run ahead of the counter by its reading error
    span->covered += inside;
    span->cpu = duration - off_cpu;
    hp_lock_release(&span->lock);
    frame->covered = operation->frame_covered + (operation->is_nested ? 0 : duration);
}

void hp_operation_end(hp_operation *operation) {
    hp_frame *frame = operation->frame;
    hp_thread *thread = hp_this_thread;
    if (operation->task.is_open && frame && frame == thread->top && hp_is_open_frame(frame, operation->frame_start))
        end_in_frame(operation, thread);
    hp_task_end(&operation->task);
}
