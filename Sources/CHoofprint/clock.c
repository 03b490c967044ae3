#define _GNU_SOURCE
#include "CHoofprint.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

hp_clock_kind hp_clock = HP_CLOCK_MONOTONIC;
uint64_t hp_ticks_per_ns_q32 = (uint64_t)1 << 32;
uint64_t hp_anchor_age = 20000;
uint64_t hp_usage_age = 50000;

#if defined(__x86_64__)
// Whether the processor's counter runs at one rate in every power state (Intel SDM vol. 3, 18.17.1: CPUID
// 80000007H:EDX[8]) and the kernel itself, which watches it across cores, keeps time with it.
static bool counter_is_fit(void) {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) || !(edx & (1u << 8))) return false;
    int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    char name[64] = {0};
    ssize_t length = read(file, name, sizeof name - 1);
    close(file);
    if (length <= 0) return false;
    name[strcspn(name, "\n")] = 0;
    return !strcmp(name, "tsc") || !strcmp(name, "kvm-clock") || !strcmp(name, "hyperv_clocksource_tsc_page");
}
#elif defined(__aarch64__)
// The generic timer's virtual count is architecturally constant-rate and synchronous (Arm ARM D12.1).
static bool counter_is_fit(void) { return true; }
#else
static bool counter_is_fit(void) { return false; }
#endif

void hp_clock_pair(uint64_t *ticks, uint64_t *monotonic_ns) {
    uint64_t best = UINT64_MAX;
    // The narrowest of a few readings: the others were interrupted.
    for (int attempt = 0; attempt < 5; attempt++) {
        uint64_t before = hp_ticks();
        uint64_t ns = hp_clock_ns(CLOCK_MONOTONIC);
        uint64_t after = hp_ticks();
        if (after - before >= best) continue;
        best = after - before;
        *ticks = before + best / 2;
        *monotonic_ns = ns;
    }
}

// Two threads that hand each other their reading: one that is behind the reading it was handed shows processors whose counters
// are apart by more than the time the handing takes, some 100 ns.
typedef struct {
    uint64_t turn; // odd: the other thread's
    uint64_t reading;
    bool is_behind;
} handing;

enum { HANDINGS = 256, HANDING_NS = 2000000 };

static void hand_over(handing *shared, uint64_t mine) {
    uint64_t end = hp_clock_ns(CLOCK_MONOTONIC) + HANDING_NS;
    for (uint64_t turn = mine; turn < HANDINGS; turn += 2) {
        for (unsigned spins = 0; __atomic_load_n(&shared->turn, __ATOMIC_ACQUIRE) != turn; spins++) {
            if (spins % 64 == 63) sched_yield();
            if (spins % 1024 == 1023 && hp_clock_ns(CLOCK_MONOTONIC) > end) return;
        }
        uint64_t now = hp_counter();
        if (now < shared->reading) shared->is_behind = true;
        shared->reading = now;
        __atomic_store_n(&shared->turn, turn + 1, __ATOMIC_RELEASE);
    }
}

static void *other_side(void *shared) {
    hand_over(shared, 1);
    return NULL;
}

// Whether the counters of the processors that two threads meet on agree. With one processor, or no thread to be had, there is
// nothing to compare.
static bool counters_agree(void) {
    handing shared = {0};
    sigset_t all, previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pthread_t other;
    bool is_there = !pthread_create(&other, NULL, other_side, &shared);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    if (!is_there) return true;
    hand_over(&shared, 0);
    pthread_join(other, NULL);
    return !shared.is_behind;
}

void hp_clock_start(bool may_use_counter) {
    if (!may_use_counter || !counter_is_fit() || !counters_agree()) return;
    hp_clock = HP_CLOCK_COUNTER;
    uint64_t ticks0, ns0, ticks1, ns1;
    hp_clock_pair(&ticks0, &ns0);
    // A pair is right to some 40 ns, so a millisecond gives the rate to 0.01 %; flushes refine it.
    do hp_clock_pair(&ticks1, &ns1);
    while (ns1 - ns0 < 1000000);
    if (ticks1 <= ticks0) {
        hp_clock = HP_CLOCK_MONOTONIC;
        return;
    }
    hp_ticks_per_ns_q32 = (uint64_t)(((unsigned __int128)(ticks1 - ticks0) << 32) / (ns1 - ns0));
    // They are nanoseconds until here.
    hp_anchor_age = hp_anchor_age * hp_ticks_per_ns_q32 >> 32;
    hp_usage_age = hp_usage_age * hp_ticks_per_ns_q32 >> 32;
}
