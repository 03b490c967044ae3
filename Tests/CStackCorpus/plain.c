// C without frame pointers.
#define _GNU_SOURCE
#include "CStackCorpus.h"
#include <alloca.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEPT __attribute__((noinline))

KEPT uint64_t corpus_work(uint64_t seed) {
    for (int step = 0; step < 2000; step++) seed = (seed ^ seed >> 31) * 6364136223846793005u + 1;
    return seed;
}

static volatile uint64_t sink;

static KEPT uint64_t with_alloca(uint64_t seed) {
    size_t bytes = 64 + seed % 1000;
    uint8_t *room = alloca(bytes);
    memset(room, (int)seed, bytes);
    uint64_t value = corpus_work(seed);
    return value + room[value % bytes];
}

static KEPT uint64_t with_array(uint64_t seed) {
    uint64_t room[8 + seed % 50];
    room[seed % 8] = seed;
    uint64_t value = with_alloca(seed);
    return value + room[seed % 8];
}

static KEPT uint64_t with_registers(uint64_t a, uint64_t b, uint64_t c) {
    uint64_t d = a * b, e = b ^ c, f = c + a, g = a - c;
    for (int times = 0; times < 4; times++) {
        d += with_array(e + (uint64_t)times);
        e ^= corpus_work(f);
        f += d ^ g;
    }
    return a + b + c + d + e + f + g;
}

KEPT void corpus_plain(void) {
    while (!corpus_is_over()) sink = with_registers(sink, 2, 3) + 1;
}

static KEPT uint64_t large_frame(uint64_t seed, int depth) {
    volatile uint8_t room[20000];
    room[seed % sizeof room] = (uint8_t)seed;
    uint64_t value = depth ? large_frame(seed + 1, depth - 1) : corpus_work(seed);
    return value + room[seed % sizeof room];
}

KEPT void corpus_large_frames(void) {
    while (!corpus_is_over()) sink = large_frame(sink, 5);
}

static KEPT int compare_numbers(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static KEPT void fill(uint64_t *numbers, size_t count) {
    uint64_t value = sink | 1;
    for (size_t index = 0; index < count; index++) numbers[index] = value = value * 6364136223846793005u + 1;
}

KEPT void corpus_sort(int (*compare)(const void *, const void *)) {
    enum { COUNT = 4096 };
    static uint64_t numbers[COUNT];
    fill(numbers, COUNT);
    qsort(numbers, COUNT, sizeof *numbers, compare);
}

KEPT void corpus_libc(void) {
    enum { BYTES = 1 << 20 };
    char *from = malloc(BYTES), *to = malloc(BYTES);
    if (!from || !to) abort();
    while (!corpus_is_over()) {
        for (int times = 0; times < 20; times++) {
            memset(from, 'a' + times, BYTES - 1);
            from[BYTES - 1] = 0;
            memcpy(to, from, BYTES);
            sink += strlen(to);
        }
        corpus_sort(compare_numbers);
    }
    free(from);
    free(to);
}

KEPT void corpus_system_calls(void) {
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    static char bytes[4096];
    uint32_t word = 0;
    while (!corpus_is_over())
        for (int times = 0; times < 100; times++) {
            sink += (uint64_t)getppid();
            if (write(null, bytes, sizeof bytes) < 0 && errno != EINTR) abort();
            // The word has another value: it returns at once.
            syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
        }
    close(null);
}

static KEPT void allocate(size_t bytes) {
    void *piece = malloc(bytes);
    if (!piece) abort();
    piece = realloc(piece, bytes * 2);
    free(piece);
}

KEPT void corpus_malloc(void) {
    while (!corpus_is_over())
        for (size_t bytes = 16; bytes < 20000; bytes += 24) allocate(bytes);
}

KEPT void corpus_loaded(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *entry = library ? dlsym(library, "loaded_entry") : NULL;
    if (!entry) {
        fprintf(stderr, "stack-corpus: %s\n", dlerror());
        exit(1);
    }
    uint64_t (*call)(uint64_t) = (uint64_t(*)(uint64_t))entry;
    while (!corpus_is_over()) sink = call(sink);
}

static KEPT void on_signal(int signal) {
    (void)signal;
    for (int times = 0; times < 200; times++) sink = corpus_work(sink);
}

KEPT void corpus_alternate_stack(void) {
    enum { BYTES = 1 << 16 };
    stack_t stack = {.ss_sp = malloc(BYTES), .ss_size = BYTES};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    if (sigaltstack(&stack, NULL) || sigaction(SIGUSR1, &action, NULL)) abort();
    // Threads that libdispatch's have started block it.
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    while (!corpus_is_over()) raise(SIGUSR1);
}

static KEPT void *live_in_little(void *unused) {
    (void)unused;
    while (!corpus_is_over()) sink = with_registers(sink, 5, 7) + 1;
    return NULL;
}

KEPT void corpus_tiny_thread(void) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    if (pthread_attr_setstacksize(&attributes, (size_t)sysconf(_SC_THREAD_STACK_MIN)) ||
        pthread_create(&thread, &attributes, live_in_little, NULL))
        abort();
    pthread_join(thread, NULL);
}
