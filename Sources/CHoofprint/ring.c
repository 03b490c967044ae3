#include "hp_internal.h"
#include <string.h>

enum { RING_BYTES = 512 * 1024, ENTRY_HEAD = 16 };

/// Bytes on the way from the thread (writes at `head`) to the flush thread (reads at `tail`). Positions count up for
/// ever. An entry never wraps: the rest of the ring is skipped by an entry of kind HP_ENTRY_NONE.
struct hp_ring {
    uint64_t head, tail;
    unsigned char bytes[RING_BYTES];
};

typedef struct {
    uint32_t size; // of the whole entry, a multiple of 8
    uint32_t kind;
    uint32_t length, key_length;
} entry_head;

static hp_ring *ring_of(hp_thread *thread) {
    if (!thread->ring) {
        hp_ring *ring = hp_map(sizeof *ring);
        __atomic_store_n(&thread->ring, ring, __ATOMIC_RELEASE);
    }
    return thread->ring;
}

static bool put(hp_thread *thread, entry_head head, const void *payload, uint32_t length) {
    hp_ring *ring = ring_of(thread);
    if (!ring) return false;
    head.size = (ENTRY_HEAD + length + 7) & ~7u;
    uint64_t at = ring->head;
    uint64_t used = at - __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
    uint64_t to_end = RING_BYTES - at % RING_BYTES;
    uint64_t skip = to_end < head.size ? to_end : 0;
    if (used + skip + head.size > RING_BYTES) return false;
    if (skip >= ENTRY_HEAD) {
        entry_head gap = {.size = (uint32_t)skip, .kind = HP_ENTRY_NONE};
        memcpy(ring->bytes + at % RING_BYTES, &gap, sizeof gap);
    }
    at += skip;
    memcpy(ring->bytes + at % RING_BYTES, &head, sizeof head);
    memcpy(ring->bytes + at % RING_BYTES + ENTRY_HEAD, payload, length);
    __atomic_store_n(&ring->head, at + head.size, __ATOMIC_RELEASE);
    return true;
}

void hp_ring_write_span(hp_thread *thread, const hp_span_entry *entry) {
    if (!put(thread, (entry_head){.kind = HP_ENTRY_SPAN}, entry, sizeof *entry)) HP_ADD(thread->lost_spans, 1);
}

bool hp_write_text(hp_entry_kind kind, uint64_t id, const uint8_t *text, uint32_t length, uint32_t key_length) {
    hp_thread *thread = hp_thread_attach();
    if (!thread || length > HP_MAX_TEXT || key_length > length) return false;
    unsigned char payload[8 + HP_MAX_TEXT];
    memcpy(payload, &id, 8);
    memcpy(payload + 8, text, length);
    return put(thread, (entry_head){.kind = kind, .length = length, .key_length = key_length}, payload, 8 + length);
}

void hp_ring_mark(const hp_store *store) {
    for (hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread)) {
        const hp_ring *ring = __atomic_load_n(&thread->ring, __ATOMIC_ACQUIRE);
        bool is_there = ring && hp_is_within(store, ring, sizeof *ring);
        thread->ring_marked = is_there ? __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) : 0;
    }
}

hp_entry_kind hp_ring_take(const hp_store *store, hp_thread *thread, hp_span_entry *span, uint64_t *id, uint8_t *text,
                           uint32_t *length, uint32_t *key_length) {
    hp_ring *ring = __atomic_load_n(&thread->ring, __ATOMIC_ACQUIRE);
    if (!ring || !hp_is_within(store, ring, sizeof *ring)) return HP_ENTRY_NONE;
    // A thread that came after the mark has none, and waits.
    uint64_t head_at = thread->ring_marked, left = head_at > ring->tail ? head_at - ring->tail : 0;
    if (left > RING_BYTES) return HP_ENTRY_NONE;
    while (left) {
        uint64_t offset = ring->tail % RING_BYTES;
        entry_head head = {.size = (uint32_t)(RING_BYTES - offset)};
        if (head.size >= ENTRY_HEAD) memcpy(&head, ring->bytes + offset, sizeof head);
        // Never so but in a broken store.
        if (!head.size || head.size > left || head.size > RING_BYTES - offset) return HP_ENTRY_NONE;
        const unsigned char *payload = ring->bytes + offset + ENTRY_HEAD;
        uint32_t room = head.size < ENTRY_HEAD ? 0 : head.size - ENTRY_HEAD;
        if (head.kind == HP_ENTRY_SPAN && room >= sizeof *span) {
            memcpy(span, payload, sizeof *span);
        } else if (head.kind != HP_ENTRY_NONE) {
            if (head.length > HP_MAX_TEXT || head.length + 8 > room || head.key_length > head.length) return HP_ENTRY_NONE;
            memcpy(id, payload, 8);
            memcpy(text, payload + 8, head.length);
            *length = head.length;
            *key_length = head.key_length;
        }
        left -= head.size;
        if (head.kind != HP_ENTRY_NONE) {
            thread->ring_taken = head_at - left;
            return head.kind;
        }
        __atomic_store_n(&ring->tail, ring->tail + head.size, __ATOMIC_RELEASE);
    }
    return HP_ENTRY_NONE;
}

void hp_ring_release(hp_thread *thread) {
    hp_ring *ring = __atomic_load_n(&thread->ring, __ATOMIC_ACQUIRE);
    // None where the store was lost meanwhile.
    if (ring) __atomic_store_n(&ring->tail, thread->ring_taken, __ATOMIC_RELEASE);
}
