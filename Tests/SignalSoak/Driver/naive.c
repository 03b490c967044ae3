// The handler that everybody writes first: it unwinds its thread with libunwind, there and then. It shows that this soak
// finds what it is made to find: libunwind takes locks, the loader's among them, which the interrupted thread may hold.
#define _GNU_SOURCE
#include "soak.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CURSOR_WORDS = 127, FRAMES = 128, IS_SIGNAL_FRAME = 1 };

static int (*init_local)(uint64_t *cursor, void *context, int flags);
static int (*step)(uint64_t *cursor);
static _Atomic uint64_t handled;

static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    int error = errno;
    uint64_t cursor[CURSOR_WORDS];
    if (!init_local(cursor, context, IS_SIGNAL_FRAME))
        for (int frame = 0; frame < FRAMES && step(cursor) > 0; frame++) continue;
    atomic_fetch_add(&handled, 1);
    errno = error;
}

static void *find(void *library, const char *name) {
    void *function = dlsym(library, name);
    if (!function) soak_fail("%s is not in libunwind.so.8", name);
    return function;
}

enum { THREADS = 64 };
static uint32_t threads[THREADS], thread_count;

static void find_threads(void) {
    DIR *folder = opendir("/proc/self/task");
    if (!folder) soak_fail("cannot read /proc/self/task: %s", strerror(errno));
    uint32_t own = (uint32_t)syscall(SYS_gettid);
    thread_count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) && thread_count < THREADS;) {
        uint32_t thread = (uint32_t)atoi(entry->d_name);
        if (thread && thread != own && !soak_is_left_alone(thread)) threads[thread_count++] = thread;
    }
    closedir(folder);
}

void soak_run_naively(soak_options options) {
    void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!library) soak_fail("%s", dlerror());
    *(void **)&init_local = find(library, "_ULx86_64_init_local2");
    *(void **)&step = find(library, "_ULx86_64_step");
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    sigaction(SIGPROF, &action, NULL);
    while (handled < options.signals) {
        find_threads();
        for (int round = 0; round < 200; round++, usleep(50))
            for (uint32_t index = 0; index < thread_count; index++) soak_signal_thread(threads[index], NULL);
    }
    signal(SIGPROF, SIG_IGN);
    printf("the naive handler survived %llu signals\n", (unsigned long long)handled);
    soak_end();
}
