// The stack sampler's threads, timers, signal and slots.
//
// Invariants
// - Threads' blocks, slots and copies are static in effect: made once, never given back. A signal that comes late finds them.
// - A slot or copy whose bit is not set is free; a handler sets the bit, and the looking thread clears it. In between a slot is
//   the handler's until `is_ready`, and then the looking thread's. The first free one is taken, so that few are used, which
//   stay in the processor's cache.
// - Only signals that carry the address of a thread's block are ours.
#define _GNU_SOURCE
#include "hp_unwind.h"
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

enum { THREADS = 4096, RANGES = 4, SLOTS = 512, COPIES = 64, MOST_AT_ONCE = 64 };

typedef struct {
    uint32_t number; // the kernel's; 0: the block is free
    bool is_seen, is_blocked, has_timer;
    int timer;
    uint64_t cpu;                // nanoseconds, when last looked at
    hp_range stacks[RANGES];     // those the thread was seen on, newest first found
    uint32_t next_range;
    uint64_t unknown_stack;      // an address in one that is not among them
    // Mode wall:
    hp_wait asked;               // what it waited in when a sample was asked for
    uint32_t asked_times;        // how often so far, of that wait
    uint32_t repeated;           // looks at which it still waited, since `last` was taken or given
    uint64_t wait;               // what it waits in with the stack `last`; 0: that is not known
    hp_stack *last;
} stack_thread;

typedef struct {
    bool is_ready;
    hp_walk_end end;
    stack_thread *thread;
    hp_stack_copy *copy;
    uint32_t copied_index; // of the frame that the copy begins with
    hp_stack stack;
} slot;

static stack_thread *threads;
static slot *slots;
static hp_stack_copy *copies;
static uint64_t taken_slots[SLOTS / 64], taken_copies[COPIES / 64];
static uint32_t thread_count, next_taken, next_looked_at;
static bool is_running, has_rules;
static hp_stack_mode running_mode;
static const char *limit;
static uint64_t period;
static uint64_t next_scan, next_check;
static struct sigaction before;
static hp_stack_counts counts;

#define COUNT(field, by) __atomic_fetch_add(&counts.field, by, __ATOMIC_RELAXED)

// The signal.

// Takes the first free of 64 times `words` places. Negative: none is.
static int take_place(uint64_t *taken, int words) {
    for (int word = 0; word < words; word++)
        for (uint64_t seen; ~(seen = __atomic_load_n(&taken[word], __ATOMIC_RELAXED));) {
            int bit = __builtin_ctzll(~seen);
            uint64_t mask = (uint64_t)1 << bit;
            if (!(__atomic_fetch_or(&taken[word], mask, __ATOMIC_ACQUIRE) & mask)) return word * 64 + bit;
        }
    return -1;
}

static void give_place(uint64_t *taken, int place) {
    __atomic_fetch_and(&taken[place / 64], ~((uint64_t)1 << place % 64), __ATOMIC_RELEASE);
}

