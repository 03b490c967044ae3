// Walking stacks by rules that are worked out ahead; shared by rules.c, walk.c, unwind.c and stacks.c.
//
// What a debugger finds out anew for each frame from the unwind tables of the code is the same for every visit to one
// address: where the caller's stack begins, and where the return address and two registers were saved. The looking thread
// asks libunwind once per address and packs the answer in a word (rules.c); the signal handler walks by those words alone
// (walk.c). What has no rule yet is unwound from a copy by libunwind (unwind.c).
#pragma once
#include "hp_internal.h"
#include <ucontext.h>

enum { HP_COPY_BYTES = 16 * 1024, HP_PAGE_BYTES = 4096 };

/// The registers that a walk needs: `context` is the one in which Swift passes an async function its context (r14, x22).
typedef struct {
    uint64_t pc, sp, fp, context;
} hp_registers;

/// Where a stack is in memory.
typedef struct {
    uint64_t start, end;
    bool is_kept; // the thread's own: no other thread gives back what is between the stack pointer and its end
} hp_range;

typedef struct hp_stack_thread hp_stack_thread;

/// The stack of a thread that an address is on. False: it is not known yet, and will be at the next look. Safe in a signal
/// handler of that thread.
bool hp_find_stack(hp_stack_thread *thread, uint64_t address, hp_range *found);

typedef enum {
    HP_RULE_NONE,   // not worked out
    HP_RULE_STACK,  // the caller's stack begins above the stack pointer
    HP_RULE_FRAME,  // above the frame pointer
    HP_RULE_END,    // there is no caller
    HP_RULE_SIGNAL, // the code is where a signal's handler returns to: the registers before it are on the stack
    HP_RULE_OPAQUE, // only libunwind knows
} hp_rule_kind;

/// How to get from a frame to its caller. Distances are in words of 8 bytes; 0 words below: not saved, the register has it.
typedef union {
    uint64_t word;
    struct {
        uint64_t kind : 3;
        uint64_t is_async : 1;  // the code is an async function's
        uint64_t is_runner : 1; // the code is what runs tasks, in Swift's runtime
        uint64_t tag : 8;       // of the address, so that a rule and an address that do not belong together are told apart
        uint64_t cfa : 20;      // above the base: where the caller's stack begins
        uint64_t return_address : 9, frame_pointer : 11, context : 11; // below that
    };
} hp_rule;

/// The rule of code that keeps a frame pointer.
static const hp_rule hp_frame_pointer_rule = {.kind = HP_RULE_FRAME, .cfa = 2, .return_address = 1, .frame_pointer = 2};

/// Zeroed memory with all its pages there, so that no handler waits for one. Null: there is none.
void *hp_present_memory(size_t bytes);

/// The key of an address: an interrupted instruction and a return address may have different rules at one address.
HP_INLINE uint64_t hp_rule_key(uint64_t pc, bool is_interrupted) { return pc << 1 | is_interrupted; }

/// The rule of a key, with the kind HP_RULE_NONE where there is none. Safe in a signal handler.
hp_rule hp_find_rule(uint64_t key);

/// Says that the rule of a key will be looked for, so that it is in the processor's cache then.
void hp_expect_rule(uint64_t key);

// For the looking thread alone:

/// Makes the tables. False: no memory.
bool hp_make_rules(void);

/// Works out the rule of a key, if there is none. Takes some 5 to 20 microseconds.
hp_rule hp_learn_rule(uint64_t key);

/// Forgets what was unloaded. To be called now and then, between walks.
void hp_refresh_rules(void);

/// The loaded module whose code an address is in. Null: none.
const hp_module *hp_code_module(uint64_t pc);
/// Whether an address is in a loaded module.
bool hp_is_loaded(uint64_t address);

uint64_t hp_rule_count(void);

/// A part of a stack, and the registers at its beginning.
typedef struct {
    hp_registers registers;
    bool is_interrupted;   // the pc is where the thread was interrupted, not a return address
    uint64_t start, size; // from the red zone below the stack pointer on, where that can be read
    uint8_t bytes[HP_COPY_BYTES];
} hp_stack_copy;

