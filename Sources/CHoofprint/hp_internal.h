// Shared by the recorder's own C files.
#pragma once
#include "CHoofprint.h"
#include <signal.h>

enum { HP_CALLSITE_SLOTS = 4096, HP_MAX_CALLSITES = 16384 };

struct hp_store {
    hp_store_head head;
    uint8_t session_line[HP_SESSION_BYTES];
    uint8_t outbox[HP_OUTBOX_BYTES];
    uint32_t callsite_count, path_count;
    char *table_block; // room for callsites and paths
    size_t table_left;
    hp_thread *first_thread;
    hp_task_span *first_task_span, *free_task_spans;
    hp_path *first_root;
    hp_callsite *callsite_table[HP_CALLSITE_SLOTS];
    hp_callsite *callsites[HP_MAX_CALLSITES];
    hp_path *paths[HP_MAX_PATHS];
};

/// Whether `bytes` at an address are in what is there of a store.
HP_INLINE bool hp_is_within(const hp_store *store, const void *address, size_t bytes) {
    uintptr_t offset = (uintptr_t)address - (uintptr_t)store;
    return offset < store->head.size && store->head.size - offset >= bytes && offset % 8 == 0;
}

/// A lock for a few instructions, on paths that are cold or per async span.
typedef uint32_t hp_lock;
void hp_lock_wait(hp_lock *lock);
HP_INLINE void hp_lock_take(hp_lock *lock) {
    if (HP_UNLIKELY(__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))) hp_lock_wait(lock);
}
HP_INLINE void hp_lock_release(hp_lock *lock) { __atomic_store_n(lock, 0, __ATOMIC_RELEASE); }

/// The locks of the process. A fork takes them all, in this order: who holds one may take one further down.
enum { HP_THREADS_LOCK, HP_TABLE_LOCK, HP_SPANS_LOCK, HP_TOKENS_LOCK, HP_OFFERS_LOCK, HP_MEMORY_LOCK, HP_MADE_LOCK, HP_LOCKS };
extern hp_lock hp_locks[HP_LOCKS];

/// Takes a lock that is free within 100 ms.
bool hp_lock_take_soon(hp_lock *lock);

/// In a forked child: forgets the parent's store, threads, tokens, offers and requests. The store's memory stays readable.
void hp_forget_store(void);
void hp_forget_thread(void);
void hp_forget_tokens(void);
void hp_forget_offers(void);
void hp_forget_requests(void);
void hp_forget_own_threads(void);
void hp_forget_stacks(void);

/// Whether an address is in the store of the process that this one was forked from.
extern uintptr_t hp_forgotten;
extern uint64_t hp_forgotten_size;
HP_INLINE bool hp_is_forgotten(const void *address) { return (uintptr_t)address - hp_forgotten < hp_forgotten_size; }

/// How much of the own store is a file's, and how large the store is: known without reading it.
uint64_t hp_kept_bytes(void);
uint64_t hp_store_bytes(void);

/// Lists a thread's block, a node, for `hp_mend_store`. False: no memory.
bool hp_list_thread(const hp_thread *thread);
bool hp_list_node(const hp_node *node);
void hp_forget_made(void);

/// Notes the number of the next line, for the end of a session whose store was lost.
void hp_keep_line_number(uint64_t session, uint64_t next);

/// In the handler of a SIGBUS at an address: if that is in the file's part of the store, which somebody has cut short, replaces
/// that part, so that the program can go on; recording ends. False: it is no such address, or there is no memory.
bool hp_mend_store(const void *address);

/// Whether this is the flush thread, whether there is one, and whether crashes are written.
bool hp_is_flush_thread(void);
void hp_flush_began(void);
void hp_set_flush_runs(bool runs);
bool hp_flush_runs(void);
bool hp_signals_are_watched(void);

/// Takes the signals of a crash out of a set: blocked, they end the process at once.
void hp_leave_crashes(sigset_t *signals);

/// What is recorded now, after a forked child has made its own store.
uint32_t hp_begin_again(void);
HP_INLINE uint32_t hp_live_state(void) {
    uint32_t state = __atomic_load_n(&hp_state, __ATOMIC_RELAXED);
    return HP_UNLIKELY(state == HP_FORKED) ? hp_begin_again() : state;
}

/// `hp_open_spans` for where a lock may be held by the thread that asks, or by one that is no more.
size_t hp_open_spans_unlocked(const hp_store *store, uint64_t begun_by, hp_open_span *spans, size_t capacity);

