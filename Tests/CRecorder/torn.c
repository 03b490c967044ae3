// Entries whose parts are all equal, read while they are written: one whose parts differ was read torn.
#include "driver.h"
#include <sched.h>
#include <stdio.h>
#include <string.h>

static atomic_bool is_over;
static _Atomic uint64_t newest;
enum { REQUEST = 7, MEETINGS = 50 };

// A span and its link, as often as it can, with pauses of random length, so that the reader meets the writer everywhere.
static void *write_traces(void *unused) {
    (void)unused;
    hp_thread *thread = hp_thread_attach();
    random_source random = {42};
    uint64_t value = 1;
    while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
        for (uint64_t left = next_random(&random) % 1024; left; left--) {
            hp_trace(thread, value, value, value, value);
            hp_trace(thread, value << 32 | HP_TRACE_LINK, value, value, REQUEST);
            value = value % 0x1fffffff + 1;
        }
        atomic_store_explicit(&newest, value, memory_order_relaxed);
        for (uint64_t left = next_random(&random) % 2048; left; left--) __asm__ volatile("");
    }
    return NULL;
}

void check_torn_traces(uint64_t amount) {
    static hp_traced_span spans[HP_TRACE_ENTRIES];
    start_recorder(HP_AGGREGATE, 16 << 20, -1);
    pthread_t writer = start_thread(write_traces, NULL);
    random_source random = {4711};
    while (!atomic_load(&newest)) sched_yield();
    uint64_t read = 0, gathered = 0, discarded = 0;
    // Nothing is shown where the two never met.
    while (read < amount || discarded < MEETINGS) {
        uint64_t value = atomic_load_explicit(&newest, memory_order_relaxed), depth = next_random(&random) % 4096;
        // An entry's start and duration are both its value, and a request's begin is compared to where they end.
        hp_offer offer = {.request = REQUEST, .start = value > depth ? 2 * (value - depth) : 0};
        bool is_partial;
        size_t count = hp_gather(&offer, spans, HP_TRACE_ENTRIES, &is_partial);
        gathered++;
        discarded += count == 0;
        for (size_t index = 0; index < count; index++) {
            const hp_traced_span *span = &spans[index];
            uint64_t whole = span->path;
            if (span->start != whole || span->duration != whole || span->off_cpu != whole || span->id != whole ||
                span->parent != whole || span->thread != whole)
                fail("torn after %llu entries: path %u, start %llu, id %llu", (unsigned long long)read, span->path,
                     (unsigned long long)span->start, (unsigned long long)span->id);
        }
        read += count;
    }
    atomic_store(&is_over, true);
    pthread_join(writer, NULL);
    printf("%llu entries read in %llu gatherings, of which %llu were overwritten meanwhile: 0 torn\n",
           (unsigned long long)read, (unsigned long long)gathered, (unsigned long long)discarded);
}

static uint64_t written;

static void *write_ring(void *unused) {
    (void)unused;
    hp_thread *thread = hp_thread_attach();
    random_source random = {43};
    uint64_t lost = 0;
    for (uint64_t value = 1; !atomic_load_explicit(&is_over, memory_order_relaxed); value++) {
        // Full: the reader's turn.
        if (thread->lost_spans != lost) sched_yield();
        lost = thread->lost_spans;
        if (value % 4) {
            uint32_t part = (uint32_t)value;
            hp_span_entry entry = {part, part, part, value, value, value, value, value, value};
            hp_ring_write_span(thread, &entry);
        } else {
            uint8_t text[HP_MAX_TEXT];
            uint32_t length = (uint32_t)(next_random(&random) % (HP_MAX_TEXT + 1));
            memset(text, (int)(value >> 2 & 0xff), length);
            if (!hp_write_text(HP_ENTRY_ATTRIBUTE, value, text, length, length / 2)) HP_ADD(thread->lost_spans, 1);
        }
        written = value;
    }
    return NULL;
}

// `pause` spins an entry: slower than the writer, a reader would never come to the end of what is written.
static uint64_t read_ring(const hp_store *store, uint64_t *last, int pause) {
    uint64_t read = 0, id = 0;
    hp_span_entry span;
    uint8_t text[HP_MAX_TEXT];
    uint32_t length, key_length;
    hp_ring_mark(store);
    for (hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread)) {
        hp_entry_kind kind;
        while ((kind = hp_ring_take(store, thread, &span, &id, text, &length, &key_length)) != HP_ENTRY_NONE) {
            if (kind == HP_ENTRY_SPAN) {
                id = span.id;
                uint32_t part = (uint32_t)id;
                bool is_whole = span.path == part && span.texts == part && span.thread == part && span.parent == id &&
                                span.start == id && span.duration == id && span.self_time == id && span.cpu == id;
                if (!is_whole) fail("a torn span at %llu", (unsigned long long)id);
            } else {
                for (uint32_t index = 0; index < length; index++)
                    if (text[index] != (uint8_t)(id >> 2)) fail("a torn text at %llu", (unsigned long long)id);
                if (key_length != length / 2) fail("a torn head at %llu", (unsigned long long)id);
            }
            if (id <= *last) fail("%llu after %llu", (unsigned long long)id, (unsigned long long)*last);
            *last = id;
            read++;
            hp_ring_release(thread);
            for (int left = pause; left; left--) __asm__ volatile("");
        }
    }
    // A ring's 512 KiB of the smallest entries: what was written while they were read waits for the next time.
    if (read > 512 * 1024 / 24) fail("%llu entries taken at once", (unsigned long long)read);
    return read;
}

void check_torn_rings(uint64_t amount) {
    start_recorder(HP_EVERY, 16 << 20, -1);
    const hp_store *store = hp_own_store();
    pthread_t writer = start_thread(write_ring, NULL);
    uint64_t read = 0, last = 0;
    for (uint64_t times = 0; read < amount; times++) read += read_ring(store, &last, times % 16 ? 0 : 500);
    atomic_store(&is_over, true);
    pthread_join(writer, NULL);
    read += read_ring(store, &last, 0);
    uint64_t lost = hp_loss_totals(store).spans;
    if (read + lost != written) fail("%llu read and %llu lost", (unsigned long long)read, (unsigned long long)lost);
    printf("%llu entries read, %llu lost and counted: 0 torn\n", (unsigned long long)read, (unsigned long long)lost);
}
