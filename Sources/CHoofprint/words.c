// Words that the recorder's threads wait for, by futex(2): the kernel's own time-out, and safe in a signal handler.
#define _GNU_SOURCE
#include "hp_internal.h"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void hp_wait_while(uint32_t *word, uint32_t value, uint64_t nanoseconds) {
    struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &time, NULL, 0);
}

void hp_wake_waiting(uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0); }

void hp_set_word(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    hp_wake_waiting(word);
}

uint32_t hp_word(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
