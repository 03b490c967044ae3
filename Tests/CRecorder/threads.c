// Threads that record while one reads, and what came of every span.
#include "driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 3, CHILDREN = 5, CHURNED = 8, CHURNED_SPANS = 10, HANDED = 64 };

static const char root_name[] = "root", child_name[] = "child", leaf_name[] = "leaf", task_name[] = "task",
                  inner_name[] = "inner", churn_name[] = "churn", hung_name[] = "hung",
                  begun_name[] = "begun", renamed_name[] = "renamed";
static const hp_context no_parent;
static uint64_t rounds;
static atomic_bool is_over;

static hp_place_text place_of(const char *name, uint32_t line) {
    return (hp_place_text){name, "driver.c", "driver()", (uint32_t)strlen(name), 8, 8, line};
}

// An operation that is of a trace, and is renamed; ended here or elsewhere.
static hp_operation begin_operation(const hp_context *parent) {
    const hp_place_text begun = place_of(begun_name, 8), renamed = place_of(renamed_name, 8);
    const hp_trace_id trace = {1, 2, 3};
    hp_operation operation;
    hp_operation_begin(&operation, parent, &begun);
    hp_operation_set_trace(&operation, &trace);
    hp_operation_rename(&operation, &renamed);
    return operation;
}

static void *work(void *unused) {
    (void)unused;
    for (uint64_t round = 0; round < rounds; round++) {
        hp_frame *root = open_span(&no_parent, root_name, 1);
        hp_operation operation = begin_operation(&no_parent);
        hp_operation_end(&operation);
        for (int child = 0; child < CHILDREN; child++) {
            hp_frame *frame = open_span(&no_parent, child_name, 2);
            hp_end(open_span(&no_parent, leaf_name, 3));
            if (child == 0 && round % 64 == 0) hp_fail_frame(frame);
            hp_end(frame);
        }
        hp_end(root);
    }
    return NULL;
}

// Async spans: opened on one thread, ended on another.
typedef struct {
    hp_task_open root, task;
    hp_operation operation;
} handed_over;
static handed_over queue[HANDED];
static uint32_t queued, taken;
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_changed = PTHREAD_COND_INITIALIZER;

static hp_task_open begin_task(const hp_context *parent, const char *name, uint32_t line) {
    hp_task_open open;
    hp_task_begin(&open, parent, name, 4, "driver.c", 8, line, "driver()", 8);
    return open;
}

static void *begin_tasks(void *unused) {
    (void)unused;
    for (uint64_t round = 0; round < rounds; round++) {
        handed_over tasks = {.root = begin_task(&no_parent, hung_name, 4)};
        tasks.task = begin_task(&tasks.root.context, task_name, 5);
        tasks.operation = begin_operation(&tasks.task.context);
        pthread_mutex_lock(&queue_lock);
        while (queued - taken == HANDED) pthread_cond_wait(&queue_changed, &queue_lock);
        queue[queued++ % HANDED] = tasks;
        pthread_cond_broadcast(&queue_changed);
        pthread_mutex_unlock(&queue_lock);
    }
    return NULL;
}

static void *end_tasks(void *unused) {
    (void)unused;
    for (uint64_t round = 0; round < rounds; round++) {
        pthread_mutex_lock(&queue_lock);
        while (queued == taken) pthread_cond_wait(&queue_changed, &queue_lock);
        handed_over tasks = queue[taken++ % HANDED];
        pthread_cond_broadcast(&queue_changed);
        pthread_mutex_unlock(&queue_lock);
        hp_end(open_span(&tasks.task.context, inner_name, 6));
        if (round % 64 == 0) hp_fail_task(&tasks.task);
        hp_operation_end(&tasks.operation);
        hp_task_end(&tasks.task);
        hp_task_end(&tasks.root);
    }
    return NULL;
}

static void *live_shortly(void *unused) {
    (void)unused;
    for (int span = 0; span < CHURNED_SPANS; span++) hp_end(open_span(&no_parent, churn_name, 7));
    return NULL;
}

static uint64_t churns(void) { return rounds / 64 + 1; }

static void *churn(void *unused) {
    (void)unused;
    for (uint64_t round = 0; round < churns(); round++) {
        pthread_t threads[CHURNED];
        for (int index = 0; index < CHURNED; index++) threads[index] = start_thread(live_shortly, NULL);
        for (int index = 0; index < CHURNED; index++) pthread_join(threads[index], NULL);
    }
    return NULL;
}

// What the reader, the flush thread's part, has seen.
static uint64_t spans_taken, offers_taken, spans_gathered, open_seen, readings;

static void take_spans(const hp_store *store) {
    hp_span_entry span;
    uint64_t id;
    uint8_t text[HP_MAX_TEXT];
    uint32_t length, key_length;
    hp_ring_mark(store);
    for (hp_thread *thread = hp_first_thread(store); thread; thread = hp_next_thread(store, thread)) {
        while (hp_ring_take(store, thread, &span, &id, text, &length, &key_length) == HP_ENTRY_SPAN) {
            if (!hp_path_at(store, span.path)) fail("a span of path %u, which there is not", span.path);
            if (span.self_time > span.duration) fail("self time above duration");
            spans_taken++;
            hp_ring_release(thread);
        }
    }
}

