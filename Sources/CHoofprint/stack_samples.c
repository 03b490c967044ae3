// The samples: the signal handler, the places that it fills, and what the looking thread makes of them.
//
// Invariants
// - Slots and copies are static in effect: made once, never given back.
// - A slot or copy whose bit is not set is free; a handler sets the bit, and the looking thread clears it. In between a slot is
//   the handler's until `is_ready`, and then the looking thread's. The first free one is taken, so that few are used, which
//   stay in the processor's cache.
// - Only signals that carry the address of a thread's block are ours.
#define _GNU_SOURCE
#include "hp_sampling.h"
#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SLOTS = 512, COPIES = 64 };

typedef struct {
    bool is_ready;
    hp_walk_end end;
    hp_stack_thread *thread;
    hp_stack_copy *copy;
    uint32_t copied_index; // of the frame that the copy begins with
    hp_stack stack;
} slot;

static slot *slots;
static hp_stack_copy *copies;
static uint64_t taken_slots[SLOTS / 64], taken_copies[COPIES / 64];
static uint32_t next_taken;
static bool does_sample;
static struct sigaction before;

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

static void sample(slot *slot, hp_stack_thread *thread, const ucontext_t *context) {
    hp_stack *stack = &slot->stack;
    stack->thread = thread->number;
    stack->path = innermost_path();
    stack->flags = stack->call = stack->frame_count = stack->caller_count = 0;
    stack->does = HP_DOES_RUN;
    slot->thread = thread;
    slot->copy = NULL;
    hp_walk walk = {.place = {hp_registers_of(context), true}, .has_rules = !hp_stack_limit(), .thread = thread,
                    .into = stack};
    stack->stack_pointer = walk.place.at.sp;
    bool is_stack_known = hp_find_stack(thread, walk.place.at.sp, &walk.stack);
    slot->end = is_stack_known ? hp_walk_stack(&walk) : HP_WALK_UNKNOWN;
    if (walk.has_guessed || !is_stack_known) copy_stack(slot, &walk, is_stack_known);
}

static void hand_on(int signal, siginfo_t *info, void *context) {
    HP_COUNT(foreign, 1);
    if (before.sa_flags & SA_SIGINFO) before.sa_sigaction(signal, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) before.sa_handler(signal);
}

static void on_signal(int signal, siginfo_t *info, void *context) {
    uint64_t start = hp_counter();
    int error = errno;
    hp_stack_thread *thread = info->si_code == SI_TIMER ? hp_block_at(info->si_value.sival_ptr) : NULL;
    if (!thread) {
        hand_on(signal, info, context);
        errno = error;
        return;
    }
    HP_COUNT(handled, 1);
    int place = __atomic_load_n(&does_sample, __ATOMIC_ACQUIRE) ? take_place(taken_slots, SLOTS / 64) : -1;
    if (place >= 0) {
        slot *slot = &slots[place];
        slot->stack.weight = 1 + (info->si_overrun > 0 ? (uint32_t)info->si_overrun : 0);
        sample(slot, thread, context);
        slot->stack.handler_ticks = hp_counter() - start;
        __atomic_store_n(&slot->is_ready, true, __ATOMIC_RELEASE);
    } else {
        HP_COUNT(no_room, 1);
    }
    errno = error;
}

// Unwinds the copy. Where the handler went on by frame pointers and came to a task, and the same frames are found, and in
// the last of them an async function with a frame, the callers that the handler found are the task's.
static void finish_copy(slot *slot) {
    hp_stack *stack = &slot->stack;
    uint64_t guessed[HP_STACK_FRAMES];
    uint32_t from = slot->copied_index, until = slot->end == HP_WALK_TASK ? stack->frame_count : from;
    memcpy(guessed, stack->frames + from, (until - from) * sizeof *guessed);
    uint32_t flags = stack->flags;
    stack->frame_count = from;
    slot->end = hp_walk_copy(slot->copy, stack);
    if (slot->end == HP_WALK_UNKNOWN) {
        stack->frame_count = from;
        stack->flags = flags;
        slot->end = hp_unwind_copy(slot->copy, stack);
    }
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
        HP_COUNT(copied, 1);
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

bool hp_take_stack(hp_stack *stack) {
    if (!slots) return false;
    for (uint32_t looks = 0; looks < SLOTS; looks++) {
        uint32_t place = next_taken++ % SLOTS;
        slot *slot = &slots[place];
        if (!(__atomic_load_n(&taken_slots[place / 64], __ATOMIC_RELAXED) >> place % 64 & 1)) continue;
        if (!__atomic_load_n(&slot->is_ready, __ATOMIC_ACQUIRE)) continue;
        finish(slot);
        if (hp_running_mode == HP_STACKS_WALL) hp_note_wait(slot->thread, &slot->stack);
        *stack = slot->stack;
        slot->is_ready = false;
        give_place(taken_slots, (int)place);
        return true;
    }
    return hp_take_repeated(stack);
}

bool hp_make_stack_places(void) {
    if (!slots) slots = hp_present_memory(SLOTS * sizeof *slots);
    if (!copies) copies = hp_present_memory(COPIES * sizeof *copies);
    return slots && copies;
}

void hp_let_sample(bool does) { __atomic_store_n(&does_sample, does, __ATOMIC_RELEASE); }

void hp_forget_places(void) {
    for (uint32_t index = 0; slots && index < SLOTS; index++) slots[index].is_ready = false;
    memset(taken_slots, 0, sizeof taken_slots);
    memset(taken_copies, 0, sizeof taken_copies);
}

// The signal, and who had it before.

static bool is_handled(const struct sigaction *action) {
    return (action->sa_flags & SA_SIGINFO) || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

bool hp_has_signal(void) {
    struct sigaction now;
    return !sigaction(SIGPROF, NULL, &now) && (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_signal;
}

const char *hp_take_signal(void) {
    static const char other_profiler[] = "another profiler uses SIGPROF; run one of them, or leave HOOFPRINT_SAMPLE unset";
    struct itimerval profiling;
    if (sigaction(SIGPROF, NULL, &before)) return "the system tells nothing of SIGPROF";
    if (is_handled(&before) || (!getitimer(ITIMER_PROF, &profiling) && (profiling.it_value.tv_sec || profiling.it_value.tv_usec)))
        return other_profiler;
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    // Another handler that interrupted this one might leave by siglongjmp(3), and the place would never be given back.
    sigfillset(&action.sa_mask);
    hp_leave_crashes(&action.sa_mask);
    if (sigaction(SIGPROF, &action, &before)) return "the system does not let SIGPROF be handled";
    if (!is_handled(&before)) return NULL;
    // The program has begun to, in between.
    sigaction(SIGPROF, &before, NULL);
    return other_profiler;
}

void hp_give_signal(void) {
    if (!hp_has_signal()) return;
    // No more are sent. Those that are pending would end the process; ignored, they are dropped.
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPROF, &ignore, NULL);
    sigaction(SIGPROF, &before, NULL);
}
