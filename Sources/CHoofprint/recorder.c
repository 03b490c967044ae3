#define _GNU_SOURCE
#include "hp_internal.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

uint32_t hp_state = HP_OFF;

// Never opened or found as a child: where it is the parent, the slow way is taken. Every thread's base frame has it.
static hp_node base_node = {.slot = &base_node.no_slot};
hp_thread hp_no_thread = {
    .top = hp_no_thread.frames, .trace = &hp_no_thread.no_trace, .frames = {{.node = &base_node}}};
hp_frame hp_no_frame = {.node = &base_node, .is_slow = true};
__thread hp_thread *hp_this_thread __attribute__((tls_model("initial-exec"))) = &hp_no_thread;

static pthread_key_t exit_key;
static pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;
static uint64_t next_id_block;
static uint64_t lost_without_thread;

// A thread that exits leaves its block, counters and all, to the next new one.
static void thread_exited(void *block) {
    hp_thread *thread = block;
    hp_this_thread = &hp_no_thread;
    for (; thread->top > thread->frames; thread->top--) {
        thread->top->is_slow = false;
        __atomic_store_n(&thread->top->start, 0, __ATOMIC_RELAXED);
    }
    if (thread->signal_stack) {
        stack_t none = {.ss_flags = SS_DISABLE};
        sigaltstack(&none, NULL);
    }
    __atomic_store_n(&thread->in_use, false, __ATOMIC_RELEASE);
}

// A crash by a stack overflow has no stack left to be handled on.
static void give_signal_stack(hp_thread *thread) {
    enum { BYTES = 32 * 1024 };
    stack_t present;
    if (!hp_signals_are_watched() || sigaltstack(NULL, &present) || !(present.ss_flags & SS_DISABLE)) return;
    if (!thread->signal_stack) thread->signal_stack = hp_map_unkept(BYTES);
    stack_t stack = {.ss_sp = thread->signal_stack, .ss_size = BYTES};
    if (thread->signal_stack) sigaltstack(&stack, NULL);
}

void hp_forget_thread(void) { hp_this_thread = &hp_no_thread; }

static void make_exit_key(void) { pthread_key_create(&exit_key, thread_exited); }

static hp_thread *new_thread_block(void) {
    hp_thread *thread = hp_map(sizeof *thread);
    if (!thread || !hp_list_thread(thread)) return NULL;
    thread->frames[0].node = &base_node;
    thread->top = thread->frames;
    hp_trace_entry *trace = hp_map_spare(HP_TRACE_ENTRIES * sizeof *trace);
    thread->trace = trace ? trace : &thread->no_trace;
    thread->trace_mask = trace ? HP_TRACE_ENTRIES - 1 : 0;
    return thread;
}

hp_thread *hp_make_thread(void) {
    hp_store *store = hp_own_store();
    if (!store) return NULL;
    pthread_once(&exit_key_once, make_exit_key);
    hp_lock_take(&hp_locks[HP_THREADS_LOCK]);
    hp_thread *thread = store->first_thread;
    while (thread && __atomic_load_n(&thread->in_use, __ATOMIC_ACQUIRE)) thread = thread->next;
    if (!thread && (thread = new_thread_block())) {
        thread->next = store->first_thread;
        __atomic_store_n(&store->first_thread, thread, __ATOMIC_RELEASE);
    }
    if (thread) __atomic_store_n(&thread->in_use, true, __ATOMIC_RELAXED);
    hp_lock_release(&hp_locks[HP_THREADS_LOCK]);
    if (!thread) return NULL;
    __atomic_store_n(&thread->number, (uint32_t)syscall(SYS_gettid), __ATOMIC_RELAXED);
    thread->anchor_cpu = hp_clock_ns(CLOCK_THREAD_CPUTIME_ID);
    thread->anchor = hp_ticks();
    hp_read_usage(thread, thread->anchor); // the block's last thread had other counters
    give_signal_stack(thread);
    hp_this_thread = thread;
    pthread_setspecific(exit_key, thread);
    return thread;
}

static hp_thread *sound_thread(const hp_store *store, hp_thread *thread) {
    return thread && hp_is_within(store, thread, sizeof *thread) ? thread : NULL;
}

hp_thread *hp_first_thread(const hp_store *store) {
    return sound_thread(store, __atomic_load_n(&store->first_thread, __ATOMIC_ACQUIRE));
}

