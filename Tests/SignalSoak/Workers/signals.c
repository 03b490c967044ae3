// Signals beside the sampler's: their handlers interrupt its handler, and are interrupted by it.
#define _GNU_SOURCE
#include "workers.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

// A timer that signals the calling thread 2000 times a second.
static void start_timer(int signal, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | flags};
    if (sigaction(signal, &action, NULL)) soak_fail("sigaction: %s", strerror(errno));
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = signal};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer)) soak_fail("timer_create: %s", strerror(errno));
    struct itimerspec times = {.it_interval = {0, 500000}, .it_value = {0, 500000}};
    if (timer_settime(timer, 0, &times, NULL)) soak_fail("timer_settime: %s", strerror(errno));
}

static void spin_in_handler(int signal) {
    (void)signal;
    int error = errno;
    soak_spin(50);
    errno = error;
}

void nest_signals(void) {
    static bool is_started;
    if (!is_started) start_timer(SIGRTMIN + 1, spin_in_handler, SA_NODEFER);
    is_started = true;
    soak_spin(1000);
}

void take_signals_elsewhere(void) {
    static bool is_started;
    if (!is_started) {
        enum { BYTES = 1 << 16 };
        stack_t stack = {.ss_sp = malloc(BYTES), .ss_size = BYTES};
        if (sigaltstack(&stack, NULL)) soak_fail("sigaltstack: %s", strerror(errno));
        start_timer(SIGRTMIN + 2, spin_in_handler, SA_ONSTACK);
    }
    is_started = true;
    soak_spin(1000);
}

// A handler that does not return to what it interrupted, be it the sampler's handler.
static sigjmp_buf back;
static volatile sig_atomic_t may_jump;
static void leave(int signal) {
    (void)signal;
    if (!may_jump) return;
    may_jump = 0;
    siglongjmp(back, 1);
}

void jump_out_of_handler(void) {
    static bool is_started;
    if (!is_started) start_timer(SIGRTMIN + 3, leave, 0);
    is_started = true;
    if (sigsetjmp(back, 1)) return;
    may_jump = 1;
    for (;;) soak_spin(10);
}

static __attribute__((noinline)) void jump_from(jmp_buf to, int depth) {
    volatile char room[128];
    room[0] = (char)depth;
    if (depth) jump_from(to, depth - 1);
    else longjmp(to, 1 + room[0]);
}

void jump(void) {
    for (int times = 0; times < 1000; times++) {
        jmp_buf to;
        if (!setjmp(to)) jump_from(to, 20);
    }
}

void keep_errno(void) {
    for (int value = 1; value < 4096; value++) {
        errno = value;
        for (volatile int step = 0; step < 100; step++) continue;
        if (errno != value) soak_fail("errno was %d and is %d", value, errno);
    }
}

// Threads that the program schedules itself, on stacks that come and go.
static ucontext_t scheduler, fiber;
static void run_fiber(void) {
    for (;;) {
        soak_spin(2);
        swapcontext(&fiber, &scheduler);
    }
}

void switch_fibers(void) {
    enum { BYTES = 1 << 15, SWITCHES = 200 };
    void *stack = malloc(BYTES);
    if (!stack || getcontext(&fiber)) soak_fail("no fiber: %s", strerror(errno));
    fiber.uc_stack = (stack_t){.ss_sp = stack, .ss_size = BYTES};
    fiber.uc_link = NULL;
    makecontext(&fiber, run_fiber, 0);
    for (int times = 0; times < SWITCHES; times++) swapcontext(&scheduler, &fiber);
    free(stack);
}

static __attribute__((noinline)) uint64_t deeper(uint32_t depth) {
    volatile uint64_t room[4];
    room[0] = depth;
    return depth ? deeper(depth - 1) + room[0] : soak_spin(20);
}

void recurse(void) {
    for (uint32_t depth = 1; depth < 2000; depth += 97)
        if (!deeper(depth)) soak_fail("the recursion came to nothing");
}
