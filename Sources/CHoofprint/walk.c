// The walk by rules: of a thread's stack in the signal handler, and of a copy on the looking thread. Everything it reads is
// on the interrupted thread's own stack, between the stack pointer and the stack's end, or has been found readable; in the
// handler it calls nothing but system calls.
#define _GNU_SOURCE
#include "hp_unwind.h"
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool hp_is_readable(uint64_t address) {
    // The kernel reads the set first, and then finds that there is no such operation: nothing is changed.
    enum { NO_OPERATION = -1, SET_BYTES = 8 };
    return syscall(SYS_rt_sigprocmask, NO_OPERATION, address & ~(uint64_t)7, NULL, SET_BYTES) == -1 && errno != EFAULT;
}

static bool is_on_stack(hp_walk *walk, uint64_t address) {
    if (address < walk->place.at.sp || address > walk->stack.end - 8 || address % 8) return false;
    // A fiber's stack is part of a mapping whose end may be given back at any time.
    if (walk->stack.is_kept || address / HP_PAGE_BYTES == walk->readable_page) return true;
    if (!hp_is_readable(address)) return false;
    walk->readable_page = address / HP_PAGE_BYTES;
    return true;
}

static uint64_t load(uint64_t address) { return *(const volatile uint64_t *)address; }

static uint64_t load_stack(const hp_walk *walk, uint64_t address) { return load(address + walk->shift); }

// An async context begins with its parent's address and that of the code where the parent goes on (ABI: AsyncContext in
// include/swift/ABI/Task.h). Those of the running task stay while it is interrupted; but that the address is a context is
// known only if all of them up to the task's first one can be read.
static bool follow_task(hp_stack *into, uint64_t context) {
    enum { SMALLEST = 65536 };
    uint64_t readable_page = 0;
    uint32_t count = 0;
    while (context) {
        if (context % 8 || context < SMALLEST || context >> 47) return false;
        if (count == HP_STACK_FRAMES) {
            into->flags |= HP_STACK_CUT;
            break;
        }
        uint64_t page = (context + 8) / HP_PAGE_BYTES;
        if (page != readable_page) {
            if (!hp_is_readable(context) || (context / HP_PAGE_BYTES != page && !hp_is_readable(context + 8))) return false;
            readable_page = page;
        }
        uint64_t resumed = load(context + 8);
        if (!resumed || resumed >> 47) return false;
        into->callers[count++] = resumed;
        context = load(context);
    }
    into->caller_count = count;
    return count > 0;
}

// Where an async function keeps its context: below its saved frame pointer, or while it has no frame of its own still in the
// register.
static bool follow_task_of(hp_walk *walk, hp_rule rule) {
    uint64_t slot = walk->place.at.fp - 8;
    if (rule.kind == HP_RULE_FRAME && is_on_stack(walk, slot) && follow_task(walk->into, load_stack(walk, slot))) return true;
    return follow_task(walk->into, walk->place.at.context);
}

static hp_rule rule_of(const hp_walk *walk, uint64_t pc, bool is_interrupted) {
    uint64_t key = hp_rule_key(pc, is_interrupted);
    hp_rule rule = walk->is_copy ? hp_learn_rule(key) : hp_find_rule(key);
    return rule.kind == HP_RULE_NONE && !walk->has_rules ? hp_frame_pointer_rule : rule;
}

static void note_unknown(hp_walk *walk) {
    if (walk->has_guessed) return;
    walk->has_guessed = true;
    walk->unknown = walk->place;
    walk->unknown_index = walk->into->frame_count - 1;
}

// Goes to the caller. False: the stack is not as the rule says.
static bool step(hp_walk *walk, hp_rule rule, hp_registers *caller) {
    uint64_t base = rule.kind == HP_RULE_STACK ? walk->place.at.sp : walk->place.at.fp, cfa = base + rule.cfa * 8;
    // The caller's stack begins above this frame's; and where nothing was called yet, at it.
    if (base < walk->place.at.sp || cfa < walk->place.at.sp || cfa > walk->stack.end || cfa % 8) return false;
    *caller = walk->place.at;
    if (rule.return_address) {
        if (!is_on_stack(walk, cfa - rule.return_address * 8)) return false;
        caller->pc = load_stack(walk, cfa - rule.return_address * 8);
    }
    if (rule.frame_pointer) {
        if (!is_on_stack(walk, cfa - rule.frame_pointer * 8)) return false;
        caller->fp = load_stack(walk, cfa - rule.frame_pointer * 8);
    }
    if (rule.context) {
        if (!is_on_stack(walk, cfa - rule.context * 8)) return false;
        caller->context = load_stack(walk, cfa - rule.context * 8);
    }
    caller->sp = cfa;
    return caller->sp > walk->place.at.sp || caller->pc != walk->place.at.pc;
}

