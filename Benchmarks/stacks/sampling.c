// The sampler for throws.cpp, which cannot include the recorder's C, looking from a thread of its own.
#include "CHoofprint.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static pthread_t thread;
static atomic_bool is_stopped;

static void *look(void *unused) {
    (void)unused;
    static hp_stack stack;
    while (!atomic_load(&is_stopped)) {
        hp_look_at_stacks();
        while (hp_take_stack(&stack)) continue;
        usleep(20000);
    }
    return NULL;
}

const char *throws_start(uint32_t per_second) {
    hp_clock_start(true);
    const char *problem = hp_start_stacks(HP_STACKS_CPU, per_second);
    atomic_store(&is_stopped, false);
    if (!problem && pthread_create(&thread, NULL, look, NULL)) problem = "no thread";
    return problem;
}

void throws_stop(void) {
    atomic_store(&is_stopped, true);
    pthread_join(thread, NULL);
    hp_stop_stacks();
}

double throws_seconds(void) { return (double)hp_clock_ns(CLOCK_THREAD_CPUTIME_ID) / 1e9; }
