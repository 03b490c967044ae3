// The stack sampler's life: what the looking thread does in turn.
#define _GNU_SOURCE
#include "hp_sampling.h"
#include <sched.h>

hp_stack_mode hp_running_mode;
uint64_t hp_sampling_period;
hp_stack_counts hp_stack_totals;
static const char *limit;
static bool is_running;
static uint64_t next_scan, next_check, last_change;

const char *hp_look_at_stacks(void) {
    enum { SCAN_PERIOD = 50000000, CHECK_PERIOD = 1000000000 };
    if (!is_running) return NULL;
    uint64_t now = hp_clock_ns(CLOCK_MONOTONIC);
    if (now >= next_check) {
        next_check = now + CHECK_PERIOD;
        if (!hp_has_signal()) {
            hp_stop_stacks();
            return "another profiler has taken SIGPROF; stack sampling has ended";
        }
        hp_check_threads();
    }
    if (now >= next_scan) {
        next_scan = now + SCAN_PERIOD;
        hp_refresh_rules();
        if (hp_find_threads()) __atomic_store_n(&last_change, now, __ATOMIC_RELAXED);
    }
    hp_find_stacks();
    if (hp_running_mode == HP_STACKS_WALL) hp_look_at_all();
    return NULL;
}

const char *hp_start_stacks(hp_stack_mode mode, uint32_t per_second) {
    if (is_running) return "the stacks are being sampled already";
    if (!hp_make_stack_threads() || !hp_make_stack_places() || !hp_make_rules()) return "the system has no memory for it";
    hp_refresh_rules();
    limit = hp_open_libunwind();
    hp_running_mode = mode;
    hp_sampling_period = 1000000000 / (per_second < 1 ? 1 : per_second > 10000 ? 10000 : per_second);
    const char *refused = hp_take_signal();
    if (refused) return refused;
    next_scan = next_check = 0;
    is_running = true;
    hp_let_sample(true);
    // Those that are there already have not just come.
    hp_find_threads();
    return hp_look_at_stacks();
}

uint32_t hp_stack_looks_wanted(void) {
    enum { CHANGING = 20, STEADY = 4 };
    static const uint64_t calm = 2000000000;
    uint64_t changed = __atomic_load_n(&last_change, __ATOMIC_RELAXED);
    return hp_clock_ns(CLOCK_MONOTONIC) - changed < calm ? CHANGING : STEADY;
}

void hp_stop_stacks(void) {
    if (!is_running) return;
    is_running = false;
    hp_let_sample(false);
    hp_forget_sampled_threads();
    hp_give_signal();
}

hp_stack_counts hp_count_stacks(void) {
#define READ(field) .field = __atomic_load_n(&hp_stack_totals.field, __ATOMIC_RELAXED)
    return (hp_stack_counts){
        READ(handled), READ(foreign), READ(no_room), READ(unsampled), READ(copied), .rules = hp_rule_count()};
}

const char *hp_stack_limit(void) { return limit; }

uint32_t hp_processor_count(void) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) ? 0 : CPU_COUNT(&set);
    return count < 1 ? 1 : (uint32_t)count;
}

void hp_forget_stacks(void) {
    // Timers are not inherited, and the threads are the parent's.
    for (uint32_t index = 0; index < hp_stack_thread_count; index++)
        hp_stack_threads[index] = (hp_stack_thread){.last = hp_stack_threads[index].last};
    hp_forget_places();
    if (is_running) hp_give_signal();
    is_running = false;
}
