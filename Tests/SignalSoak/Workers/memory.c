#define _GNU_SOURCE
#include "workers.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void allocate(void) {
    enum { PIECES = 256 };
    void *pieces[PIECES];
    for (uint32_t index = 0; index < PIECES; index++) {
        size_t bytes = (size_t)(index * 2654435761u >> 20);
        if (!(pieces[index] = malloc(bytes + 1))) soak_fail("malloc: no memory");
        memset(pieces[index], (int)index, bytes + 1);
    }
    for (uint32_t index = 0; index < PIECES; index += 2) pieces[index] = realloc(pieces[index], index * 64 + 1);
    for (uint32_t index = 0; index < PIECES; index++) free(pieces[index]);
}

static uint8_t *map(void *at, size_t bytes, int flags) {
    void *memory = mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (memory == MAP_FAILED) soak_fail("mmap: %s", strerror(errno));
    return memory;
}

void map_memory(void) {
    enum { BYTES = 1 << 18 };
    uint8_t *memory = map(NULL, BYTES, 0);
    memset(memory, 1, BYTES);
    memory = mremap(memory, BYTES, 2 * BYTES, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED) soak_fail("mremap: %s", strerror(errno));
    mprotect(memory, BYTES, PROT_READ);
    munmap(memory, 2 * BYTES);
}

// A thread whose stack is one mapping with what lies above it, until that is unmapped.
enum { STACK_BYTES = 1 << 17 };
static atomic_bool has_neighbour_gone;

// Few frames, so that what a copy would like to take reaches beyond the stack.
static void *run_beside(void *unused) {
    (void)unused;
    while (!atomic_load(&has_neighbour_gone)) soak_spin(100);
    soak_spin(1000);
    return NULL;
}

void unmap_beside_stack(void) {
    uint8_t *memory = map(NULL, 2 * STACK_BYTES, 0);
    atomic_store(&has_neighbour_gone, false);
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, memory, STACK_BYTES);
    int status = pthread_create(&thread, &attributes, run_beside, NULL);
    if (status) soak_fail("pthread_create: %s", strerror(status));
    // Long enough for the sampler to find the thread and its stack.
    usleep(120000);
    munmap(memory + STACK_BYTES, STACK_BYTES);
    atomic_store(&has_neighbour_gone, true);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    munmap(memory, STACK_BYTES);
}
