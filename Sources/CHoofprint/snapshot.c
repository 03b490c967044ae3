#define _GNU_SOURCE
#include "hp_internal.h"
#include <elf.h>
#include <link.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const hp_node *node_at(const hp_store *store, const hp_thread *thread, uint32_t id) {
    hp_node *const *page = __atomic_load_n(&thread->node_pages[id / HP_NODE_PAGE], __ATOMIC_ACQUIRE);
    if (!page || !hp_is_within(store, page, HP_NODE_PAGE * sizeof *page)) return NULL;
    const hp_node *node = __atomic_load_n(&page[id % HP_NODE_PAGE], __ATOMIC_ACQUIRE);
    return node && hp_is_within(store, node, sizeof *node) ? node : NULL;
}

#define READ(counter) __atomic_load_n(&(counter), __ATOMIC_RELAXED)

// What a part leaves of a total; reading errors of the clocks may make the part negative or too large.
static uint64_t left_of(uint64_t total, int64_t part) {
    if (part <= 0) return total;
    return (uint64_t)part < total ? total - (uint64_t)part : 0;
}

hp_totals hp_path_totals(const hp_store *store, uint32_t id) {
    hp_totals sum = {0};
    for (const hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread)) {
        const hp_node *node = node_at(store, thread, id);
        if (!node) continue;
        // Read while they are counted: what covers or was off is never more than the total.
        uint64_t total = READ(node->total);
        int64_t covered = (int64_t)READ(node->covered), off_cpu = (int64_t)READ(node->off_cpu);
        sum.count += READ(node->count);
        sum.total += total;
        sum.self_time += left_of(total, covered);
        sum.cpu += left_of(total, off_cpu);
        sum.errors += READ(node->errors);
        sum.folded += READ(node->folded);
        uint64_t maximum = READ(node->maximum);
        if (maximum > sum.maximum) sum.maximum = maximum;
    }
    return sum;
}

uint32_t hp_path_buckets(const hp_store *store, uint32_t id, hp_bucket_count *counts) {
    uint32_t written = 0;
    for (uint32_t octave = 0; octave < HP_OCTAVES; octave++) {
        uint64_t sums[64] = {0};
        bool is_used = false;
        for (const hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread)) {
            const hp_node *node = node_at(store, thread, id);
            const uint64_t *buckets = node ? __atomic_load_n(&node->octaves[octave], __ATOMIC_ACQUIRE) : NULL;
            if (!buckets || !hp_is_within(store, buckets, 64 * sizeof *buckets)) continue;
            const uint64_t *slot = READ(node->slot);
            for (int bucket = 0; bucket < 64; bucket++) sums[bucket] += READ(buckets[bucket]) + (slot == buckets + bucket);
            is_used = true;
        }
        for (uint32_t bucket = 0; is_used && bucket < 64; bucket++)
            if (sums[bucket]) counts[written++] = (hp_bucket_count){octave * 64 + bucket, sums[bucket]};
    }
    return written;
}

static int compare_ticks(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

uint64_t hp_measure_span_cost(void) {
    enum { ROUNDS = 31, SPANS = 64 };
    hp_thread *thread = calloc(1, sizeof *thread);
    hp_node *nodes = calloc(2, sizeof *nodes);
    if (!thread || !nodes) {
        free(thread);
        free(nodes);
        return 0;
    }
    static const char name[] = "span", file[] = "cost";
    uint64_t octave[64] = {0};
    nodes[0].recent = &nodes[1];
    nodes[1].name = name;
    nodes[1].place = hp_place(file, 1);
    nodes[1].slot = &nodes[1].no_slot;
    for (int index = 0; index < HP_OCTAVES; index++) nodes[1].octaves[index] = octave;
    thread->trace = &thread->no_trace;
    thread->frames[0].node = thread->frames[1].node = &nodes[0];
    thread->top = &thread->frames[1];
    thread->anchor = hp_ticks();
    thread->anchor_cpu = hp_clock_ns(CLOCK_THREAD_CPUTIME_ID);
    hp_thread *own = hp_this_thread;
    uint32_t state = hp_state;
    hp_this_thread = thread;
    uint64_t rounds[ROUNDS];
    hp_set_state(HP_AGGREGATE);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = hp_ticks();
        for (int span = 0; span < SPANS; span++) hp_end(hp_begin(name, file, 1));
        rounds[round] = hp_ticks() - start;
    }
    hp_set_state(state);
    hp_this_thread = own;
    free(thread);
    free(nodes);
    qsort(rounds, ROUNDS, sizeof rounds[0], compare_ticks);
    return (uint64_t)(((unsigned __int128)rounds[ROUNDS / 2] * 1000 << 32) / hp_ticks_per_ns_q32) / SPANS;
}

