#define _GNU_SOURCE
#include "hp_internal.h"
#include <string.h>

// The running task, from the Swift runtime (its ABI: docs/ABI and include/swift/Runtime/Concurrency.h). Weak: a
// program without the concurrency library has no tasks.
extern void *swift_task_getCurrent(void) __attribute__((weak));

const void *hp_current_task(void) { return swift_task_getCurrent ? swift_task_getCurrent() : NULL; }

// The task-local value of a key, where it lies: what `TaskLocal.get` asks the runtime for, without the copies it makes. Where
// the runtime has it no more, or answers otherwise (`hp_find_contexts_by`), Swift code asks.
extern const void *swift_task_localValueGet(const void *key) __attribute__((weak));
static const void *context_key;

bool hp_find_contexts_by(const void *key, const hp_context *now) {
    const hp_context *found = swift_task_localValueGet ? swift_task_localValueGet(key) : NULL;
    if (!found || memcmp(found, now, sizeof *now)) return false;
    context_key = key;
    return true;
}

bool hp_finds_contexts(void) { return context_key != NULL; }
const void *hp_context_key(void) { return context_key; }

static const hp_context no_context;

static const hp_context *task_context(void) {
    const hp_context *found = swift_task_localValueGet(context_key);
    return found ? found : &no_context;
}

hp_context hp_innermost_context(void) {
    hp_context context = *task_context();
    if (HP_UNLIKELY(hp_token_count())) hp_token_resolve(hp_current_task(), &context);
    hp_find_operation(&context);
    return context;
}

bool hp_is_inside_sync_span(void) {
    hp_thread *thread = hp_this_thread;
    return thread->top != thread->frames;
}

// Free spans: a thread keeps some of its own; what it has too many or too few of, it gives to or takes from all.
enum { SPAN_BATCH = 32 };
static hp_lock *const spans_lock = &hp_locks[HP_SPANS_LOCK];

static void refill_spans(hp_thread *thread) {
    hp_store *store = hp_own_store();
    hp_lock_take(spans_lock);
    while (store->free_task_spans && thread->free_span_count < SPAN_BATCH) {
        hp_task_span *span = store->free_task_spans;
        store->free_task_spans = span->next_free;
        span->next_free = thread->free_spans;
        thread->free_spans = span;
        thread->free_span_count++;
    }
    hp_lock_release(spans_lock);
    while (thread->free_span_count < SPAN_BATCH) {
        hp_task_span *span = hp_thread_allocate(thread, sizeof *span);
        if (!span) return;
        hp_lock_take(spans_lock);
        span->next_made = store->first_task_span;
        __atomic_store_n(&store->first_task_span, span, __ATOMIC_RELEASE);
        hp_lock_release(spans_lock);
        span->next_free = thread->free_spans;
        thread->free_spans = span;
        thread->free_span_count++;
    }
}

static hp_task_span *take_span(hp_thread *thread) {
    if (!thread->free_spans) refill_spans(thread);
    hp_task_span *span = thread->free_spans;
    if (!span) return NULL;
    thread->free_spans = span->next_free;
    thread->free_span_count--;
    span->open_children = 0;
    span->covered = span->cpu = 0;
    span->texts = 0;
    span->has_failed = span->has_usage = span->has_trace = false;
    return span;
}

static void give_span(hp_thread *thread, hp_task_span *span) {
    span->next_free = thread->free_spans;
    thread->free_spans = span;
    if (++thread->free_span_count < 2 * SPAN_BATCH) return;
    hp_store *store = hp_own_store();
    hp_lock_take(spans_lock);
    while (thread->free_span_count > SPAN_BATCH) {
        span = thread->free_spans;
        thread->free_spans = span->next_free;
        thread->free_span_count--;
        span->next_free = store->free_task_spans;
        store->free_task_spans = span;
    }
    hp_lock_release(spans_lock);
}

bool hp_context_is_open(const hp_context *context) {
    if (!hp_lock_open(context)) return false;
    hp_lock_release(&context->span->lock);
    return true;
}

void hp_note_task_text(const hp_context *context) {
    if (!hp_lock_open(context)) return;
    context->span->texts++;
    hp_lock_release(&context->span->lock);
}

uint64_t hp_child_began(const hp_context *parent, uint64_t now) {
    if (!hp_lock_open(parent)) return 0;
    if (parent->span->open_children++ == 0) parent->span->cover_start = now;
    uint64_t request = parent->span->request;
    hp_lock_release(&parent->span->lock);
    return request;
}

void hp_child_ended(const hp_context *parent, uint64_t now, uint64_t cpu, const hp_usage *used) {
    if (!hp_lock_open(parent)) return;
    hp_task_span *span = parent->span;
    span->cpu += cpu;
    if (used) {
        if (!span->has_usage) span->usage = (hp_usage){0};
        span->has_usage = true;
        hp_add_usage(&span->usage, used);
    }
    // Several children at once cover the time from the first begin to the last end: the union of their intervals.
    if (span->open_children && --span->open_children == 0 && now > span->cover_start)
        span->covered += now - span->cover_start;
    hp_lock_release(&span->lock);
}

static bool is_recursion(const hp_context *parent, const hp_place_text *place) {
    const hp_path *path = parent->path;
    return path && path->is_async && path->callsite->name == place->name && path->callsite->file == place->file &&
           path->callsite->line == place->line;
}

// A context is handed on by value, in halves of 16 bytes. A processor cannot forward two stores to a load that spans them,
// which costs as much as half a clock reading: so contexts are read in words and written in halves.
static hp_context taken_context(const hp_context *context) {
    const volatile hp_context *from = context;
    return (hp_context){from->path, from->span, from->generation, from->id};
}

