// What a handler pays that unwinds with libunwind, there and then, for the stacks that are sampled.
#define _GNU_SOURCE
#include "CHoofprint.h"
#include "CStackCorpus.h"
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FRAMES = 128, CURSOR_WORDS = 127, IS_SIGNAL_FRAME = 1, MOST = 65536 };

static int (*backtrace)(void **addresses, int capacity);
static int (*init_local)(uint64_t *cursor, void *context, int flags);
static int (*get_register)(uint64_t *cursor, int number, uint64_t *value);
static int (*step)(uint64_t *cursor);

static struct {
    uint32_t frames, stepped;
    uint64_t backtrace_ticks, step_ticks;
} measured[MOST];
static _Atomic uint32_t measured_count;

static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    enum { PROGRAM_COUNTER = 16 };
    int error = errno;
    void *addresses[FRAMES];
    uint64_t cursor[CURSOR_WORDS], address, start = hp_counter();
    int frames = backtrace(addresses, FRAMES);
    uint64_t middle = hp_counter();
    uint32_t stepped = 0;
    if (!init_local(cursor, context, IS_SIGNAL_FRAME))
        do get_register(cursor, PROGRAM_COUNTER, &address), stepped++;
        while (stepped < FRAMES && step(cursor) > 0);
    uint64_t end = hp_counter();
    uint32_t at = atomic_fetch_add(&measured_count, 1);
    if (at < MOST) {
        measured[at].frames = (uint32_t)frames;
        measured[at].stepped = stepped;
        measured[at].backtrace_ticks = middle - start;
        measured[at].step_ticks = end - middle;
    }
    errno = error;
}

static void *find(void *library, const char *name) {
    void *function = library ? dlsym(library, name) : NULL;
    if (function) return function;
    fprintf(stderr, "stack-corpus: %s\n", dlerror());
    exit(1);
}

void corpus_open_beside(void) {
    void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
    *(void **)&backtrace = find(library, "unw_backtrace");
    *(void **)&init_local = find(library, "_ULx86_64_init_local2");
    *(void **)&get_register = find(library, "_ULx86_64_get_reg");
    *(void **)&step = find(library, "_ULx86_64_step");
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    // The threads of libdispatch block signals but for those of faults, and SIGPROF.
    sigaction(SIGSYS, &action, NULL);
}

void corpus_measure_beside(uint32_t thread) {
    if (step) syscall(SYS_tgkill, getpid(), (pid_t)thread, SIGSYS);
}

void corpus_print_beside(void) {
    uint32_t count = measured_count < MOST ? measured_count : MOST;
    for (uint32_t index = 0; index < count; index++)
        printf("beside %u %lu %u %lu\n", measured[index].frames,
               (unsigned long)(((unsigned __int128)measured[index].backtrace_ticks << 32) / hp_ticks_per_ns_q32),
               measured[index].stepped,
               (unsigned long)(((unsigned __int128)measured[index].step_ticks << 32) / hp_ticks_per_ns_q32));
}
