// The thread that samples: in turns by timers on the threads' CPU clocks, and by the clock on the wall.
//
// The kernel looks at CPU timers at its ticks only, some 250 times a second. To get many more signals, each timer's signal
// is sent again and again, with what the timer would send: to the handler they are the timer's.
#define _GNU_SOURCE
#include "CHoofprint.h"
#include "soak.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct {
    uint64_t taken, repeated, copied, cut, frames, handled[2];
} seen;
static uint32_t own_number;

void soak_visit_timers(void (*visit)(uint32_t thread, void *value)) {
    FILE *file = fopen("/proc/self/timers", "re");
    if (!file) soak_fail("cannot read /proc/self/timers: %s; the kernel needs CONFIG_CHECKPOINT_RESTORE", strerror(errno));
    char line[256];
    int signal = 0;
    void *value = NULL;
    unsigned thread;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "signal: %d/%p", &signal, &value) == 2) continue;
        if (sscanf(line, "notify: signal/tid.%u", &thread) == 1 && signal == SIGPROF) visit(thread, value);
    }
    fclose(file);
}

void soak_signal_thread(uint32_t thread, void *value) {
    siginfo_t info = {.si_signo = SIGPROF};
    info.si_code = SI_TIMER;
    info.si_value.sival_ptr = value;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)thread, SIGPROF, &info);
}

// The timers that signals are repeated for.
enum { TIMERS = 256, ROUNDS = 16 };
static struct {
    uint32_t thread;
    void *value;
} timers[TIMERS];
static uint32_t timer_count;

static void note_timer(uint32_t thread, void *value) {
    if (timer_count == TIMERS || thread == own_number || soak_is_left_alone(thread)) return;
    timers[timer_count].thread = thread;
    timers[timer_count++].value = value;
}

static void take_all(void) {
    static hp_stack stack;
    while (hp_take_stack(&stack)) {
        if (stack.handler_ticks) seen.taken++;
        else seen.repeated++;
        seen.frames += stack.frame_count;
        seen.cut += (stack.flags & HP_STACK_CUT) != 0;
        seen.copied += (stack.flags & HP_STACK_COPIED) != 0;
    }
}

static void look(void) {
    const char *problem = hp_look_at_stacks();
    if (problem) soak_fail("%s", problem);
    take_all();
}

// A thread takes one signal each time it runs: it must run.
static void pause_shortly(void) { nanosleep(&(struct timespec){0, 20000}, NULL); }

static uint64_t milliseconds(void) { return hp_clock_ns(CLOCK_MONOTONIC) / 1000000; }

// A second of signals, or until enough were handled.
static void run_phase(bool is_wall, soak_options options) {
    uint64_t before = hp_count_stacks().handled, end = milliseconds() + 1000;
    // Before the first signal may come, so that no EINTR counts as the other way's.
    soak_set_phase(is_wall);
    const char *problem = hp_start_stacks(is_wall ? HP_STACKS_WALL : HP_STACKS_CPU, options.rate);
    if (problem) soak_fail("%s", problem);
    while (milliseconds() < end && hp_count_stacks().handled < options.signals) {
        look();
        pause_shortly();
        if (is_wall) continue;
        timer_count = 0;
        soak_visit_timers(note_timer);
        for (uint32_t round = 0; round < ROUNDS; round++) {
            for (uint32_t index = 0; index < timer_count; index++)
                soak_signal_thread(timers[index].thread, timers[index].value);
            pause_shortly();
            take_all();
        }
    }
    hp_stop_stacks();
    take_all();
    seen.handled[is_wall] += hp_count_stacks().handled - before;
}

void soak_sample(soak_options options) {
    own_number = (uint32_t)syscall(SYS_gettid);
    // One thread against many: with what priority it can get there are many more signals a second.
    for (int nice = -20; nice < 0 && setpriority(PRIO_PROCESS, own_number, nice); nice++) continue;
    prctl(PR_SET_TIMERSLACK, 1);
    soak_start_watching();
    if (options.is_naive) {
        soak_run_naively(options);
        return;
    }
    hp_clock_start(true);
    for (bool is_wall = false; hp_count_stacks().handled < options.signals; is_wall = !is_wall) run_phase(is_wall, options);
    soak_end();
}

int soak_report(void) {
    // A handler that had begun when sampling ended has ended with its thread.
    take_all();
    hp_stack_counts counts = hp_count_stacks();
    soak_report_workers();
    bool is_restarted = soak_report_calls();
    printf("signals handled: %llu (%llu in mode cpu, %llu in mode wall)\n", (unsigned long long)counts.handled,
           (unsigned long long)seen.handled[0], (unsigned long long)seen.handled[1]);
    printf("stacks taken: %llu, by a copy %llu, cut %llu, mean frames %.1f; repeated without a signal: %llu\n",
           (unsigned long long)seen.taken, (unsigned long long)seen.copied, (unsigned long long)seen.cut,
           seen.taken ? (double)seen.frames / (double)(seen.taken + seen.repeated) : 0.0, (unsigned long long)seen.repeated);
    printf("no free place: %llu, periods not sampled: %llu, signals of others: %llu, rules: %llu\n",
           (unsigned long long)counts.no_room, (unsigned long long)counts.unsampled, (unsigned long long)counts.foreign,
           (unsigned long long)counts.rules);
    int status = 0;
    if (!is_restarted) {
        puts("FAILED: a call that SA_RESTART restarts was seen interrupted");
        status = 1;
    }
    if (counts.handled != seen.taken + counts.no_room) {
        printf("FAILED: %lld places were taken and never given back\n",
               (long long)(counts.handled - seen.taken - counts.no_room));
        status = 1;
    }
    if (seen.taken * 2 < counts.handled) {
        puts("FAILED: more than half of the signals found no free place");
        status = 1;
    }
    return status;
}

soak_options soak_read_options(int count, char **arguments) {
    soak_options options = {.rate = 10000};
    for (int index = 1; index < count; index++) {
        if (!strcmp(arguments[index], "--naive")) options.is_naive = true;
        else if (!strcmp(arguments[index], "--rate") && index + 1 < count) options.rate = (uint32_t)atoi(arguments[++index]);
        else options.signals = strtoull(arguments[index], NULL, 10);
    }
    if (!options.signals || !options.rate) {
        fputs("usage: signal-soak [--naive] [--rate PER-SECOND] SIGNALS\n", stderr);
        exit(2);
    }
    return options;
}
