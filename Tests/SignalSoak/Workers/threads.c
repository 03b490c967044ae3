#define _GNU_SOURCE
#include "workers.h"
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AT_ONCE = 4 };

static void run_threads(const pthread_attr_t *attributes, void *(*body)(void *)) {
    pthread_t threads[AT_ONCE];
    for (int index = 0; index < AT_ONCE; index++) {
        int status = pthread_create(&threads[index], attributes, body, NULL);
        if (status) soak_fail("pthread_create: %s", strerror(status));
    }
    for (int index = 0; index < AT_ONCE; index++) pthread_join(threads[index], NULL);
}

// A thread of a millisecond, with storage of its own that is taken down when it ends.
static __thread uint64_t own[64];
static void *live_shortly(void *unused) {
    (void)unused;
    own[0] = soak_spin(1000);
    free(malloc((size_t)(own[0] % 5000)));
    return NULL;
}

void churn_threads(void) { run_threads(NULL, live_shortly); }

static void *live_in_little(void *unused) {
    (void)unused;
    soak_spin(500);
    return NULL;
}

void churn_tiny_threads(void) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    // As small as the system lets it be (pthread_attr_setstacksize(3)): 16 KiB.
    long least = sysconf(_SC_THREAD_STACK_MIN);
    int status = pthread_attr_setstacksize(&attributes, least > 0 ? (size_t)least : (size_t)PTHREAD_STACK_MIN);
    if (status) soak_fail("pthread_attr_setstacksize: %s", strerror(status));
    run_threads(&attributes, live_in_little);
    pthread_attr_destroy(&attributes);
}
