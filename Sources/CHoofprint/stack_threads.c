// The threads that are sampled: their blocks, timers and stacks.
#define _GNU_SOURCE
#include "hp_sampling.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

hp_stack_thread *hp_stack_threads;
uint32_t hp_stack_thread_count;

bool hp_make_stack_threads(void) {
    if (!hp_stack_threads) hp_stack_threads = hp_present_memory(HP_SAMPLED_THREADS * sizeof *hp_stack_threads);
    return hp_stack_threads;
}

hp_stack_thread *hp_block_at(void *address) {
    uintptr_t offset = (uintptr_t)address - (uintptr_t)hp_stack_threads;
    enum { SIZE = sizeof(hp_stack_thread) };
    return hp_stack_threads && offset < HP_SAMPLED_THREADS * SIZE && offset % SIZE == 0 ? address : NULL;
}

bool hp_find_stack(hp_stack_thread *thread, uint64_t address, hp_range *found) {
    for (int index = 0; index < HP_STACK_RANGES; index++) {
        uint64_t end = __atomic_load_n(&thread->stacks[index].end, __ATOMIC_ACQUIRE);
        uint64_t start = __atomic_load_n(&thread->stacks[index].start, __ATOMIC_ACQUIRE);
        if (address < start || address >= end || end != __atomic_load_n(&thread->stacks[index].end, __ATOMIC_RELAXED)) continue;
        // A thread's stack ends at its control block; what comes after it in the mapping may be another thread's, and go.
        uint64_t block = (uint64_t)__builtin_thread_pointer();
        bool is_own = block > address && block < end;
        bool is_kept = is_own || __atomic_load_n(&thread->stacks[index].is_kept, __ATOMIC_RELAXED);
        *found = (hp_range){start, is_own ? block & ~(uint64_t)7 : end, is_kept};
        return true;
    }
    __atomic_store_n(&thread->unknown_stack, address, __ATOMIC_RELAXED);
    return false;
}

// Whether a thread lets the signal through, as its status says ("SigBlk:", proc(5)).
static bool blocks_signal(uint32_t number) {
    char text[4096];
    const char *mask = hp_read_of_thread(number, "status", text, sizeof text) ? strstr(text, "\nSigBlk:") : NULL;
    return mask && strtoull(mask + 8, NULL, 16) >> (SIGPROF - 1) & 1;
}

static clockid_t cpu_clock_of(uint32_t number) {
    enum { PER_THREAD = 4, SCHEDULED = 2 }; // the kernel's numbers of clocks (posix-timers_types.h)
    return (clockid_t)(~number << 3 | PER_THREAD | SCHEDULED);
}

static uint64_t cpu_of(uint32_t number) {
    struct timespec time;
    if (syscall(SYS_clock_gettime, cpu_clock_of(number), &time)) return 0;
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void set_timer(hp_stack_thread *thread) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF};
    event.sigev_value.sival_ptr = thread;
    event._sigev_un._tid = (pid_t)thread->number;
    if (syscall(SYS_timer_create, cpu_clock_of(thread->number), &event, &thread->timer)) return;
    // Not all at once: the first signal comes somewhere in the first period.
    uint64_t first = 1 + (hp_ticks() * 0x9E3779B97F4A7C15 >> 20) % hp_sampling_period;
    struct itimerspec times = {
        .it_interval = {(time_t)(hp_sampling_period / 1000000000), (long)(hp_sampling_period % 1000000000)},
        .it_value = {(time_t)(first / 1000000000), (long)(first % 1000000000)},
    };
    if (syscall(SYS_timer_settime, thread->timer, 0, &times, NULL)) syscall(SYS_timer_delete, thread->timer);
    else thread->has_timer = true;
}

static void forget_thread(hp_stack_thread *thread) {
    if (thread->has_timer) syscall(SYS_timer_delete, thread->timer);
    hp_stack *last = thread->last;
    *thread = (hp_stack_thread){.last = last};
}

