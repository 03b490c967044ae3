#define _GNU_SOURCE
#include "hp_internal.h"
#include <sched.h>
#include <sys/mman.h>

static uint64_t memory_limit = 16u << 20;
static uint64_t memory_used;

void hp_set_memory_limit(uint64_t bytes) { __atomic_store_n(&memory_limit, bytes, __ATOMIC_RELAXED); }

void hp_lock_take(hp_lock *lock) {
    for (unsigned spins = 0; __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE); spins++)
        if (spins > 64) sched_yield();
}

void hp_lock_release(hp_lock *lock) { __atomic_store_n(lock, 0, __ATOMIC_RELEASE); }

static void *map_within(size_t bytes, uint64_t limit) {
    uint64_t used = __atomic_add_fetch(&memory_used, bytes, __ATOMIC_RELAXED);
    void *memory = MAP_FAILED;
    if (used <= limit)
        memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) return memory;
    __atomic_sub_fetch(&memory_used, bytes, __ATOMIC_RELAXED);
    return NULL;
}

void *hp_map(size_t bytes) { return map_within(bytes, __atomic_load_n(&memory_limit, __ATOMIC_RELAXED)); }

void *hp_map_spare(size_t bytes) { return map_within(bytes, __atomic_load_n(&memory_limit, __ATOMIC_RELAXED) / 2); }

void *hp_thread_allocate(hp_thread *thread, size_t bytes) {
    enum { ARENA = 64 * 1024 };
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > thread->arena_left) {
        char *arena = hp_map(ARENA);
        if (!arena) return NULL;
        thread->arena = arena;
        thread->arena_left = ARENA;
    }
    void *memory = thread->arena;
    thread->arena += bytes;
    thread->arena_left -= bytes;
    return memory;
}