// A thread is made after those that come after it, at a higher address: the list ends.
hp_thread *hp_next_thread(const hp_store *store, const hp_thread *thread) {
    return thread->next < thread ? sound_thread(store, thread->next) : NULL;
}

uint64_t hp_reanchor(hp_thread *thread, uint64_t now) {
    // A thread that is switched out between the readings would have that counted as off-CPU time of a moment before it: then
    // all is read again, and the moment is a later one.
    enum { ATTEMPTS = 4 };
    uint64_t cpu = 0, after = now;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (attempt) now = hp_ticks();
        cpu = hp_clock_ns(CLOCK_THREAD_CPUTIME_ID);
        after = hp_ticks();
        if (after - now < hp_anchor_age / 8) break;
    }
    uint64_t ticks = now + (after - now) / 2;
    uint64_t rate = __atomic_load_n(&hp_ticks_per_ns_q32, __ATOMIC_RELAXED);
    uint64_t on_cpu = (uint64_t)(((unsigned __int128)(cpu - thread->anchor_cpu) * rate) >> 32);
    // Signed in effect: a reading error of one interval is taken back in the next, so none adds up.
    thread->off_cpu += ticks - thread->anchor - on_cpu;
    thread->anchor = ticks;
    thread->anchor_cpu = cpu;
    return now;
}

void hp_take_span_ids(hp_thread *thread) {
    enum { BLOCK = 1024 };
    thread->next_id = __atomic_fetch_add(&next_id_block, BLOCK, __ATOMIC_RELAXED);
    thread->last_id = thread->next_id + BLOCK;
}

hp_node *hp_node_of_path(hp_thread *thread, hp_path *path) {
    hp_node ***slot = &thread->node_pages[path->id / HP_NODE_PAGE];
    hp_node **page = *slot;
    if (!page) {
        page = hp_thread_allocate(thread, HP_NODE_PAGE * sizeof *page);
        if (!page) return NULL;
        __atomic_store_n(slot, page, __ATOMIC_RELEASE);
    }
    hp_node *node = page[path->id % HP_NODE_PAGE];
    if (node) return node;
    node = hp_thread_allocate(thread, sizeof *node);
    if (!node || !hp_list_node(node)) return NULL;
    node->slot = &node->no_slot;
    node->path = path;
    node->path_id = path->id;
    node->name = path->callsite->name;
    node->place = hp_place(path->callsite->file, path->callsite->line);
    __atomic_store_n(&page[path->id % HP_NODE_PAGE], node, __ATOMIC_RELEASE);
    return node;
}

// Lets the fast way find the node, where there is a fast way.
static hp_node *made_recent(hp_node *parent, hp_node *node) {
    if (hp_clock == HP_CLOCK_COUNTER && __atomic_load_n(&hp_state, __ATOMIC_RELAXED) != HP_EVERY) parent->recent = node;
    return node;
}

hp_node *hp_child_node(hp_thread *thread, hp_node *parent, const hp_place_text *place) {
    uintptr_t key = hp_place(place->file, place->line);
    for (hp_node *node = parent->first_child; node; node = node->sibling)
        if (node->name == place->name && node->place == key) return made_recent(parent, node);
    hp_path *path = hp_path_under(parent->path, place, false);
    hp_node *node = path ? hp_node_of_path(thread, path) : NULL;
    // `(other)` has many parents, and is found by none of them.
    if (!node || node->name != place->name || node->place != key) return node;
    node->sibling = parent->first_child;
    parent->first_child = node;
    return made_recent(parent, node);
}

static bool is_at(const hp_node *node, const char *name, uintptr_t place) {
    return node->name == name && node->place == place;
}

// A function that opens several spans in turn does so in the same order mostly: each child remembers who came after it.
// Nothing that was read is read again: the store may have been lost meanwhile (mend.c).
hp_frame *hp_begin_sibling(
    hp_thread *thread, hp_frame *outer, hp_node *parent, hp_node *recent, const char *name, uintptr_t place) {
    hp_node *node = recent->next;
    if (!node || !is_at(node, name, place)) {
        for (node = parent->first_child; node && !is_at(node, name, place);) node = node->sibling;
        if (!node) return NULL;
        recent->next = node;
    }
    parent->recent = node;
    return hp_open_frame(thread, outer, node);
}

static const hp_context no_context;