typedef struct {
    char *digits;
    size_t capacity, length;
} build_id;

// The first object that dl_iterate_phdr names is the program itself (dl_iterate_phdr(3)).
static int find_build_id(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    build_id *found = context;
    for (int index = 0; index < object->dlpi_phnum; index++) {
        if (object->dlpi_phdr[index].p_type != PT_NOTE) continue;
        const char *note = (const char *)(object->dlpi_addr + object->dlpi_phdr[index].p_vaddr);
        const char *end = note + object->dlpi_phdr[index].p_memsz;
        while (note + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *head = (const void *)note;
            const char *name = note + sizeof *head;
            const unsigned char *bytes = (const unsigned char *)name + ((head->n_namesz + 3) & ~3u);
            if (head->n_type == NT_GNU_BUILD_ID && head->n_namesz == 4 && !memcmp(name, "GNU", 4)) {
                for (unsigned at = 0; at < head->n_descsz && found->length + 2 <= found->capacity; at++) {
                    found->digits[found->length++] = "0123456789abcdef"[bytes[at] >> 4];
                    found->digits[found->length++] = "0123456789abcdef"[bytes[at] & 15];
                }
                return 1;
            }
            note = (const char *)bytes + ((head->n_descsz + 3) & ~3u);
        }
    }
    return 1;
}

size_t hp_build_id(char *digits, size_t capacity) {
    build_id found = {digits, capacity, 0};
    dl_iterate_phdr(find_build_id, &found);
    return found.length;
}

typedef struct {
    void (*begin)(void);
    void (*body)(void *);
    void *context;
} thread_start;

static void *thread_main(void *argument) {
    thread_start start = *(thread_start *)argument;
    free(argument);
    start.begin();
    start.body(start.context);
    return NULL;
}

static bool start_thread(thread_start what) {
    thread_start *start = malloc(sizeof *start);
    if (!start) return false;
    *start = what;
    sigset_t all, previous;
    sigfillset(&all);
    hp_leave_crashes(&all);
    // A new thread inherits its maker's mask, so no signal can reach it before it blocks them itself.
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pthread_t thread;
    int status = pthread_create(&thread, NULL, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    if (status) free(start);
    else pthread_detach(thread);
    return status == 0;
}

bool hp_start_flush_thread(void (*body)(void *), void *context) {
    hp_set_flush_runs(true);
    bool has_started = start_thread((thread_start){hp_flush_began, body, context});
    if (!has_started) hp_set_flush_runs(false);
    return has_started;
}

bool hp_start_sampler_thread(void (*body)(void *), void *context) {
    return start_thread((thread_start){hp_work_began, body, context});
}

bool hp_clock_is_counter(void) { return hp_clock == HP_CLOCK_COUNTER; }
uint64_t hp_tick_rate(void) { return hp_ticks_per_ns_q32; }

void hp_refine_tick_rate(uint64_t hertz) {
    __atomic_store_n(&hp_ticks_per_ns_q32, (uint64_t)(((unsigned __int128)hertz << 32) / 1000000000), __ATOMIC_RELAXED);
}

size_t hp_error_text(int code, void *text, size_t capacity) {
    // GNU's strerror_r may answer with a string of its own; strerror_l is the same everywhere, and thread-safe.
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const char *reason = locale ? strerror_l(code, locale) : "unknown error";
    size_t length = strlen(reason);
    if (length > capacity) length = capacity;
    memcpy(text, reason, length);
    if (locale) freelocale(locale);
    return length;
}