static hp_stack_thread *block_of(uint32_t number) {
    hp_stack_thread *free_block = NULL;
    for (uint32_t index = 0; index < hp_stack_thread_count; index++) {
        if (hp_stack_threads[index].number == number) return &hp_stack_threads[index];
        if (!hp_stack_threads[index].number && !free_block) free_block = &hp_stack_threads[index];
    }
    if (!free_block && hp_stack_thread_count < HP_SAMPLED_THREADS) free_block = &hp_stack_threads[hp_stack_thread_count++];
    return free_block;
}

bool hp_find_threads(void) {
    DIR *folder = opendir("/proc/self/task");
    bool has_changed = false;
    if (!folder) return has_changed;
    for (uint32_t index = 0; index < hp_stack_thread_count; index++) hp_stack_threads[index].is_seen = false;
    uint32_t own = hp_thread_number();
    for (struct dirent *entry; (entry = readdir(folder));) {
        uint32_t number = (uint32_t)strtoul(entry->d_name, NULL, 10);
        hp_stack_thread *thread = number && number != own && !hp_is_own_thread(number) ? block_of(number) : NULL;
        if (!thread) continue;
        thread->is_seen = true;
        if (thread->number) continue;
        has_changed = true;
        thread->number = number;
        thread->cpu = cpu_of(number);
        thread->is_blocked = blocks_signal(number);
        if (hp_running_mode == HP_STACKS_CPU) set_timer(thread);
    }
    closedir(folder);
    for (uint32_t index = 0; index < hp_stack_thread_count; index++)
        if (hp_stack_threads[index].number && !hp_stack_threads[index].is_seen) forget_thread(&hp_stack_threads[index]);
    return has_changed;
}

void hp_check_threads(void) {
    for (uint32_t index = 0; index < hp_stack_thread_count; index++) {
        hp_stack_thread *thread = &hp_stack_threads[index];
        if (!thread->number) continue;
        uint64_t cpu = cpu_of(thread->number), used = cpu > thread->cpu ? cpu - thread->cpu : 0;
        bool was_blocked = thread->is_blocked;
        if (!was_blocked && used < hp_sampling_period) continue;
        thread->is_blocked = blocks_signal(thread->number);
        if ((was_blocked && thread->is_blocked) || (hp_running_mode == HP_STACKS_CPU && !thread->has_timer)) {
            HP_COUNT(unsampled, used / hp_sampling_period);
            cpu -= used % hp_sampling_period;
        }
        thread->cpu = cpu;
    }
}

void hp_find_stacks(void) {
    FILE *maps = NULL;
    char line[512];
    for (uint32_t index = 0; index < hp_stack_thread_count; index++) {
        hp_stack_thread *thread = &hp_stack_threads[index];
        uint64_t wanted = __atomic_exchange_n(&thread->unknown_stack, 0, __ATOMIC_RELAXED);
        if (!wanted) continue;
        if (maps) rewind(maps);
        else if (!(maps = fopen("/proc/self/maps", "re"))) return;
        while (fgets(line, sizeof line, maps)) {
            unsigned long start, end;
            char readable;
            if (sscanf(line, "%lx-%lx %c", &start, &end, &readable) != 3 || wanted < start || wanted >= end) continue;
            if (readable != 'r') break;
            // The one that has grown downwards, or else the oldest.
            int at = (int)(thread->next_range % HP_STACK_RANGES);
            for (int range = 0; range < HP_STACK_RANGES; range++)
                if (thread->stacks[range].end == end) at = range;
            thread->next_range++;
            __atomic_store_n(&thread->stacks[at].end, 0, __ATOMIC_RELEASE);
            __atomic_store_n(&thread->stacks[at].start, start, __ATOMIC_RELEASE);
            __atomic_store_n(&thread->stacks[at].is_kept, strstr(line, "[stack]") != NULL, __ATOMIC_RELEASE);
            __atomic_store_n(&thread->stacks[at].end, end, __ATOMIC_RELEASE);
            break;
        }
    }
    if (maps) fclose(maps);
}

void hp_forget_sampled_threads(void) {
    for (uint32_t index = 0; index < hp_stack_thread_count; index++)
        if (hp_stack_threads[index].number) forget_thread(&hp_stack_threads[index]);
}