// The node that children of a top-level context hang from.
static hp_node *base_parent(hp_thread *thread, const hp_context *context) {
    return context->path ? hp_node_of_path(thread, context->path) : &thread->root;
}

hp_frame *hp_begin_slow(const hp_context *parent_context, const char *name, uint32_t name_length, const char *file,
                        uint32_t file_length, uint32_t line, const char *function, uint32_t function_length) {
    uint32_t state = hp_live_state();
    if (state == HP_OFF) return &hp_no_frame;
    if (hp_is_forgotten(parent_context->path)) parent_context = &no_context;
    hp_thread *thread = hp_thread_attach();
    if (!thread) {
        __atomic_fetch_add(&lost_without_thread, 1, __ATOMIC_RELAXED);
        return &hp_no_frame;
    }
    hp_place_text place = {name, file, function, name_length, file_length, function_length, line};
    hp_frame *outer = thread->top;
    bool is_top = outer == thread->frames;
    hp_node *parent = is_top ? base_parent(thread, parent_context) : outer->node;
    bool is_recursion = !is_top && parent->name == name && parent->place == hp_place(file, line);
    if (is_recursion && state != HP_EVERY) {
        HP_ADD(parent->folded, 1);
        return &hp_no_frame;
    }
    hp_node *node = parent && outer < thread->frames + HP_MAX_DEPTH ? hp_child_node(thread, parent, &place) : NULL;
    if (!node) {
        HP_ADD(thread->lost_paths, 1);
        return &hp_no_frame;
    }
    if (node == parent && state != HP_EVERY) { // `(other)` in itself
        HP_ADD(parent->folded, 1);
        return &hp_no_frame;
    }
    hp_frame *frame = outer + 1;
    bool is_slow = is_top || state == HP_EVERY || hp_clock != HP_CLOCK_COUNTER;
    __atomic_store_n(&frame->node, node, __ATOMIC_RELEASE);
    frame->covered = 0;
    frame->is_slow = is_slow;
    frame->has_failed = false;
    frame->id = 0;
    frame->texts = 0;
    uint64_t id = is_top || state == HP_EVERY ? hp_next_span_id(thread) : 0;
    if (is_top) thread->top_id = id;
    if (state == HP_EVERY) frame->id = id;
    thread->top = frame;
    uint64_t now = hp_thread_ticks(thread);
    if (is_top) {
        if (HP_UNLIKELY(hp_usage_is_old(thread, now))) {
            hp_read_usage(thread, now);
            now = hp_thread_ticks(thread);
        }
        thread->base = *parent_context;
        uint64_t request = hp_child_began(&thread->base, now);
        __atomic_store_n(&thread->request, parent_context->path ? request : thread->top_id, __ATOMIC_RELAXED);
    }
    frame->off_cpu = thread->off_cpu;
    __atomic_store_n(&frame->start, now, __ATOMIC_RELEASE);
    return frame;
}

void hp_note_bucket(hp_thread *thread, hp_node *node, uint32_t bucket) {
    uint64_t *octave = hp_thread_allocate(thread, 64 * sizeof(uint64_t));
    if (octave) __atomic_store_n(&node->octaves[bucket >> 6], octave, __ATOMIC_RELEASE);
    else HP_ADD(thread->lost_paths, 1);
    __atomic_store_n(&node->slot, octave ? octave + (bucket & 63) : &node->no_slot, __ATOMIC_RELAXED);
}

static void write_span(
    hp_thread *thread, const hp_frame *frame, uint64_t start, uint64_t duration, uint64_t covered, uint64_t off_cpu) {
    const hp_frame *outer = frame - 1;
    hp_span_entry entry = {
        .path = frame->node->path->id, .texts = frame->texts, .thread = thread->number, .id = frame->id,
        .parent = outer == thread->frames ? thread->base.id : outer->id, .start = start, .duration = duration,
        .self_time = duration - covered, .cpu = duration - off_cpu,
    };
    hp_ring_write_span(thread, &entry);
}

uint64_t hp_note_clock_step(hp_thread *thread) {
    HP_ADD(thread->clock_steps, 1);
    return 0;
}

