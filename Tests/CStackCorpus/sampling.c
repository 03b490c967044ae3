#define _GNU_SOURCE
#include "CHoofprint.h"
#include "CStackCorpus.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_t thread;
static atomic_bool is_stopped, is_over;
static uint64_t end;

bool corpus_is_over(void) {
    if (atomic_load_explicit(&is_over, memory_order_relaxed)) return true;
    if (hp_clock_ns(CLOCK_PROCESS_CPUTIME_ID) < end) return false;
    atomic_store_explicit(&is_over, true, memory_order_relaxed);
    return true;
}

void corpus_start_time(double cpu_seconds) {
    end = hp_clock_ns(CLOCK_PROCESS_CPUTIME_ID) + (uint64_t)(cpu_seconds * 1e9);
}

static void print_addresses(const uint64_t *addresses, uint32_t count) {
    if (!count) putchar('-');
    for (uint32_t index = 0; index < count; index++) printf("%s%lx", index ? "," : "", (unsigned long)addresses[index]);
}

// One line a sample: thread, flags, weight, stack pointer, frames, callers, nanoseconds in the handler.
static void print_stacks(void) {
    static hp_stack stack;
    while (hp_take_stack(&stack)) {
        printf("sample %u %u %u %lx ", stack.thread, stack.flags, stack.weight, (unsigned long)stack.stack_pointer);
        print_addresses(stack.frames, stack.frame_count);
        putchar(' ');
        print_addresses(stack.callers, stack.caller_count);
        printf(" %lu\n", (unsigned long)(((unsigned __int128)stack.handler_ticks << 32) / hp_ticks_per_ns_q32));
        corpus_measure_beside(stack.thread);
    }
}

static void *look(void *unused) {
    (void)unused;
    // This thread's own stacks are no part of the corpus.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPROF);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    while (!atomic_load(&is_stopped)) {
        const char *problem = hp_look_at_stacks();
        if (problem) {
            fprintf(stderr, "stack-corpus: %s\n", problem);
            exit(1);
        }
        print_stacks();
        usleep(2000);
    }
    return NULL;
}

void corpus_start_sampling(uint32_t per_second) {
    hp_clock_start(true);
    const char *problem = hp_start_stacks(HP_STACKS_CPU, per_second);
    if (!problem) problem = hp_stack_limit();
    if (getenv("STACK_CORPUS_BESIDE")) corpus_open_beside();
    if (problem || pthread_create(&thread, NULL, look, NULL)) {
        fprintf(stderr, "stack-corpus: cannot sample: %s\n", problem ? problem : "no thread");
        exit(1);
    }
}

void corpus_stop_sampling(void) {
    atomic_store(&is_stopped, true);
    pthread_join(thread, NULL);
    hp_stop_stacks();
    print_stacks();
    hp_stack_counts counts = hp_count_stacks();
    printf("counts handled=%lu no_room=%lu unsampled=%lu copied=%lu rules=%lu\n", (unsigned long)counts.handled,
           (unsigned long)counts.no_room, (unsigned long)counts.unsampled, (unsigned long)counts.copied,
           (unsigned long)counts.rules);
    corpus_print_beside();
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[1024];
    while (maps && fgets(line, sizeof line, maps)) printf("map %s", line);
    if (maps) fclose(maps);
    fflush(stdout);
}