// The stack that an address is on. False: it is not known yet, and will be at the next look.
static bool find_stack(void *of, uint64_t address, hp_range *found) {
    stack_thread *thread = of;
    for (int index = 0; index < RANGES; index++) {
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

// Copies what can be read from an address on, page by page. The kernel reads, since what lies above a stack, in one mapping
// with it when last looked at, may be unmapped by another thread meanwhile.
static uint64_t copy_readable(uint8_t *to, uint64_t from, uint64_t size) {
    enum { PAGES = HP_COPY_BYTES / HP_PAGE_BYTES + 1 };
    struct iovec here = {to, size}, there[PAGES];
    unsigned long count = 0;
    for (uint64_t at = from, next; at < from + size; at = next) {
        next = (at | (HP_PAGE_BYTES - 1)) + 1;
        if (next > from + size) next = from + size;
        there[count++] = (struct iovec){(void *)at, next - at};
    }
    ssize_t copied = process_vm_readv(getpid(), &here, 1, there, count, 0);
    return copied < 0 ? 0 : (uint64_t)copied;
}

// Copies the stack from where the walk has come to code without a rule; where the stack is not known, all of it.
static void copy_stack(slot *slot, const hp_walk *walk, bool is_stack_known) {
    // Code may use what is below the stack pointer, and registers that were just restored are still saved there.
    enum { RED_ZONE = 128 };
    int place = take_place(taken_copies, COPIES / 64);
    if (place < 0) {
        slot->stack.flags |= HP_STACK_CUT;
        return;
    }
    hp_stack_copy *copy = &copies[place];
    const hp_place_on_stack *from = is_stack_known ? &walk->unknown : &walk->place;
    copy->registers = from->at;
    copy->is_interrupted = from->is_interrupted;
    copy->start = from->at.sp - RED_ZONE;
    if (is_stack_known ? copy->start < walk->stack.start : !hp_is_readable(copy->start)) copy->start = from->at.sp;
    uint64_t size = is_stack_known ? walk->stack.end - copy->start : HP_COPY_BYTES;
    copy->size = copy_readable(copy->bytes, copy->start, size < HP_COPY_BYTES ? size : HP_COPY_BYTES);
    slot->copy = copy;
    slot->copied_index = walk->unknown_index;
}

static uint32_t innermost_path(void) {
    const hp_frame *top = hp_this_thread->top;
    if (top == hp_this_thread->frames) return hp_path_of_running_task();
    // Of the span above, where this one is just being opened.
    return (uint32_t)top->node->path_id;
}

static void sample(slot *slot, stack_thread *thread, const ucontext_t *context) {
    hp_stack *stack = &slot->stack;
    stack->thread = thread->number;
    stack->path = innermost_path();
    stack->flags = stack->does = stack->call = stack->frame_count = stack->caller_count = 0;
    slot->thread = thread;
    slot->copy = NULL;
    hp_walk walk = {.place = {hp_registers_of(context), true}, .has_rules = has_rules, .find_stack = find_stack,
                    .thread = thread, .into = stack};
    stack->stack_pointer = walk.place.at.sp;
    bool is_stack_known = find_stack(thread, walk.place.at.sp, &walk.stack);
    slot->end = is_stack_known ? hp_walk_stack(&walk) : HP_WALK_UNKNOWN;
    if (walk.has_guessed || !is_stack_known) copy_stack(slot, &walk, is_stack_known);
}

static bool is_block(const void *address) {
    uintptr_t offset = (uintptr_t)address - (uintptr_t)threads;
    return threads && offset < THREADS * sizeof *threads && offset % sizeof *threads == 0;
}

static void hand_on(int signal, siginfo_t *info, void *context) {
    COUNT(foreign, 1);
    if (before.sa_flags & SA_SIGINFO) before.sa_sigaction(signal, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) before.sa_handler(signal);
}

static void on_signal(int signal, siginfo_t *info, void *context) {
    uint64_t start = hp_counter();
    int error = errno;
    if (info->si_code != SI_TIMER || !is_block(info->si_value.sival_ptr)) {
        hand_on(signal, info, context);
        errno = error;
        return;
    }
    COUNT(handled, 1);
    stack_thread *thread = info->si_value.sival_ptr;
    int place = __atomic_load_n(&is_running, __ATOMIC_ACQUIRE) ? take_place(taken_slots, SLOTS / 64) : -1;
    if (place >= 0) {
        slot *slot = &slots[place];
        slot->stack.weight = 1 + (info->si_overrun > 0 ? (uint32_t)info->si_overrun : 0);
        sample(slot, thread, context);
        slot->stack.handler_ticks = hp_counter() - start;
        __atomic_store_n(&slot->is_ready, true, __ATOMIC_RELEASE);
    } else {
        COUNT(no_room, 1);
    }
    errno = error;
}

// The threads.

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

static void set_timer(stack_thread *thread) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF};
    event.sigev_value.sival_ptr = thread;
    event._sigev_un._tid = (pid_t)thread->number;
    if (syscall(SYS_timer_create, cpu_clock_of(thread->number), &event, &thread->timer)) return;
    // Not all at once: the first signal comes somewhere in the first period.
    uint64_t first = 1 + (hp_ticks() * 0x9E3779B97F4A7C15 >> 20) % period;
    struct itimerspec times = {
        .it_interval = {(time_t)(period / 1000000000), (long)(period % 1000000000)},
        .it_value = {(time_t)(first / 1000000000), (long)(first % 1000000000)},
    };
    if (syscall(SYS_timer_settime, thread->timer, 0, &times, NULL)) syscall(SYS_timer_delete, thread->timer);
    else thread->has_timer = true;
}

