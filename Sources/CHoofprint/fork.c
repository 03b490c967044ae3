#define _GNU_SOURCE
#include "hp_internal.h"
#include <errno.h>
#include <pthread.h>
#include <time.h>

// The flush thread and the samplers' run Swift code, and the locks of Swift's runtime and of others that they may hold are
// no use to a forked child: they would stay taken. So a fork waits until they are idle, and they stay idle until it is over.
static uint32_t busy_threads, forks, wakes;
static __thread bool is_own_thread __attribute__((tls_model("initial-exec")));
static __thread bool is_flush_thread __attribute__((tls_model("initial-exec")));
static bool is_running;
static bool is_held[HP_LOCKS];
static void (*start_again)(void);

static void nap(void) {
    const struct timespec time = {.tv_nsec = 100000};
    nanosleep(&time, NULL);
}

void hp_work_began(void) {
    is_own_thread = true;
    for (;;) {
        __atomic_fetch_add(&busy_threads, 1, __ATOMIC_SEQ_CST);
        if (!__atomic_load_n(&forks, __ATOMIC_SEQ_CST)) return;
        hp_work_ended();
        while (__atomic_load_n(&forks, __ATOMIC_SEQ_CST)) nap();
    }
}

void hp_work_ended(void) { __atomic_fetch_sub(&busy_threads, 1, __ATOMIC_SEQ_CST); }

void hp_flush_began(void) {
    is_flush_thread = true;
    hp_work_began();
}

bool hp_is_flush_thread(void) { return is_flush_thread; }

void hp_set_flush_runs(bool runs) { __atomic_store_n(&is_running, runs, __ATOMIC_SEQ_CST); }
bool hp_flush_runs(void) { return __atomic_load_n(&is_running, __ATOMIC_SEQ_CST); }

void hp_flush_ended(void) {
    hp_set_flush_runs(false);
    hp_work_ended();
    // One that came since the last look.
    if (hp_ending_signal()) hp_end_by_signal();
}

void hp_flush_wait(uint64_t nanoseconds) {
    static uint32_t seen;
    hp_work_ended();
    hp_wait_while(&wakes, seen, nanoseconds);
    hp_flush_began();
    seen = __atomic_load_n(&wakes, __ATOMIC_ACQUIRE);
}

void hp_wake_flush(void) {
    int error = errno;
    __atomic_fetch_add(&wakes, 1, __ATOMIC_RELEASE);
    hp_wake_waiting(&wakes);
    errno = error;
}

static void before_fork(void) {
    enum { NAPS = 5000 };
    __atomic_fetch_add(&forks, 1, __ATOMIC_SEQ_CST);
    for (int naps = 0; !is_own_thread && naps < NAPS && __atomic_load_n(&busy_threads, __ATOMIC_SEQ_CST); naps++) nap();
    for (int lock = 0; lock < HP_LOCKS; lock++) is_held[lock] = hp_lock_take_soon(&hp_locks[lock]);
}

static void after_fork_in_parent(void) {
    for (int lock = HP_LOCKS; lock--;)
        if (is_held[lock]) hp_lock_release(&hp_locks[lock]);
    __atomic_fetch_sub(&forks, 1, __ATOMIC_SEQ_CST);
}

static void after_fork_in_child(void) {
    for (int lock = HP_LOCKS; lock--;) hp_lock_release(&hp_locks[lock]);
    busy_threads = forks = 0;
    is_own_thread = is_flush_thread = is_running = false;
    if (hp_state != HP_OFF) hp_set_state(HP_FORKED);
    hp_forget_store();
    hp_forget_thread();
    hp_forget_tokens();
    hp_forget_offers();
    hp_forget_requests();
    hp_forget_own_threads();
    hp_forget_stacks();
}

void hp_watch_forks(void (*begin_again)(void)) {
    static bool are_watched;
    start_again = begin_again;
    if (!are_watched) are_watched = !pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

uint32_t hp_begin_again(void) {
    if (start_again) start_again();
    uint32_t state = __atomic_load_n(&hp_state, __ATOMIC_RELAXED);
    return state == HP_FORKED ? HP_OFF : state;
}