static void take_offers(void) {
    static hp_traced_span spans[HP_TRACE_ENTRIES * 2];
    hp_offer offer;
    bool is_partial;
    while (hp_take_offer(&offer)) {
        offers_taken++;
        spans_gathered += hp_gather(&offer, spans, sizeof spans / sizeof *spans, &is_partial);
    }
    hp_start_window();
    hp_set_exemplar_floor(path_named(root_name), 1000);
}

// Counters only grow, and what was counted is in a bucket.
static void check_paths(const hp_store *store) {
    static hp_totals last[HP_MAX_PATHS];
    static hp_bucket_count buckets[HP_OCTAVES * 64];
    for (uint32_t id = hp_path_count(store); id; id--) {
        hp_totals now = hp_path_totals(store, id);
        if (now.count < last[id].count || now.total < last[id].total || now.maximum < last[id].maximum)
            fail("path %u: a counter went back", id);
        last[id] = now;
        hp_path_buckets(store, id, buckets);
    }
}

static void read_once(const hp_store *store) {
    static hp_open_span open[64];
    take_spans(store);
    take_offers();
    check_paths(store);
    open_seen += hp_open_spans(store, UINT64_MAX, open, 64);
    hp_loss_totals(store);
    hp_missed_offers();
    readings++;
}

static void *read_all(void *unused) {
    (void)unused;
    const hp_store *store = hp_own_store();
    while (!atomic_load(&is_over)) read_once(store);
    read_once(store);
    return NULL;
}

static uint64_t check_count(const char *name, uint64_t expected) {
    static hp_bucket_count buckets[HP_OCTAVES * 64];
    const hp_store *store = hp_own_store();
    uint32_t id = path_named(name);
    uint64_t count = id ? hp_path_totals(store, id).count : 0, in_buckets = 0;
    for (uint32_t left = id ? hp_path_buckets(store, id, buckets) : 0; left; left--)
        in_buckets += buckets[left - 1].occurrences;
    if (count != expected) fail("%s: %llu counted of %llu", name, (unsigned long long)count, (unsigned long long)expected);
    if (in_buckets != count) fail("%s: %llu in the histogram", name, (unsigned long long)in_buckets);
    return count;
}

// Renamed, they are on two paths: under a root, and under a task.
static uint64_t check_operations(void) {
    const hp_store *store = hp_own_store();
    uint64_t count = 0, expected = (WORKERS + 1) * rounds;
    for (uint32_t id = hp_path_count(store); id; id--) {
        const hp_path *path = hp_path_at(store, id);
        if (path && path->callsite->name == begun_name && hp_path_totals(store, id).count) fail("an operation kept its name");
        if (path && path->callsite->name == renamed_name) count += hp_path_totals(store, id).count;
    }
    if (count != expected) fail("%llu operations counted of %llu", (unsigned long long)count, (unsigned long long)expected);
    return count;
}

void check_threads(uint32_t state, uint64_t amount) {
    rounds = amount;
    start_recorder(state, 64 << 20, -1);
    pthread_t reader = start_thread(read_all, NULL), threads[WORKERS + 3];
    int started = 0;
    while (started < WORKERS) threads[started++] = start_thread(work, NULL);
    threads[started++] = start_thread(begin_tasks, NULL);
    threads[started++] = start_thread(end_tasks, NULL);
    threads[started++] = start_thread(churn, NULL);
    while (started) pthread_join(threads[--started], NULL);
    atomic_store(&is_over, true);
    pthread_join(reader, NULL);

    uint64_t ended = check_count(root_name, WORKERS * rounds) + check_count(child_name, WORKERS * rounds * CHILDREN) +
                     check_count(leaf_name, WORKERS * rounds * CHILDREN) + check_count(hung_name, rounds) +
                     check_count(task_name, rounds) + check_count(inner_name, rounds) +
                     check_count(churn_name, churns() * CHURNED * CHURNED_SPANS) + check_operations();
    hp_losses losses = hp_loss_totals(hp_own_store());
    if (losses.paths || losses.misused) fail("paths or calls were lost");
    if (state == HP_EVERY && spans_taken + losses.spans != ended)
        fail("%llu spans taken and %llu lost of %llu", (unsigned long long)spans_taken, (unsigned long long)losses.spans,
             (unsigned long long)ended);
    printf("%llu spans, %llu readings, %llu requests of %llu spans gathered, %llu taken from rings, %llu seen open\n",
           (unsigned long long)ended, (unsigned long long)readings, (unsigned long long)offers_taken,
           (unsigned long long)spans_gathered, (unsigned long long)spans_taken, (unsigned long long)open_seen);
}
