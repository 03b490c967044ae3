// Mode `every`: finished spans and their texts on the way to the flush thread. One writer (the thread), one reader.
#pragma once
#include "hp_store.h"

/// A finished span.
typedef struct {
    uint32_t path;
    uint32_t texts;  // how many texts were written for it
    uint32_t thread; // the thread it ended on, by the kernel's number
    uint64_t id, parent;
    uint64_t start, duration, self_time, cpu; // ticks
} hp_span_entry;

/// What an entry of a ring is.
typedef enum { HP_ENTRY_NONE = 0, HP_ENTRY_SPAN = 1, HP_ENTRY_ATTRIBUTE = 2, HP_ENTRY_ERROR = 3 } hp_entry_kind;

/// Attaches a text to the span `id`: `key_length` bytes of key, then the value. False: the ring is full.
bool hp_write_text(hp_entry_kind kind, uint64_t id, const uint8_t *text, uint32_t length, uint32_t key_length);

/// Marks what the threads have written until now: so much `hp_ring_take` gives before it says that a ring is empty.
void hp_ring_mark(const hp_store *store);

/// Reads the oldest entry of a thread's ring. For a span fills `span`, for a text `id`, `text` (HP_MAX_TEXT bytes), `length`
/// and `key_length`. HP_ENTRY_NONE: empty. The entry stays in the ring, and is the oldest, until it is released.
hp_entry_kind hp_ring_take(const hp_store *store, hp_thread *thread, hp_span_entry *span, uint64_t *id, uint8_t *text,
                           uint32_t *length, uint32_t *key_length);

/// Frees the room of the entry read last: what it says is safe elsewhere.
void hp_ring_release(hp_thread *thread);

void hp_ring_write_span(hp_thread *thread, const hp_span_entry *entry);
