#define _GNU_SOURCE
#include "hp_internal.h"
#include <sys/syscall.h>
#include <unistd.h>

#define READ(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

static uint64_t start_of(const hp_frame *frame) { return __atomic_load_n(&frame->start, __ATOMIC_ACQUIRE); }

bool hp_innermost_open(const hp_store *store, const hp_thread *thread, hp_span_thread *seen) {
    enum { TRIES = 8 };
    for (int tries = 0; tries < TRIES; tries++) {
        int depth = 0;
        while (depth < HP_MAX_DEPTH && start_of(&thread->frames[depth + 1])) depth++;
        if (!depth) return false;
        const hp_frame *frame = &thread->frames[depth];
        uint64_t start = start_of(frame);
        const hp_node *node = READ(frame->node);
        if (!start || !node || !hp_is_within(store, node, sizeof *node)) continue;
        *seen = (hp_span_thread){frame, start, (uint32_t)node->path_id, READ(thread->number)};
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        // Ended meanwhile, and perhaps another one begun there.
        if (READ(frame->start) == start) return true;
    }
    return false;
}

bool hp_is_innermost_still(const hp_span_thread *seen) {
    return start_of(seen->frame) == seen->start && !start_of(seen->frame + 1);
}

uint32_t hp_thread_number(void) { return (uint32_t)syscall(SYS_gettid); }
