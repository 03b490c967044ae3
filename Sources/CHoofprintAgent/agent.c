// The agent's start: a constructor, which the loader runs before the program's `main`. It takes no lock and runs no Swift: it
// starts a thread which does.
//
// Invariants
// - `start` is changed under `turn` only. A fork and an exit take their turn: neither comes in the midst of a beginning.
// - A wait for a turn is bounded: where the thread that has it waits for what the forking or ending one holds (the loader's
//   lock, in a library's constructor), that one goes on.
#define _GNU_SOURCE
#include "hp_agent.h"
#include "hp_life.h"
#include "hp_sampler.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef enum { START_NONE, START_PLANNED, START_DONE } start_state;

static start_state start;
static uint32_t turn;
static bool is_bootstrapped, has_turn_for_fork, is_ending;

static void nap(uint64_t nanoseconds) {
    const struct timespec time = {(time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)};
    nanosleep(&time, NULL);
}

static bool take_turn(void) {
    enum { NAP = 100000, NAPS = 20000 };
    for (int naps = 0; __atomic_exchange_n(&turn, 1, __ATOMIC_ACQUIRE); naps++) {
        if (naps == NAPS) return false;
        nap(NAP);
    }
    return true;
}

static void give_turn(void) { __atomic_store_n(&turn, 0, __ATOMIC_RELEASE); }

void hp_agent_say(const char *line) {
    char text[512];
    int length = snprintf(text, sizeof text, "hoofprint: %s\n", line);
    hp_say(text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
}

// A program sets its signals' handlers when it begins, some depending on what they find; so they are watched later, and only
// those that are left as the system has them.
static void watch_signals(void) {
    enum { LATER = 1000000000 };
    if (!hp_agent_watches_signals()) return;
    nap(LATER);
    if (!take_turn()) return;
    if (!is_ending) hp_watch_unhandled_signals();
    give_turn();
}

static bool begin_now(void) {
    if (is_bootstrapped) return hp_agent_begin_again();
    return is_bootstrapped = hp_agent_bootstrap();
}

static void begin(void *moment) {
    // The recorder's threads start busy, and a fork waits for those; for this one it takes its turn.
    hp_work_ended();
    if (moment) nap(*(const uint64_t *)moment);
    if (!take_turn()) return;
    bool begins = start == START_PLANNED && begin_now();
    start = begins ? START_DONE : START_NONE;
    give_turn();
    if (begins) watch_signals();
}

static void plan_start(const uint64_t *moment) {
    start = START_PLANNED;
    if (!hp_start_sampler_thread(begin, (void *)moment)) start = START_NONE;
}

// Of what is done before a fork this comes first, and of what is done after it in the child last.

static void before_fork(void) { has_turn_for_fork = take_turn(); }

static void after_fork_in_parent(void) {
    if (has_turn_for_fork) give_turn();
}

static void after_fork_in_child(void) {
    // Most children run another program at once. They are left alone.
    static const uint64_t moment = 20000000;
    // One that was forked in the midst of a beginning stays without.
    if (!has_turn_for_fork) start = START_NONE;
    give_turn();
    if (start != START_NONE) plan_start(&moment);
}

static void end(void) {
    bool has_turn = take_turn();
    is_ending = true;
    if (start == START_PLANNED) start = START_NONE;
    if (has_turn) give_turn();
}

static bool is_wanted(void) {
    const char *rate = hp_agent_variable("HOOFPRINT_SAMPLE"), *mode = hp_agent_variable("HOOFPRINT");
    if (!rate || !*rate) {
        hp_agent_say("libHoofprintAgent.so is loaded, and HOOFPRINT_SAMPLE is not set: nothing is sampled; set it to samples a "
                     "second, as in HOOFPRINT_SAMPLE=99, or take the agent out of LD_PRELOAD");
        return false;
    }
    return strcmp(rate, "off") && !(mode && !strcmp(mode, "off"));
}

// Before the constructors of Swift's runtime, of which the agent has one of its own.
static __attribute__((constructor(101))) void begin_load(void) { hp_agent_hide_backtraces(true); }

// After them. Plain constructors have the place 65536, and the order in which the files were linked (lld, InputSection.cpp:
// the number is the section's name).
static void load(void) {
    hp_agent_hide_backtraces(false);
    hp_find_error_output();
    hp_agent_keep_variables();
    hp_agent_leave_environment();
    if (!is_wanted()) return;
    // Before the agent's own: which of them come first depends on it.
    hp_watch_forks(NULL);
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    atexit(end);
    plan_start(NULL);
}

static __attribute__((section(".init_array.70000"), used)) void (*const last_constructor)(void) = load;
