#define _GNU_SOURCE
#include "CMeasure.h"
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 64, MOST_ROUNDS = 1001, FLOOR_COUNT = 1000000 };

typedef struct {
    measured_spans spans;
    long count;
    int index, rounds;
    pthread_barrier_t *together;
    double ns, floor;
    bool is_pinned;
} measuring_thread;

__attribute__((noinline)) void measure_leaf(void) { keep(1); }

static uint64_t clock_read(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t measure_monotonic(void) { return clock_read(CLOCK_MONOTONIC); }
uint64_t measure_thread_cpu(void) { return clock_read(CLOCK_THREAD_CPUTIME_ID); }

bool measure_pin(int index) {
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return false;
    int place = CPU_COUNT(&allowed) - 1 - index % CPU_COUNT(&allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed) || place-- > 0) continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        return pthread_setaffinity_np(pthread_self(), sizeof one, &one) == 0;
    }
    return false;
}

static void bare_reads(long count) {
    for (long i = 0; i < count; i++) {
        uint64_t start = counter_read();
        measure_leaf();
        keep(counter_read() - start);
    }
}

static double time_of(measured_spans work, long count) {
    uint64_t start = measure_monotonic();
    work(count);
    return (double)(measure_monotonic() - start) / (double)count;
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

static void *measure_on_thread(void *argument) {
    measuring_thread *thread = argument;
    double ns[MOST_ROUNDS], floor[MOST_ROUNDS];
    thread->is_pinned = measure_pin(thread->index);
    // The first round warms up.
    for (int round = -1; round < thread->rounds; round++) {
        pthread_barrier_wait(thread->together);
        double floor_ns = time_of(bare_reads, FLOOR_COUNT);
        pthread_barrier_wait(thread->together);
        double span_ns = time_of(thread->spans, thread->count);
        if (round < 0) continue;
        floor[round] = floor_ns;
        ns[round] = span_ns;
    }
    thread->ns = median(ns, thread->rounds);
    thread->floor = median(floor, thread->rounds);
    return NULL;
}

int measure_run(const char *name, measured_spans spans, long count, int argc, char **argv) {
    int threads = argc == 3 ? atoi(argv[1]) : 0, rounds = argc == 3 ? atoi(argv[2]) : 0;
    if (threads < 1 || threads > MOST_THREADS || rounds < 1 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "usage: %s THREADS ROUNDS (1 to %d, 1 to %d)\n", argv[0], MOST_THREADS, MOST_ROUNDS);
        return 64;
    }
    pthread_t handles[MOST_THREADS];
    measuring_thread states[MOST_THREADS];
    pthread_barrier_t together;
    pthread_barrier_init(&together, NULL, (unsigned)threads);
    for (int i = 0; i < threads; i++) {
        states[i] = (measuring_thread){
            .spans = spans, .count = count, .index = i, .rounds = rounds, .together = &together};
        int error = pthread_create(&handles[i], NULL, measure_on_thread, &states[i]);
        if (error) {
            fprintf(stderr, "%s: cannot start a thread: %s\n", argv[0], strerror(error));
            exit(71);
        }
    }
    double ns = 0, floor = 0;
    bool is_pinned = true;
    for (int i = 0; i < threads; i++) {
        pthread_join(handles[i], NULL);
        ns += states[i].ns / threads;
        floor += states[i].floor / threads;
        is_pinned = is_pinned && states[i].is_pinned;
    }
    if (!is_pinned) fprintf(stderr, "%s: the system does not let threads be pinned; figures are rougher\n", argv[0]);
    printf("%s threads=%d ns=%.3f floor=%.3f\n", name, threads, ns, floor);
    return 0;
}
