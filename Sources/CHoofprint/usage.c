// What the requests of a root use beside time: page faults, context switches, block input and output.
//
// The thread's counters (getrusage(2), 0.3 microseconds) are read where a top-level sync span begins or ends and the last
// reading is older than `hp_usage_age`. So what a request is charged with may have happened that long before it began, and
// what happens in its last moments may be charged to the next one on the thread, or to none: an error of as little time a
// request. Run-queue wait is not among them: it is in `/proc/thread-self/schedstat` only, 0.7 microseconds and a descriptor for
// each thread, which a program that closes all its descriptors would close too.
#define _GNU_SOURCE
#include "hp_internal.h"
#include <sys/resource.h>

void hp_read_usage(hp_thread *thread, uint64_t now) {
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage)) return;
    thread->usage_ticks = now;
    thread->usage = (hp_usage){
        .minor_faults = (uint64_t)usage.ru_minflt, .major_faults = (uint64_t)usage.ru_majflt,
        .voluntary_switches = (uint64_t)usage.ru_nvcsw, .involuntary_switches = (uint64_t)usage.ru_nivcsw,
        .blocks_in = (uint64_t)usage.ru_inblock, .blocks_out = (uint64_t)usage.ru_oublock,
    };
}

bool hp_take_usage(hp_thread *thread, uint64_t now, hp_usage *used) {
    const hp_usage before = thread->usage;
    hp_read_usage(thread, now);
    const hp_usage *after = &thread->usage;
    *used = (hp_usage){
        after->minor_faults - before.minor_faults, after->major_faults - before.major_faults,
        after->voluntary_switches - before.voluntary_switches, after->involuntary_switches - before.involuntary_switches,
        after->blocks_in - before.blocks_in, after->blocks_out - before.blocks_out,
    };
    return used->minor_faults | used->major_faults | used->voluntary_switches | used->involuntary_switches |
           used->blocks_in | used->blocks_out;
}

void hp_add_usage(hp_usage *sum, const hp_usage *used) {
    sum->minor_faults += used->minor_faults;
    sum->major_faults += used->major_faults;
    sum->voluntary_switches += used->voluntary_switches;
    sum->involuntary_switches += used->involuntary_switches;
    sum->blocks_in += used->blocks_in;
    sum->blocks_out += used->blocks_out;
}

// Shared by threads, and written every 50 microseconds by each at most.
void hp_add_root_usage(hp_path *root, const hp_usage *used) {
    hp_usage *sum = root->usage;
    if (!sum) return;
    __atomic_fetch_add(&sum->minor_faults, used->minor_faults, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->major_faults, used->major_faults, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->voluntary_switches, used->voluntary_switches, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->involuntary_switches, used->involuntary_switches, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->blocks_in, used->blocks_in, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->blocks_out, used->blocks_out, __ATOMIC_RELAXED);
}

bool hp_path_usage(const hp_store *store, uint32_t id, hp_usage *usage) {
    const hp_path *path = hp_path_at(store, id);
    if (!path || path->parent || !path->usage || !hp_is_within(store, path->usage, sizeof *usage)) return false;
    const hp_usage *sum = path->usage;
    *usage = (hp_usage){
        __atomic_load_n(&sum->minor_faults, __ATOMIC_RELAXED), __atomic_load_n(&sum->major_faults, __ATOMIC_RELAXED),
        __atomic_load_n(&sum->voluntary_switches, __ATOMIC_RELAXED),
        __atomic_load_n(&sum->involuntary_switches, __ATOMIC_RELAXED),
        __atomic_load_n(&sum->blocks_in, __ATOMIC_RELAXED), __atomic_load_n(&sum->blocks_out, __ATOMIC_RELAXED),
    };
    return true;
}
