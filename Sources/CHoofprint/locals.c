// The span of a running task, read in a signal handler, where Swift's runtime must not be called: it may be in the midst of
// what the handler interrupts, and finding its thread-local variables may allocate.
//
// Where the runtime keeps the thread's running task, where a task its task-local values, and where such a value what was
// bound is not in its ABI. So it is found out by trying: in a task of ours in which a known value is bound, the places are
// searched for that hold what they must. Where none are found, spans of tasks are not found, and nothing else.
#define _GNU_SOURCE
#include "hp_unwind.h"
#include <link.h>
#include <string.h>

extern void *swift_task_getCurrent(void) __attribute__((weak));

// Offsets: of the variable from the thread pointer; of the newest value in a task; of what was bound in a value.
static struct {
    int64_t task;
    uint32_t values, bound;
} layout;
static bool is_known;

typedef struct {
    uint64_t wanted;
    int64_t offset;
} search;

// Only where the variables of a library that was there from the start lie, at the same distance from the thread pointer on
// every thread: in the last part of a thread's stack, below it.
static int search_variables(struct dl_phdr_info *object, size_t size, void *context) {
    enum { NEAREST = 64 * 1024 };
    search *search = context;
    if (size < offsetof(struct dl_phdr_info, dlpi_tls_data) + sizeof object->dlpi_tls_data || !object->dlpi_tls_data) return 0;
    uint64_t thread = (uint64_t)__builtin_thread_pointer(), start = (uint64_t)object->dlpi_tls_data;
    uint64_t distance = start < thread ? thread - start : start - thread;
    if (distance > NEAREST) return 0;
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[index];
        if (part->p_type != PT_TLS) continue;
        for (uint64_t offset = 0; offset + 8 <= part->p_memsz; offset += 8) {
            if (*(const uint64_t *)(start + offset) != search->wanted) continue;
            search->offset = (int64_t)(start + offset - thread);
            return 1;
        }
    }
    return 0;
}

static bool search_value(const uint64_t *value, const void *key, const hp_context *bound, uint32_t *offset) {
    enum { FIRST = 16, LAST = 96 };
    if (!hp_is_readable((uint64_t)value) || !hp_is_readable((uint64_t)value + LAST + sizeof *bound)) return false;
    if (value[1] != (uint64_t)key) return false;
    for (*offset = FIRST; *offset <= LAST; *offset += 8)
        if (!memcmp((const char *)value + *offset, bound, sizeof *bound)) return true;
    return false;
}

bool hp_learn_task_layout(const hp_context *bound) {
    enum { TASK_BYTES = 320 };
    const void *key = hp_context_key();
    const uint64_t *task = swift_task_getCurrent ? swift_task_getCurrent() : NULL;
    if (!key || !task || is_known) return is_known;
    search search = {.wanted = (uint64_t)task};
    if (!dl_iterate_phdr(search_variables, &search)) return false;
    layout.task = search.offset;
    for (uint32_t offset = 0; offset < TASK_BYTES; offset += 8) {
        const uint64_t *value = (const uint64_t *)(task[offset / 8] & ~(uint64_t)7);
        if ((uint64_t)value < 65536 || !search_value(value, key, bound, &layout.bound)) continue;
        layout.values = offset;
        __atomic_store_n(&is_known, true, __ATOMIC_RELEASE);
        return true;
    }
    return false;
}

// The context that a task has bound; null: none.
static const hp_context *bound_context(const char *task) {
    // A value's first word is the address of the one before, with three bits: of one that is bound, or one that says where the
    // parent task's values begin.
    enum { MOST_VALUES = 64, IS_NO_VALUE = 4, ENDS = 6, BITS = 7 };
    const uint64_t *value = *(const uint64_t *const *)(task + layout.values);
    for (int count = 0; value && count < MOST_VALUES; count++) {
        uint64_t link = value[0];
        if (!(link & IS_NO_VALUE)) {
            if (value[1] == (uint64_t)hp_context_key())
                return (const hp_context *)((const char *)value + layout.bound);
        } else if ((link & ENDS) == ENDS) {
            return NULL;
        }
        value = (const uint64_t *)(link & ~(uint64_t)BITS);
    }
    return NULL;
}

uint32_t hp_path_of_running_task(void) {
    if (!__atomic_load_n(&is_known, __ATOMIC_ACQUIRE)) return 0;
    const char *task = *(const char *const *)((const char *)__builtin_thread_pointer() + layout.task);
    if (!task) return 0;
    const hp_context *bound = bound_context(task);
    hp_context context = bound ? *bound : (hp_context){0};
    hp_token_resolve_at_once(task, &context);
    const hp_store *store = hp_own_store();
    return context.path && store && hp_is_within(store, context.path, sizeof *context.path) ? context.path->id : 0;
}