// The rules of most frames, whose addresses the frame pointers lead to: all on their way from memory at once.
static void expect_rules(hp_walk *walk) {
    enum { FRAMES = 32 };
    uint64_t fp = walk->place.at.fp;
    hp_expect_rule(hp_rule_key(walk->place.at.pc, walk->place.is_interrupted));
    for (int frame = 0; frame < FRAMES && is_on_stack(walk, fp) && is_on_stack(walk, fp + 8); frame++) {
        uint64_t next = load_stack(walk, fp);
        hp_expect_rule(hp_rule_key(load_stack(walk, fp + 8), false));
        if (next <= fp) break;
        fp = next;
    }
}

// Goes to what a signal interrupted, on another stack maybe (sigaltstack(2)). The handler returns to a ucontext_t on top of
// the stack.
static bool leave_signal(hp_walk *walk) {
    uint64_t saved = walk->place.at.sp;
    if (!is_on_stack(walk, saved) || !is_on_stack(walk, saved + offsetof(ucontext_t, uc_mcontext) + sizeof(mcontext_t) - 8))
        return false;
    hp_registers before = hp_registers_of((const ucontext_t *)(saved + walk->shift));
    bool is_same_stack = before.sp > saved && before.sp < walk->stack.end;
    if (!is_same_stack && (walk->is_copy || !hp_find_stack(walk->thread, before.sp, &walk->stack))) return false;
    walk->place = (hp_place_on_stack){before, true};
    return true;
}

// Walks on by frame pointers where there is no rule.
static hp_walk_end walk_on(hp_walk *walk) {
    hp_stack *into = walk->into;
    bool has_tried_task = into->flags & HP_STACK_PHYSICAL;
    expect_rules(walk);
    hp_rule rule = rule_of(walk, walk->place.at.pc, walk->place.is_interrupted);
    for (;;) {
        if (into->frame_count == HP_STACK_FRAMES) return HP_WALK_FULL;
        into->frames[into->frame_count++] = walk->place.at.pc;
        if (rule.kind == HP_RULE_END) return HP_WALK_ENDED;
        if (rule.kind == HP_RULE_NONE || rule.kind == HP_RULE_OPAQUE) note_unknown(walk);
        if (rule.kind == HP_RULE_OPAQUE) return HP_WALK_UNKNOWN;
        if (rule.kind == HP_RULE_NONE) rule = hp_frame_pointer_rule;
        if (rule.kind == HP_RULE_SIGNAL) {
            if (!leave_signal(walk)) return HP_WALK_LOST;
            rule = rule_of(walk, walk->place.at.pc, true);
            continue;
        }
        hp_registers caller;
        if (!step(walk, rule, &caller)) return walk->has_rules || walk->place.at.fp ? HP_WALK_LOST : HP_WALK_ENDED;
        if (!caller.pc) return HP_WALK_ENDED;
        hp_rule next = rule_of(walk, caller.pc, false);
        if (!has_tried_task && (rule.is_async || (next.is_runner && !rule.is_runner))) {
            has_tried_task = true;
            // In a copy the task's contexts are no longer what they were: from the next sample on the handler follows them.
            if (!walk->is_copy && follow_task_of(walk, rule)) return HP_WALK_TASK;
            into->flags |= HP_STACK_PHYSICAL;
        }
        walk->place = (hp_place_on_stack){caller, false};
        rule = next;
    }
}

hp_walk_end hp_walk_copy(const hp_stack_copy *copy, hp_stack *into) {
    hp_walk walk = {
        .stack = {copy->start, copy->start + copy->size, true}, .shift = (uint64_t)copy->bytes - copy->start, .is_copy = true,
        .place = {copy->registers, copy->is_interrupted}, .has_rules = true, .into = into,
    };
    return walk_on(&walk);
}

hp_walk_end hp_walk_stack(hp_walk *walk) {
    hp_walk_end end = walk_on(walk);
    return walk->has_guessed && end != HP_WALK_TASK ? HP_WALK_UNKNOWN : end;
}