/// Zeroed memory of the store, for ever. Null: the store is full, or there is none yet.
void *hp_map(size_t bytes);

/// The same for what recording can do without: it leaves half of the memory to the rest.
void *hp_map_spare(size_t bytes);

/// The same, never the file's: a signal's stack must be there when the file is not.
void *hp_map_unkept(size_t bytes);

/// The same in small pieces, out of the thread's own arena.
void *hp_thread_allocate(hp_thread *thread, size_t bytes);

/// The path of `place` under `parent` (null: a root), made where it is new; beyond HP_MAX_PATHS the path `(other)`. Null: it
/// is too deep, or there is no memory.
hp_path *hp_path_under(hp_path *parent, const hp_place_text *place, bool is_async);

/// The thread's node of a path. Null: no memory.
hp_node *hp_node_of_path(hp_thread *thread, hp_path *path);

/// The thread's node of `place` under a node, made where it is new; see `hp_path_under`.
hp_node *hp_child_node(hp_thread *thread, hp_node *parent, const hp_place_text *place);

/// Reads the beginning of /proc/self/task/TID/NAME as text. False: there is no such thread, or it may not be read.
bool hp_read_of_thread(uint32_t thread, const char *name, char *text, size_t capacity);

/// A number for a span, unique in the process.
void hp_take_span_ids(hp_thread *thread);
HP_INLINE uint64_t hp_next_span_id(hp_thread *thread) {
    if (HP_UNLIKELY(thread->next_id == thread->last_id)) hp_take_span_ids(thread);
    return ++thread->next_id;
}

// Requests and their trees, in trace.c.
void hp_make_root(hp_path *path);
void hp_offer_request(const hp_offer *offer, hp_path *path);

/// Whether a finished request may be offered; most may not.
HP_INLINE bool hp_is_offer(const hp_path *path, uint64_t duration, bool has_failed) {
    return duration > __atomic_load_n(&path->exemplar_floor, __ATOMIC_RELAXED) ||
           (has_failed && __atomic_load_n(&path->failed_left, __ATOMIC_RELAXED));
}
HP_INLINE void hp_trace_link(hp_thread *thread, uint64_t id, uint64_t parent, uint64_t request) {
    hp_trace(thread, (uint64_t)thread->number << 32 | HP_TRACE_LINK, id, parent, request);
}
void hp_trace_failure(hp_thread *thread, uint64_t path_id, uint64_t start);

// An async span's children: which of its time they cover.
/// Answers the number of the request that the parent is part of, 0 where it has ended.
uint64_t hp_child_began(const hp_context *parent, uint64_t now);
void hp_child_ended(const hp_context *parent, uint64_t now, uint64_t cpu, const hp_usage *used);

/// Takes the lock of the span that `context` names, if it is still open.
HP_INLINE bool hp_lock_open(const hp_context *context) {
    hp_task_span *span = context->span;
    if (!span || hp_is_forgotten(span)) return false;
    hp_lock_take(&span->lock);
    if (span->generation == context->generation) return true;
    hp_lock_release(&span->lock);
    return false;
}

/// Lets the span that `context` names be of a trace, if it is open and of none yet.
void hp_give_trace(const hp_context *context, const hp_trace_id *trace);

// What requests use, in usage.c: the thread's counters, read where a top-level sync span begins or ends.
/// Whether the thread's reading is older than 50 microseconds, some 150 times what a reading takes.
extern uint64_t hp_usage_age;
HP_INLINE bool hp_usage_is_old(const hp_thread *thread, uint64_t now) { return now - thread->usage_ticks > hp_usage_age; }
void hp_read_usage(hp_thread *thread, uint64_t now);
/// Reads again, and writes what was used since the last reading to `used`. False: nothing.
bool hp_take_usage(hp_thread *thread, uint64_t now, hp_usage *used);
void hp_add_usage(hp_usage *sum, const hp_usage *used);
void hp_add_root_usage(hp_path *root, const hp_usage *used);

// Build ids, in modules.c.
struct dl_phdr_info;
/// The build id that a loaded object's notes hold, in hexadecimal digits, cut at `capacity`. Answers how many; 0: none.
size_t hp_object_build_id(const struct dl_phdr_info *object, char *digits, size_t capacity);
/// The same of notes in memory (ELF gABI, "Note Section"). Safe on any bytes.
size_t hp_note_build_id(const void *notes, size_t size, char *digits, size_t capacity);
/// The hash of program headers that is a module's `layout`; they are Elf64_Phdr.
uint64_t hp_layout(const void *headers, size_t count);
