// How threads ask the flush thread for a flush, and wait for it. By futex(2) alone: a wait is neither stretched nor cut
// short when the system's clock is stepped, and needs no lock that a fork could leave taken.
#include "hp_internal.h"

// Numbers of requests, counting up; a billion flushes are no concern.
static uint32_t requested, completed;
static bool is_stopping;

void hp_forget_requests(void) {
    requested = completed = 0;
    is_stopping = false;
}

uint32_t hp_request_flush(bool stops) {
    if (stops) __atomic_store_n(&is_stopping, true, __ATOMIC_SEQ_CST);
    uint32_t number = __atomic_add_fetch(&requested, 1, __ATOMIC_SEQ_CST);
    hp_wake_flush();
    return number;
}

bool hp_await_flush(uint32_t number, uint64_t nanoseconds) {
    uint64_t start = hp_clock_ns(CLOCK_MONOTONIC);
    for (;;) {
        uint32_t done = __atomic_load_n(&completed, __ATOMIC_ACQUIRE);
        if (done >= number) return true;
        uint64_t passed = hp_clock_ns(CLOCK_MONOTONIC) - start;
        if (passed >= nanoseconds) return false;
        hp_wait_while(&completed, done, nanoseconds - passed);
    }
}

uint32_t hp_requested_flush(bool *stops) {
    uint32_t number = __atomic_load_n(&requested, __ATOMIC_SEQ_CST);
    *stops = __atomic_load_n(&is_stopping, __ATOMIC_SEQ_CST);
    return number > __atomic_load_n(&completed, __ATOMIC_RELAXED) ? number : 0;
}

void hp_complete_flush(uint32_t number) { hp_set_word(&completed, number); }
