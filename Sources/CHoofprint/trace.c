#include "hp_internal.h"
#include <stdlib.h>

enum { OFFERS = 64 };

static hp_lock *const offers_lock = &hp_locks[HP_OFFERS_LOCK];
static hp_offer offers[OFFERS];
static uint32_t first_offer, offer_count, exemplars_per_root;
static uint64_t missed_offers;

#define READ(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define WRITE(field, value) __atomic_store_n(&(field), value, __ATOMIC_RELAXED)

void hp_set_exemplars(uint32_t per_root) { exemplars_per_root = per_root; }

void hp_forget_offers(void) {
    exemplars_per_root = first_offer = offer_count = 0;
    missed_offers = 0;
}

void hp_make_root(hp_path *path) {
    path->failed_left = exemplars_per_root;
    path->exemplar_floor = exemplars_per_root ? 0 : UINT64_MAX;
}

void hp_start_window(void) {
    if (!exemplars_per_root) return;
    const hp_store *store = hp_own_store();
    for (uint32_t id = hp_path_count(store); id; id--) {
        hp_path *path = hp_path_at(store, id);
        if (!path || path->parent) continue;
        WRITE(path->exemplar_floor, 0);
        WRITE(path->failed_left, exemplars_per_root);
    }
}

void hp_set_exemplar_floor(uint32_t id, uint64_t ticks) {
    hp_path *path = hp_path_at(hp_own_store(), id);
    if (path) WRITE(path->exemplar_floor, ticks);
}

void hp_offer_request(const hp_offer *offer, hp_path *path) {
    bool is_wanted_failure = offer->has_failed && READ(path->failed_left);
    hp_lock_take(offers_lock);
    bool has_room = offer_count < OFFERS;
    if (has_room) {
        if (is_wanted_failure && path->failed_left) WRITE(path->failed_left, path->failed_left - 1);
        offers[(first_offer + offer_count++) % OFFERS] = *offer;
    } else {
        HP_ADD(missed_offers, 1);
    }
    hp_lock_release(offers_lock);
    if (has_room) hp_wake_flush();
}

bool hp_take_offer(hp_offer *offer) {
    hp_lock_take(offers_lock);
    bool is_there = offer_count > 0;
    if (is_there) {
        *offer = offers[first_offer];
        first_offer = (first_offer + 1) % OFFERS;
        offer_count--;
    }
    hp_lock_release(offers_lock);
    return is_there;
}

uint64_t hp_missed_offers(void) { return READ(missed_offers); }

void hp_trace_failure(hp_thread *thread, uint64_t path_id, uint64_t start) {
    hp_trace(thread, path_id | HP_TRACE_FAILED, start, 0, 0);
}

// A request's spans while they are gathered.
typedef struct {
    const hp_offer *offer;
    hp_traced_span *spans;
    size_t count, capacity;
    bool is_partial;
} gathering;

static hp_trace_entry entry_at(const hp_thread *thread, uint64_t index) {
    const hp_trace_entry *entry = thread->trace + (index & thread->trace_mask);
    return (hp_trace_entry){READ(entry->tag), READ(entry->start), READ(entry->duration), READ(entry->off_cpu)};
}

static void mark_failed(gathering *gathered, size_t from, uint64_t path, uint64_t start) {
    for (size_t index = from; index < gathered->count; index++)
        if (gathered->spans[index].path == path && gathered->spans[index].start == start)
            gathered->spans[index].has_failed = true;
}