// Ends the innermost frame, whatever its kind.
static void end_top(hp_thread *thread) {
    uint64_t now = hp_thread_ticks(thread);
    hp_frame *frame = thread->top;
    hp_frame *outer = frame - 1;
    uint64_t start = frame->start;
    int64_t duration = (int64_t)(now - start);
    if (duration < 0) duration = (int64_t)hp_note_clock_step(thread);
    int64_t covered = (int64_t)frame->covered < duration ? (int64_t)frame->covered : duration;
    // The CPU clock may run ahead of the counter by its reading error.
    int64_t off_cpu = (int64_t)(thread->off_cpu - frame->off_cpu);
    if (off_cpu < 0) off_cpu = 0;
    if (off_cpu > duration) off_cpu = duration;
    outer->covered += (uint64_t)duration;
    __atomic_store_n(&frame->start, 0, __ATOMIC_RELAXED);
    thread->top = outer;
    frame->is_slow = false;
    hp_trace(thread, frame->node->path_id, start, (uint64_t)duration, (uint64_t)off_cpu);
    hp_count(thread, frame->node, (uint64_t)duration, (uint64_t)covered, (uint64_t)off_cpu);
    if (frame->id) write_span(thread, frame, start, (uint64_t)duration, (uint64_t)covered, (uint64_t)off_cpu);
    if (outer != thread->frames) return;
    hp_trace_link(thread, thread->top_id, thread->base.id, thread->request);
    hp_usage usage;
    const hp_usage *used = hp_usage_is_old(thread, now) && hp_take_usage(thread, now, &usage) ? &usage : NULL;
    hp_child_ended(&thread->base, now, (uint64_t)(duration - off_cpu), used);
    if (thread->base.path) return;
    if (used) hp_add_root_usage(frame->node->path, used);
    if (!hp_is_offer(frame->node->path, (uint64_t)duration, frame->has_failed)) return;
    hp_offer offer = {.path = frame->node->path->id, .request = thread->request, .start = start,
                      .duration = (uint64_t)duration, .has_failed = frame->has_failed};
    hp_offer_request(&offer, frame->node->path);
}

void hp_end_slow(hp_frame *frame) {
    hp_thread *thread = hp_this_thread;
    if (frame == &hp_no_frame || thread == &hp_no_thread || hp_is_forgotten(frame)) return;
    if (thread->top != frame) {
        HP_ADD(thread->misused, 1);
        if (frame <= thread->frames || frame > thread->top) return;
        // Spans begun inside and not ended yet end with it.
        while (thread->top > frame) end_top(thread);
    }
    end_top(thread);
}

bool hp_is_open_frame(const hp_frame *frame, uint64_t start) {
    const hp_thread *thread = hp_this_thread;
    return frame > thread->frames && frame <= thread->top && start && frame->start == start;
}

void hp_end_token(hp_frame *frame, uint64_t start) {
    hp_thread *thread = hp_this_thread;
    if (frame == &hp_no_frame || hp_is_forgotten(frame)) return;
    if (thread == &hp_no_thread) {
        // Ended on a thread that has opened none: it stays open where it began.
        __atomic_fetch_add(&lost_without_thread, 1, __ATOMIC_RELAXED);
        return;
    }
    if (hp_is_open_frame(frame, start)) hp_end(frame);
    else HP_ADD(thread->misused, 1);
}

void hp_set_state(uint32_t state) {
    __atomic_store_n(&hp_state, hp_store_is_lost() ? (uint32_t)HP_OFF : state, __ATOMIC_RELAXED);
}

bool hp_is_own_frame(const hp_frame *frame) {
    const hp_thread *thread = hp_this_thread;
    return frame > thread->frames && frame <= thread->top;
}

void hp_fail_frame(hp_frame *frame) {
    hp_thread *thread = hp_this_thread;
    HP_ADD(frame->node->errors, 1);
    frame->has_failed = true;
    hp_trace_failure(thread, frame->node->path_id, frame->start);
}

hp_losses hp_loss_totals(const hp_store *store) {
    hp_losses losses = {.paths = __atomic_load_n(&lost_without_thread, __ATOMIC_RELAXED)};
    for (hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread)) {
        losses.paths += __atomic_load_n(&thread->lost_paths, __ATOMIC_RELAXED);
        losses.spans += __atomic_load_n(&thread->lost_spans, __ATOMIC_RELAXED);
        losses.misused += __atomic_load_n(&thread->misused, __ATOMIC_RELAXED);
        losses.clock_steps += __atomic_load_n(&thread->clock_steps, __ATOMIC_RELAXED);
    }
    return losses;
}