static void set_context(hp_context *to, const hp_context *context) {
    typedef uint64_t half __attribute__((vector_size(16), aligned(8), may_alias));
    ((half *)to)[0] = (half){(uintptr_t)context->path, (uintptr_t)context->span};
    ((half *)to)[1] = (half){context->generation, context->id};
}

// The thread's node of an async span. Null: a bound is reached.
static hp_node *async_node(hp_thread *thread, const hp_context *parent, const hp_place_text *place) {
    hp_node *outer = parent->path ? hp_node_of_path(thread, parent->path) : &thread->root;
    if (!outer) return NULL;
    hp_node *node = outer->recent_async;
    uintptr_t key = hp_place(place->file, place->line);
    if (HP_LIKELY(node && node->name == place->name && node->place == key)) return node;
    hp_path *path = hp_path_under(parent->path, place, true);
    node = path ? hp_node_of_path(thread, path) : NULL;
    // Not `(other)`, which has many parents.
    if (node && node->name == place->name && node->place == key) outer->recent_async = node;
    return node;
}

void hp_task_begin(hp_task_open *open, const hp_context *parent, const char *name, uint32_t name_length,
                   const char *file, uint32_t file_length, uint32_t line, const char *function,
                   uint32_t function_length) {
    uint32_t state = hp_live_state();
    hp_context under = taken_context(parent ? parent : task_context());
    if (HP_UNLIKELY(!parent && hp_token_count())) hp_token_resolve(hp_current_task(), &under);
    if (!parent) hp_find_operation(&under);
    if (HP_UNLIKELY(hp_is_forgotten(under.path))) under = (hp_context){0};
    set_context(&open->context, &under);
    set_context(&open->parent, &under);
    open->is_open = open->writes_span = false;
    parent = &under;
    hp_thread *thread = state == HP_OFF ? NULL : hp_thread_attach();
    if (!thread) return;
    hp_place_text place = {name, file, function, name_length, file_length, function_length, line};
    if (state != HP_EVERY && is_recursion(parent, &place)) {
        hp_node *node = hp_node_of_path(thread, parent->path);
        if (node) HP_ADD(node->folded, 1);
        return;
    }
    hp_node *node = async_node(thread, parent, &place);
    hp_task_span *span = node ? take_span(thread) : NULL;
    if (!span) {
        HP_ADD(thread->lost_paths, 1);
        return;
    }
    open->is_open = true;
    open->writes_span = state == HP_EVERY;
    uint64_t id = hp_next_span_id(thread);
    const hp_context context = {.path = node->path, .span = span, .generation = span->generation, .id = id};
    set_context(&open->context, &context);
    open->start = hp_ticks();
    uint64_t request = hp_child_began(parent, open->start);
    span->id = id;
    span->request = parent->path ? request : id;
    span->path = node->path;
    __atomic_store_n(&span->start, open->start, __ATOMIC_RELEASE);
}

void hp_task_end(hp_task_open *open) {
    if (!open->is_open) return;
    open->is_open = false;
    if (HP_UNLIKELY(hp_is_forgotten(open->context.span))) return;
    uint64_t now = hp_ticks();
    hp_thread *thread = hp_thread_attach();
    hp_task_span *span = open->context.span;
    if (!hp_lock_open(&open->context)) {
        if (thread) HP_ADD(thread->misused, 1);
        return;
    }
    span->generation++;
    uint64_t covered = span->covered;
    if (span->open_children && now > span->cover_start) covered += now - span->cover_start;
    uint64_t cpu = span->cpu;
    uint32_t texts = span->texts;
    uint64_t request = span->request;
    bool has_failed = span->has_failed;
    const hp_trace_id trace = span->has_trace ? span->trace : (hp_trace_id){0};
    // Free, the span is this thread's until it is given back.
    const hp_usage *used = span->has_usage ? &span->usage : NULL;
    span->start = 0;
    hp_lock_release(&span->lock);
    hp_child_ended(&open->parent, now, cpu, used);
    if (HP_UNLIKELY(span->has_trace)) hp_give_trace(&open->parent, &trace);
    if (used && !open->parent.path) hp_add_root_usage(open->context.path, used);
    if (!thread) return;
    give_span(thread, span);
    uint64_t duration = now > open->start ? now - open->start : 0;
    if (covered > duration) covered = duration;
    if (cpu > duration) cpu = duration;
    hp_node *node = hp_node_of_path(thread, open->context.path);
    if (!node) {
        HP_ADD(thread->lost_paths, 1);
        return;
    }
    hp_count(thread, node, duration, covered, duration - cpu);
    if (has_failed) hp_trace_failure(thread, node->path_id, open->start);
    hp_trace(thread, node->path_id, open->start, duration, duration - cpu);
    hp_trace_link(thread, open->context.id, open->parent.id, request);
    if (!open->parent.path && hp_is_offer(open->context.path, duration, has_failed)) {
        hp_offer offer = {open->context.path->id, request, open->start, duration, trace, has_failed};
        hp_offer_request(&offer, open->context.path);
    }
    if (!open->writes_span) return;
    hp_span_entry entry = {
        .path = open->context.path->id, .texts = texts, .thread = thread->number, .id = open->context.id, .parent = open->parent.id,
        .start = open->start, .duration = duration, .self_time = duration - covered, .cpu = cpu,
    };
    hp_ring_write_span(thread, &entry);
}

void hp_fail_task(const hp_task_open *open) {
    bool is_ours = open->is_open && !hp_is_forgotten(open->context.span);
    hp_thread *thread = is_ours ? hp_thread_attach() : NULL;
    hp_node *node = thread ? hp_node_of_path(thread, open->context.path) : NULL;
    if (node) HP_ADD(node->errors, 1);
    if (!hp_lock_open(&open->context)) return;
    open->context.span->has_failed = true;
    hp_lock_release(&open->context.span->lock);
}