typedef enum {
    HP_WALK_ENDED,   // at the thread's first function
    HP_WALK_TASK,    // at the task's first context
    HP_WALK_FULL,    // at HP_STACK_FRAMES
    HP_WALK_UNKNOWN, // it has come to code without a rule: `unknown` is there
    HP_WALK_LOST,    // the stack does not go on as the rules say
} hp_walk_end;

HP_INLINE hp_registers hp_registers_of(const ucontext_t *context) {
#if defined(__x86_64__)
    const greg_t *all = context->uc_mcontext.gregs;
    return (hp_registers){(uint64_t)all[REG_RIP], (uint64_t)all[REG_RSP], (uint64_t)all[REG_RBP], (uint64_t)all[REG_R14]};
#elif defined(__aarch64__)
    const mcontext_t *all = &context->uc_mcontext;
    return (hp_registers){all->pc, all->sp, all->regs[29], all->regs[22]};
#endif
}

/// Where a walk is: in a frame, and whether its pc is where the thread was interrupted.
typedef struct {
    hp_registers at;
    bool is_interrupted;
} hp_place_on_stack;

/// A walk of one stack. Where it comes to code without a rule it goes on by frame pointers, as most code has them; whether
/// that was right is found out from a copy that begins at the first such place.
typedef struct {
    hp_range stack;
    uint64_t shift;   // from an address on the stack to where it is read: 0, or that of a copy
    bool is_copy;     // on the looking thread, which learns the rules that are missing
    hp_place_on_stack place;
    bool has_rules;   // false: walk by frame pointers, and take that for right
    uint64_t readable_page; // of a stack that is not kept: the page that was found readable last
    bool has_guessed; // `unknown` and `unknown_index` are set
    hp_place_on_stack unknown;
    uint32_t unknown_index; // of the frame
    hp_stack_thread *thread;
    hp_stack *into;
} hp_walk;

/// Walks the stack of the thread that calls it, in a signal handler. A walk that has guessed ends at the task's first context,
/// or as unknown.
hp_walk_end hp_walk_stack(hp_walk *walk);

/// Appends the frames of a copy, the first of which is the copy's own pc. Learns the rules of all of them. `HP_WALK_UNKNOWN`:
/// it has come to code of which only libunwind knows how to go on.
hp_walk_end hp_walk_copy(const hp_stack_copy *copy, hp_stack *into);

/// Whether the bytes at an address can be read, asked of the kernel: some 150 ns. May set errno.
bool hp_is_readable(uint64_t address);

/// The path of the innermost async span of the task that runs on this thread; 0: none, or not known. Safe in a signal handler.
uint32_t hp_path_of_running_task(void);

/// The key of the task-local value that holds contexts. Null: `hp_find_contexts_by` has not been called, or failed.
const void *hp_context_key(void);

/// Opens the system's libunwind. NULL, or why it cannot be used.
const char *hp_open_libunwind(void);

/// The same as `hp_walk_copy`, without rules: libunwind goes from frame to frame.
hp_walk_end hp_unwind_copy(const hp_stack_copy *copy, hp_stack *into);

/// Asks libunwind for the rule of a code address of a module, or where it has no unwind tables its bytes. `HP_RULE_OPAQUE`:
/// there is none that fits.
hp_rule hp_ask_libunwind(uint64_t pc, bool is_interrupted);
void hp_flush_libunwind(void);

/// Whether the code at an address is what a signal's handler returns to.
bool hp_is_signal_return(uint64_t pc);

/// Reads of a loaded module. False: it is not there. What was read may be from before, if modules have changed since the last
/// `hp_flush_libunwind`.
bool hp_read_code(uint64_t address, void *value, size_t size);

/// The sorted table of a module's functions with unwind information: pairs of two signed words of 4 bytes, from the frame
/// header on. False: there is none.
bool hp_find_frame_table(const hp_module *module, uint64_t *table, uint64_t *count);

enum { HP_MOST_ROWS = 256 };

/// The rows of a function: its rule is one and the same from each start up to the next one; the last is the function's end.
/// Answers how many; 0: they are not known.
size_t hp_find_rows(const hp_module *module, uint64_t pc, uint64_t starts[HP_MOST_ROWS + 1]);
