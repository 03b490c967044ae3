// Workers, the watchdog that tells of those that stand still, and calls that may be interrupted.
#define _GNU_SOURCE
#include "soak.h"
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 64, CALLS = 16, LIMIT_SECONDS = 15 };

struct soak_worker {
    const char *name;
    void (*operation)(void);
    pthread_t thread;
    _Atomic uint64_t operations;
    uint64_t seen;   // by the watchdog
    time_t since;    // when it saw them first
};

struct soak_call {
    const char *name;
    bool is_restarted;
    _Atomic uint32_t thread;
    _Atomic uint64_t made[2], interrupted[2]; // in mode cpu, in mode wall
};

static soak_worker workers[WORKERS];
static soak_call calls[CALLS];
static _Atomic uint32_t worker_count, call_count, phase;
static atomic_bool is_over, is_done;

void soak_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("signal-soak: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    fflush(NULL);
    _exit(1);
}

bool soak_goes_on(void) { return !atomic_load_explicit(&is_over, memory_order_relaxed); }
void soak_end(void) { atomic_store(&is_over, true); }

static time_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

soak_worker *soak_add(const char *name) {
    uint32_t at = worker_count;
    if (at == WORKERS) soak_fail("no room for the worker %s", name);
    workers[at].name = name;
    workers[at].since = now();
    worker_count = at + 1;
    return &workers[at];
}

void soak_did(soak_worker *worker) { atomic_fetch_add_explicit(&worker->operations, 1, memory_order_relaxed); }

static void *run_worker(void *argument) {
    soak_worker *worker = argument;
    while (soak_goes_on()) {
        worker->operation();
        soak_did(worker);
    }
    return NULL;
}

void soak_start_worker(const char *name, void (*operation)(void)) {
    soak_worker *worker = soak_add(name);
    worker->operation = operation;
    int status = pthread_create(&worker->thread, NULL, run_worker, worker);
    if (status) soak_fail("no thread for the worker %s: %s", name, strerror(status));
}

void soak_join_workers(void) {
    for (uint32_t index = 0; index < worker_count; index++)
        if (workers[index].operation) pthread_join(workers[index].thread, NULL);
    atomic_store(&is_done, true);
}

// Nothing that a worker may hold for ever is waited for here: the text is made on the stack, and written at once.
static void tell_stall(const soak_worker *worker) {
    char text[256];
    int length = snprintf(text, sizeof text, "signal-soak: the worker %s has done nothing for %d seconds, after %llu operations\n",
                          worker->name, LIMIT_SECONDS, (unsigned long long)worker->operations);
    if (write(STDERR_FILENO, text, (size_t)length) < 0) _exit(4);
    _exit(3);
}

static void *watch(void *unused) {
    (void)unused;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    while (!atomic_load(&is_done)) {
        usleep(200000);
        for (uint32_t index = 0; index < worker_count; index++) {
            soak_worker *worker = &workers[index];
            uint64_t operations = worker->operations;
            if (operations != worker->seen) {
                worker->seen = operations;
                worker->since = now();
            } else if (now() - worker->since >= LIMIT_SECONDS) {
                tell_stall(worker);
            }
        }
    }
    return NULL;
}

void soak_start_watching(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch, NULL)) soak_fail("no thread for the watchdog");
    pthread_detach(thread);
}

uint64_t soak_spin(uint32_t microseconds) {
    uint64_t value = microseconds | 1;
    // Some 3 cycles a step: what counts is that it is deterministic, not how long a microsecond is.
    for (uint32_t step = 0; step < microseconds * 1000; step++) value = value * 6364136223846793005u + 1;
    __asm__ volatile("" : : "r"(value));
    return value;
}

soak_call *soak_add_call(const char *name, bool is_restarted) {
    uint32_t at = atomic_fetch_add(&call_count, 1);
    if (at >= CALLS) soak_fail("no room for the call %s", name);
    calls[at].is_restarted = is_restarted;
    calls[at].thread = (uint32_t)syscall(SYS_gettid);
    calls[at].name = name;
    return &calls[at];
}

bool soak_is_left_alone(uint32_t thread) {
    for (uint32_t index = 0; index < call_count; index++)
        if (calls[index].thread == thread) return true;
    return false;
}

uint32_t soak_phase(void) { return phase; }
void soak_set_phase(bool is_wall) { phase = (phase | 1) + 1 + is_wall; }

void soak_called(soak_call *call, uint32_t begun, bool is_interrupted) {
    // A signal of the way before may still come.
    if (begun != phase) return;
    atomic_fetch_add(&call->made[begun & 1], 1);
    if (is_interrupted) atomic_fetch_add(&call->interrupted[begun & 1], 1);
}

void soak_report_workers(void) {
    puts("worker                operations");
    for (uint32_t index = 0; index < worker_count; index++)
        printf("%-20s %11llu\n", workers[index].name, (unsigned long long)workers[index].operations);
}

bool soak_report_calls(void) {
    bool is_well = true;
    if (call_count) puts("call               EINTR in mode cpu, of calls     EINTR in mode wall, of calls");
    for (uint32_t index = 0; index < call_count; index++) {
        soak_call *call = &calls[index];
        printf("%-18s %15llu %9llu %21llu %9llu%s\n", call->name, (unsigned long long)call->interrupted[0],
               (unsigned long long)call->made[0], (unsigned long long)call->interrupted[1], (unsigned long long)call->made[1],
               call->is_restarted ? "   restarted by the kernel" : "");
        is_well &= !call->is_restarted || !(call->interrupted[0] + call->interrupted[1]);
    }
    return is_well;
}