static void forget_thread(stack_thread *thread) {
    if (thread->has_timer) syscall(SYS_timer_delete, thread->timer);
    hp_stack *last = thread->last;
    *thread = (stack_thread){.last = last};
}

static stack_thread *block_of(uint32_t number) {
    stack_thread *free_block = NULL;
    for (uint32_t index = 0; index < thread_count; index++) {
        if (threads[index].number == number) return &threads[index];
        if (!threads[index].number && !free_block) free_block = &threads[index];
    }
    if (!free_block && thread_count < THREADS) free_block = &threads[thread_count++];
    return free_block;
}

static void find_threads(void) {
    DIR *folder = opendir("/proc/self/task");
    if (!folder) return;
    for (uint32_t index = 0; index < thread_count; index++) threads[index].is_seen = false;
    uint32_t own = hp_thread_number();
    for (struct dirent *entry; (entry = readdir(folder));) {
        uint32_t number = (uint32_t)strtoul(entry->d_name, NULL, 10);
        stack_thread *thread = number && number != own && !hp_is_own_thread(number) ? block_of(number) : NULL;
        if (!thread) continue;
        thread->is_seen = true;
        if (thread->number) continue;
        thread->number = number;
        thread->cpu = cpu_of(number);
        thread->is_blocked = blocks_signal(number);
        if (running_mode == HP_STACKS_CPU) set_timer(thread);
    }
    closedir(folder);
    for (uint32_t index = 0; index < thread_count; index++)
        if (threads[index].number && !threads[index].is_seen) forget_thread(&threads[index]);
}

// Once a second: the CPU time of threads that no signal reaches is told in periods.
static void check_threads(void) {
    for (uint32_t index = 0; index < thread_count; index++) {
        stack_thread *thread = &threads[index];
        if (!thread->number) continue;
        uint64_t cpu = cpu_of(thread->number), used = cpu > thread->cpu ? cpu - thread->cpu : 0;
        bool was_blocked = thread->is_blocked;
        if (!was_blocked && used < period) continue;
        thread->is_blocked = blocks_signal(thread->number);
        if ((was_blocked && thread->is_blocked) || (running_mode == HP_STACKS_CPU && !thread->has_timer)) {
            COUNT(unsampled, used / period);
            cpu -= used % period;
        }
        thread->cpu = cpu;
    }
}

// Finds the mapping that each stack not known yet lies in (proc_pid_maps(5)).
static void find_stacks(void) {
    FILE *maps = NULL;
    char line[512];
    for (uint32_t index = 0; index < thread_count; index++) {
        stack_thread *thread = &threads[index];
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
            int at = (int)(thread->next_range % RANGES);
            for (int range = 0; range < RANGES; range++)
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

// Mode wall: a thread that runs, or waits in a place where it was not seen waiting, is asked by a signal; one that waits
// where it waited at the last look has still the stack it had then, and is left alone.

static void ask(stack_thread *thread, uint32_t weight) {
    siginfo_t info = {.si_signo = SIGPROF};
    // As a timer's: those that are pending when another program is executed are dropped, and do not end that program.
    info.si_code = SI_TIMER;
    info.si_overrun = (int)weight - 1;
    info.si_value.sival_ptr = thread;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)thread->number, SIGPROF, &info);
}

static void look_at_thread(stack_thread *thread, uint32_t weight) {
    if (thread->is_blocked) {
        COUNT(unsampled, weight);
        return;
    }
    hp_wait wait;
    hp_look_at_wait(thread->number, &wait);
    if (wait.identity && wait.identity == thread->wait) {
        thread->repeated += weight;
        return;
    }
    thread->wait = 0;
    thread->asked_times = wait.identity && wait.identity == thread->asked.identity ? thread->asked_times + 1 : 0;
    thread->asked = wait;
    ask(thread, weight);
}

static void look_at_all(void) {
    uint32_t alive = 0;
    for (uint32_t index = 0; index < thread_count; index++) alive += threads[index].number != 0;
    uint32_t weight = (alive + MOST_AT_ONCE - 1) / MOST_AT_ONCE;
    for (uint32_t index = 0, looks = 0; index < thread_count && looks < MOST_AT_ONCE; index++) {
        stack_thread *thread = &threads[next_looked_at++ % thread_count];
        if (!thread->number) continue;
        look_at_thread(thread, weight);
        looks++;
    }
}

