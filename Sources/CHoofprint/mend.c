// What becomes of the recorder when somebody cuts its ring file short while it runs.
//
// What is cut off is gone: the next access is a SIGBUS, and the threads are in the midst of spans. So the file's part of the
// store is replaced, in one step, by memory of the process's own in which every thread stands at its base and every pointer
// that the inlined hot path follows leads somewhere harmless; recording is off, and what was recorded there is forgotten, as
// a forked child forgets its parent's. The program goes on, and the flush thread says what happened.
//
// What remains: a cut within a page zeroes the rest of that page without a signal, and a thread that has its block there meets
// a null pointer; cuts to nothing, as log rotation's, and to whole pages are outlived. So is none where the program's own
// handler of SIGBUS stands in the place of ours, or signals are not watched.
#define _GNU_SOURCE
#include "hp_internal.h"
#include <sched.h>
#include <sys/mman.h>

// The threads' blocks and the nodes, listed outside the store: there the list would be lost too.
enum { CHUNK_BYTES = 64 * 1024, CHUNK_ENTRIES = CHUNK_BYTES / sizeof(uintptr_t) - 2, IS_THREAD = 1 };
typedef struct chunk {
    struct chunk *next;
    uint64_t count;
    uintptr_t entries[CHUNK_ENTRIES];
} chunk;
static chunk *newest_chunk;

static uint32_t is_mending;
static bool is_lost;
static uint64_t line_session, next_line;

// What frames lead to afterwards. Nothing is found under it, and no request of its path is ever wanted.
static hp_path lost_path = {.exemplar_floor = UINT64_MAX};
static hp_node lost_node = {.slot = &lost_node.no_slot, .path = &lost_path};

static bool list(uintptr_t entry) {
    chunk *chunk = newest_chunk;
    if (!chunk || chunk->count == CHUNK_ENTRIES) {
        struct chunk *made = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (made == MAP_FAILED) return false;
        made->next = chunk;
        __atomic_store_n(&newest_chunk, made, __ATOMIC_RELEASE);
        chunk = made;
    }
    chunk->entries[chunk->count] = entry;
    // Last: who mends, in a signal handler, takes no lock.
    __atomic_store_n(&chunk->count, chunk->count + 1, __ATOMIC_RELEASE);
    return true;
}

static bool list_locked(uintptr_t entry) {
    if (!hp_kept_bytes()) return true;
    hp_lock_take(&hp_locks[HP_MADE_LOCK]);
    bool is_listed = list(entry);
    hp_lock_release(&hp_locks[HP_MADE_LOCK]);
    return is_listed;
}

bool hp_list_thread(const hp_thread *thread) { return list_locked((uintptr_t)thread | IS_THREAD); }
bool hp_list_node(const hp_node *node) { return list_locked((uintptr_t)node); }

void hp_forget_made(void) {
    newest_chunk = NULL;
    is_lost = false;
}

bool hp_store_is_lost(void) { return __atomic_load_n(&is_lost, __ATOMIC_ACQUIRE); }

void hp_keep_line_number(uint64_t session, uint64_t next) {
    __atomic_store_n(&line_session, session, __ATOMIC_RELAXED);
    __atomic_store_n(&next_line, next, __ATOMIC_RELAXED);
}

static void stand_at_base(hp_thread *copy, hp_thread *thread) {
    copy->top = thread->frames;
    copy->trace = &thread->no_trace;
    copy->root.slot = &thread->root.no_slot;
    copy->in_use = true;
    // Slow: what began before ends there, where it is found forgotten.
    for (int depth = 0; depth <= HP_MAX_DEPTH; depth++) copy->frames[depth] = (hp_frame){.node = &lost_node, .is_slow = true};
}

static bool replace(hp_store *store, uint64_t kept, uint64_t size) {
    char *fresh = mmap(NULL, kept, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED) return false;
    hp_store_head *head = (hp_store_head *)fresh;
    *head = (hp_store_head){.address = store, .size = size, .kept = kept, .used = size};
    head->session = __atomic_load_n(&line_session, __ATOMIC_RELAXED);
    head->next_line = __atomic_load_n(&next_line, __ATOMIC_RELAXED);
    for (chunk *chunk = __atomic_load_n(&newest_chunk, __ATOMIC_ACQUIRE); chunk; chunk = chunk->next)
        for (uint64_t index = __atomic_load_n(&chunk->count, __ATOMIC_ACQUIRE); index--;) {
            uintptr_t address = chunk->entries[index] & ~(uintptr_t)IS_THREAD, offset = address - (uintptr_t)store;
            if (offset >= kept) continue;
            if (chunk->entries[index] & IS_THREAD) stand_at_base((hp_thread *)(fresh + offset), (hp_thread *)address);
            else ((hp_node *)(fresh + offset))->slot = &((hp_node *)address)->no_slot;
        }
    hp_forgotten_size = size;
    hp_forgotten = (uintptr_t)store;
    // Before the new memory is seen: who finds zeros there knows why.
    __atomic_store_n(&is_lost, true, __ATOMIC_RELEASE);
    hp_set_state(HP_OFF);
    return mremap(fresh, kept, kept, MREMAP_MAYMOVE | MREMAP_FIXED, store) != MAP_FAILED;
}

bool hp_mend_store(const void *address) {
    hp_store *store = hp_own_store();
    uint64_t kept = hp_kept_bytes();
    if (!store || (uintptr_t)address - (uintptr_t)store >= kept) return false;
    while (__atomic_exchange_n(&is_mending, 1, __ATOMIC_ACQUIRE)) sched_yield();
    bool is_mended = is_lost || replace(store, kept, hp_store_bytes());
    __atomic_store_n(&is_mending, 0, __ATOMIC_RELEASE);
    if (is_mended) hp_wake_flush();
    return is_mended;
}
