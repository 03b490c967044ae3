// For programs that are to run until they have been sampled well, however busy the machine is.
#pragma once
#include <signal.h>
#include <stdlib.h>
#include <time.h>

static double cpu_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Tests run on threads that block signals, and what they run inherits that.
static __attribute__((unused)) void unblock_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static __attribute__((unused)) int is_handled(int number) {
    struct sigaction action;
    return !sigaction(number, NULL, &action) && action.sa_handler != SIG_DFL;
}

// Calls `work` for half a second of this thread's CPU time after something handles SIGPROF. A program that nothing samples
// gives up.
static __attribute__((unused)) void run_until_sampled(void (*work)(void)) {
    const double enough = 0.5, too_much = 60;
    double begun = 0;
    for (;;) {
        work();
        double now = cpu_seconds();
        if (!begun && is_handled(SIGPROF)) begun = now;
        if (begun && now - begun > enough) return;
        if (now > too_much) exit(99);
    }
}