// The looking thread.

static bool is_ours_still(void) {
    struct sigaction now;
    return !sigaction(SIGPROF, NULL, &now) && (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_signal;
}

const char *hp_look_at_stacks(void) {
    enum { SCAN_PERIOD = 50000000, CHECK_PERIOD = 1000000000 };
    if (!is_running) return NULL;
    uint64_t now = hp_clock_ns(CLOCK_MONOTONIC);
    if (now >= next_check) {
        next_check = now + CHECK_PERIOD;
        if (!is_ours_still()) {
            hp_stop_stacks();
            return "another profiler has taken SIGPROF; stack sampling has ended";
        }
        check_threads();
    }
    if (now >= next_scan) {
        next_scan = now + SCAN_PERIOD;
        hp_refresh_rules();
        find_threads();
    }
    find_stacks();
    if (running_mode == HP_STACKS_WALL) look_at_all();
    return NULL;
}

// Unwinds the copy. Where the handler went on by frame pointers and came to a task, and libunwind finds the same frames, and
// in the last of them an async function with a frame, the callers that the handler found are the task's.
static void finish_copy(slot *slot) {
    hp_stack *stack = &slot->stack;
    uint64_t guessed[HP_STACK_FRAMES];
    uint32_t from = slot->copied_index, until = slot->end == HP_WALK_TASK ? stack->frame_count : from;
    memcpy(guessed, stack->frames + from, (until - from) * sizeof *guessed);
    stack->frame_count = from;
    slot->end = hp_unwind_copy(slot->copy, stack);
    bool is_right = until > from && stack->frame_count > until &&
                    !memcmp(guessed, stack->frames + from, (until - from) * sizeof *guessed);
    if (is_right) {
        hp_rule last = hp_find_rule(hp_rule_key(stack->frames[until - 1], until == 1));
        hp_rule next = hp_find_rule(hp_rule_key(stack->frames[until], false));
        is_right = last.kind == HP_RULE_FRAME && (last.is_async || (next.is_runner && !last.is_runner));
    }
    if (is_right) {
        slot->end = HP_WALK_TASK;
        stack->frame_count = until;
        stack->flags &= ~(uint32_t)(HP_STACK_PHYSICAL | HP_STACK_CUT);
    } else {
        stack->caller_count = 0;
    }
}

// What the handler could not do: unwinds the copy, and looks whether the callers of a task are code.
static void finish(slot *slot) {
    hp_stack *stack = &slot->stack;
    if (slot->copy) {
        finish_copy(slot);
        stack->flags |= HP_STACK_COPIED;
        COUNT(copied, 1);
        give_place(taken_copies, (int)(slot->copy - copies));
        slot->copy = NULL;
    }
    if (slot->end == HP_WALK_TASK) stack->flags |= HP_STACK_ASYNC;
    else if (slot->end != HP_WALK_ENDED) stack->flags |= HP_STACK_CUT;
    for (uint32_t index = 0; index < stack->caller_count; index++) {
        if (hp_code_module(stack->callers[index])) continue;
        stack->caller_count = 0;
        stack->flags = (stack->flags & ~(uint32_t)HP_STACK_ASYNC) | HP_STACK_PHYSICAL | HP_STACK_CUT;
    }
}

// In mode wall: what the thread did, and whether the stack stands for as long as it waits there.
static void note_wait(stack_thread *thread, hp_stack *stack) {
    enum { TRIES = 3 };
    stack->does = HP_DOES_RUN;
    if (running_mode != HP_STACKS_WALL || thread->number != stack->thread) return;
    const hp_wait *asked = &thread->asked;
    // It went on before the signal came.
    if (!asked->identity || asked->stack_pointer != stack->stack_pointer) return;
    stack->does = asked->does;
    stack->call = asked->call;
    // A copy's stack is not as good as the next one will be.
    if ((stack->flags & HP_STACK_COPIED) && thread->asked_times < TRIES) return;
    if (!thread->last && !(thread->last = malloc(sizeof *thread->last))) return;
    *thread->last = *stack;
    thread->wait = asked->identity;
}

static bool take_repeated(hp_stack *stack) {
    for (uint32_t index = 0; index < thread_count; index++) {
        stack_thread *thread = &threads[index];
        if (!thread->repeated) continue;
        *stack = *thread->last;
        stack->weight = thread->repeated;
        stack->handler_ticks = 0;
        thread->repeated = 0;
        return true;
    }
    return false;
}

bool hp_take_stack(hp_stack *stack) {
    if (!slots) return false;
    for (uint32_t looks = 0; looks < SLOTS; looks++) {
        uint32_t place = next_taken++ % SLOTS;
        slot *slot = &slots[place];
        if (!(__atomic_load_n(&taken_slots[place / 64], __ATOMIC_RELAXED) >> place % 64 & 1)) continue;
        if (!__atomic_load_n(&slot->is_ready, __ATOMIC_ACQUIRE)) continue;
        finish(slot);
        note_wait(slot->thread, &slot->stack);
        *stack = slot->stack;
        slot->is_ready = false;
        give_place(taken_slots, (int)place);
        return true;
    }
    return take_repeated(stack);
}

static bool make_places(void) {
    if (!threads) threads = hp_present_memory(THREADS * sizeof *threads);
    if (!slots) slots = hp_present_memory(SLOTS * sizeof *slots);
    if (!copies) copies = hp_present_memory(COPIES * sizeof *copies);
    return threads && slots && copies && hp_make_rules();
}

static bool is_handled(const struct sigaction *action) {
    return (action->sa_flags & SA_SIGINFO) || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

const char *hp_start_stacks(hp_stack_mode mode, uint32_t per_second) {
    static const char other_profiler[] = "another profiler uses SIGPROF; run one of them, or leave HOOFPRINT_SAMPLE unset";
    if (is_running) return "the stacks are being sampled already";
    struct itimerval profiling;
    if (sigaction(SIGPROF, NULL, &before)) return "the system tells nothing of SIGPROF";
    if (is_handled(&before) || (!getitimer(ITIMER_PROF, &profiling) && (profiling.it_value.tv_sec || profiling.it_value.tv_usec)))
        return other_profiler;
    if (!make_places()) return "the system has no memory for it";
    hp_refresh_rules();
    limit = hp_open_libunwind();
    has_rules = !limit;
    running_mode = mode;
    period = 1000000000 / (per_second < 1 ? 1 : per_second > 10000 ? 10000 : per_second);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    // Another handler that interrupted this one might leave by siglongjmp(3), and the place would never be given back.
    sigfillset(&action.sa_mask);
    hp_leave_crashes(&action.sa_mask);
    if (sigaction(SIGPROF, &action, &before)) return "the system does not let SIGPROF be handled";
    if (is_handled(&before)) {
        // The program has begun to, in between.
        sigaction(SIGPROF, &before, NULL);
        return other_profiler;
    }
    next_scan = next_check = 0;
    __atomic_store_n(&is_running, true, __ATOMIC_RELEASE);
    return hp_look_at_stacks();
}

void hp_stop_stacks(void) {
    if (!is_running) return;
    __atomic_store_n(&is_running, false, __ATOMIC_RELEASE);
    for (uint32_t index = 0; index < thread_count; index++)
        if (threads[index].number) forget_thread(&threads[index]);
    if (!is_ours_still()) return;
    // No more are sent. Those that are pending would end the process; ignored, they are dropped.
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPROF, &ignore, NULL);
    sigaction(SIGPROF, &before, NULL);
}

hp_stack_counts hp_count_stacks(void) {
#define READ(field) .field = __atomic_load_n(&counts.field, __ATOMIC_RELAXED)
    return (hp_stack_counts){
        READ(handled), READ(foreign), READ(no_room), READ(unsampled), READ(copied), .rules = hp_rule_count()};
}

const char *hp_stack_limit(void) { return limit; }

uint32_t hp_processor_count(void) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) ? 0 : CPU_COUNT(&set);
    return count < 1 ? 1 : (uint32_t)count;
}

void hp_forget_stacks(void) {
    // Timers are not inherited, and the threads are the parent's.
    for (uint32_t index = 0; index < thread_count; index++) threads[index] = (stack_thread){.last = threads[index].last};
    for (uint32_t index = 0; slots && index < SLOTS; index++) slots[index].is_ready = false;
    memset(taken_slots, 0, sizeof taken_slots);
    memset(taken_copies, 0, sizeof taken_copies);
    if (is_running && is_ours_still()) sigaction(SIGPROF, &before, NULL);
    is_running = false;
}