// Walks a thread's ring from the newest entry back to the request's begin.
static void gather_thread(gathering *gathered, const hp_thread *thread) {
    size_t from = gathered->count;
    uint64_t head = __atomic_load_n(&thread->traced, __ATOMIC_ACQUIRE), index = head;
    hp_trace_entry link = {0};
    bool is_first = false, is_whole = false;
    // The oldest place may be the one that is being written.
    uint64_t oldest = head > thread->trace_mask ? head - thread->trace_mask : 0;
    while (index > oldest) {
        hp_trace_entry entry = entry_at(thread, --index);
        uint32_t tag = (uint32_t)entry.tag;
        if (tag & HP_TRACE_LINK) {
            link = entry;
            is_first = true;
            continue;
        }
        bool is_ours = link.off_cpu == gathered->offer->request;
        if (tag & HP_TRACE_FAILED) {
            if (is_ours) mark_failed(gathered, from, tag & ~(uint32_t)HP_TRACE_FAILED, entry.start);
            continue;
        }
        if (entry.start + entry.duration < gathered->offer->start) {
            is_whole = true;
            break;
        }
        if (!is_ours) continue;
        if (gathered->count == gathered->capacity) break;
        gathered->spans[gathered->count++] = (hp_traced_span){
            .path = tag, .thread = (uint32_t)(link.tag >> 32), .id = is_first ? link.start : 0,
            .parent = is_first ? link.duration : 0, .start = entry.start, .duration = entry.duration,
            .off_cpu = entry.off_cpu,
        };
        is_first = false;
    }
    if (index == 0) is_whole = true;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    // Which spans were overwritten while they were read is not known: then the thread's part is left out as a whole.
    uint64_t written = READ(thread->traced);
    bool is_overwritten = written > thread->trace_mask && index < written - thread->trace_mask;
    if (is_overwritten) gathered->count = from;
    if (!is_whole || is_overwritten) gathered->is_partial = true;
}

size_t hp_gather(const hp_offer *offer, hp_traced_span *spans, size_t capacity, bool *is_partial) {
    const hp_store *store = hp_own_store();
    gathering gathered = {.offer = offer, .spans = spans, .capacity = capacity};
    for (const hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread))
        gather_thread(&gathered, thread);
    *is_partial = gathered.is_partial;
    return gathered.count;
}

static size_t open_frames(const hp_store *store, const hp_thread *thread, uint64_t begun_by, hp_open_span *spans,
                          size_t capacity) {
    size_t count = 0;
    for (int depth = 1; depth <= HP_MAX_DEPTH && count < capacity; depth++) {
        const hp_frame *frame = &thread->frames[depth];
        uint64_t start = __atomic_load_n(&frame->start, __ATOMIC_ACQUIRE);
        if (!start || start > begun_by) break;
        const hp_node *node = READ(frame->node);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        // Ended meanwhile, and perhaps another one begun there.
        if (READ(frame->start) != start || !node || !hp_is_within(store, node, sizeof *node)) break;
        spans[count++] = (hp_open_span){
            .path = (uint32_t)node->path_id, .thread = READ(thread->number), .start = start, .request = READ(thread->request),
        };
    }
    return count;
}

static size_t open_spans(const hp_store *store, bool locks, uint64_t begun_by, hp_open_span *spans, size_t capacity) {
    size_t count = 0;
    for (const hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread))
        count += open_frames(store, thread, begun_by, spans + count, capacity - count);
    hp_task_span *span = __atomic_load_n(&store->first_task_span, __ATOMIC_ACQUIRE);
    // As many as there may be: the list of a broken store need not end.
    for (uint64_t left = store->head.size / sizeof *span; left && count < capacity; left--, span = span->next_made) {
        if (!span || !hp_is_within(store, span, sizeof *span)) break;
        if (locks) hp_lock_take(&span->lock);
        // Begun without the lock: what is read after its start was written before it, and stays while the lock is held.
        uint64_t start = __atomic_load_n(&span->start, __ATOMIC_ACQUIRE);
        if (start && start <= begun_by && hp_is_within(store, span->path, sizeof *span->path))
            spans[count++] = (hp_open_span){.path = span->path->id, .start = start, .request = span->request,
                                            .trace = span->has_trace ? span->trace : (hp_trace_id){0}};
        if (locks) hp_lock_release(&span->lock);
    }
    return count;
}

size_t hp_open_spans(const hp_store *store, uint64_t begun_by, hp_open_span *spans, size_t capacity) {
    return open_spans(store, store == hp_own_store(), begun_by, spans, capacity);
}

size_t hp_open_spans_unlocked(const hp_store *store, uint64_t begun_by, hp_open_span *spans, size_t capacity) {
    return open_spans(store, false, begun_by, spans, capacity);
}
