// libunwind, on the looking thread: it unwinds copies of stacks, and it is asked what it would do at a code address, which
// becomes the address's rule. It reads the copy and the unwind tables of loaded code, through the kernel, which says so
// where they are gone; no other memory of the process.
#define _GNU_SOURCE
#include "hp_unwind.h"
#include "libunwind_abi.h"
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static struct {
    unw_addr_space (*create_addr_space)(unw_accessors *, int byte_order);
    int (*init_remote)(unw_cursor *, unw_addr_space, void *context);
    int (*step)(unw_cursor *);
    int (*get_reg)(unw_cursor *, int number, uint64_t *value);
    int (*set_caching_policy)(unw_addr_space, int policy);
    void (*flush_cache)(unw_addr_space, uint64_t low, uint64_t high);
    int (*search_table)(unw_addr_space, uint64_t pc, unw_dyn_info *, unw_proc_info *, int needs_info, void *context);
} libunwind;

// One for copies, and one for questions: libunwind remembers what it found at an address, and asks then no more whether there
// are tables.
static unw_addr_space copies, questions;

// Pages of the unwind tables, by address. The tables of a module do not change; when modules do, all pages are forgotten.
enum { PAGE = HP_PAGE_BYTES, PAGES = 256 };
typedef struct {
    uint64_t address;
    bool is_there;
    uint8_t bytes[PAGE];
} page;
static page pages[PAGES];

bool hp_read_code(uint64_t address, void *value, size_t size) {
    uint8_t *to = value;
    while (size) {
        uint64_t start = address & ~(uint64_t)(PAGE - 1), offset = address - start;
        size_t part = size < PAGE - offset ? size : PAGE - offset;
        page *page = &pages[start / PAGE % PAGES];
        if (!page->is_there || page->address != start) {
            struct iovec here = {page->bytes, PAGE}, there = {(void *)start, PAGE};
            page->is_there = process_vm_readv(getpid(), &here, 1, &there, 1, 0) == PAGE;
            page->address = start;
            if (!page->is_there) return false;
        }
        memcpy(to, page->bytes + offset, part);
        to += part;
        address += part;
        size -= part;
    }
    return true;
}

// What libunwind is shown: a copied stack, or for a question registers and a stack that tell where each value came from.
typedef struct {
    const hp_stack_copy *copy; // null: a question
    uint64_t pc;
    bool has_tables;           // the pc has unwind information
} view;

// A question's stack lies nowhere; the word at an address in it is the address itself, marked. So the answer says where every
// register is taken from.
enum { SPACING = 1 << 28 };
static const uint64_t asked_stack = 0x200000000000, asked_mark = (uint64_t)0x5a51 << 48, low_bits = ((uint64_t)1 << 48) - 1;

static uint64_t asked_register(int number) { return asked_stack + (uint64_t)(number + 1) * SPACING; }

static int access_memory(unw_addr_space unused, uint64_t address, uint64_t *value, int writes, void *context) {
    (void)unused;
    const view *view = context;
    if (writes) return -UNW_EINVAL;
    const hp_stack_copy *copy = view->copy;
    if (copy) {
        uint64_t offset = address - copy->start;
        if (offset < copy->size) {
            if (copy->size - offset < sizeof *value) return -UNW_EINVAL;
            memcpy(value, copy->bytes + offset, sizeof *value);
            return 0;
        }
    } else if (address >= asked_stack && address < asked_register(UNW_REGISTERS)) {
        *value = address | asked_mark;
        return 0;
    }
    return hp_is_loaded(address) && hp_read_code(address, value, sizeof *value) ? 0 : -UNW_EINVAL;
}

static int access_register(unw_addr_space unused, int number, uint64_t *value, int writes, void *context) {
    (void)unused;
    const view *view = context;
    if (writes || number < 0 || number >= UNW_REGISTERS) return -UNW_EBADREG;
    if (number == UNW_RIP) {
        *value = view->pc;
    } else if (!view->copy) {
        *value = asked_register(number);
    } else {
        const hp_registers *known = &view->copy->registers;
        if (number == UNW_RSP) *value = known->sp;
        else if (number == UNW_RBP) *value = known->fp;
        else if (number == UNW_R14) *value = known->context;
        else return -UNW_EBADREG;
    }
    return 0;
}

static int access_float(unw_addr_space unused, int number, void *value, int writes, void *context) {
    (void)unused, (void)number, (void)value, (void)writes, (void)context;
    return -UNW_EBADREG;
}

// The head of .eh_frame_hdr (LSB, "Exception Frames"), with the encodings that linkers write.
bool hp_find_frame_table(const hp_module *module, uint64_t *table, uint64_t *count) {
    enum { RELATIVE_4_BYTES = 0x1b, RELATIVE_TO_HEADER_4_BYTES = 0x3b, UNSIGNED_4_BYTES = 0x03 };
    struct __attribute__((packed)) {
        uint8_t version, pointer_encoding, count_encoding, table_encoding;
        int32_t frames;
        uint32_t count;
    } head;
    if (module->frame_header_size < sizeof head || !hp_read_code(module->frame_header, &head, sizeof head)) return false;
    if (head.version != 1 || head.pointer_encoding != RELATIVE_4_BYTES || head.count_encoding != UNSIGNED_4_BYTES ||
        head.table_encoding != RELATIVE_TO_HEADER_4_BYTES || head.count > (module->frame_header_size - sizeof head) / 8)
        return false;
    *table = module->frame_header + sizeof head;
    *count = head.count;
    return true;
}

static int find_proc_info(unw_addr_space from, uint64_t pc, unw_proc_info *info, int needs_info, void *context) {
    view *view = context;
    const hp_module *module = hp_code_module(pc);
    uint64_t entries, count;
    if (!module || !hp_find_frame_table(module, &entries, &count)) return -UNW_ENOINFO;
    unw_dyn_info table = {
        .start = module->text_start, .end = module->text_end, .format = UNW_REMOTE_TABLE,
        .segment_base = module->frame_header, .table_words = count, .table = entries,
    };
    int status = libunwind.search_table(from, pc, &table, info, needs_info, context);
    if (status >= 0) view->has_tables = true;
    return status;
}

static void put_unwind_info(unw_addr_space unused, unw_proc_info *info, void *context) {
    (void)unused, (void)info, (void)context; // libunwind has made it, and frees it
}

static int no_dynamic_info(unw_addr_space unused, uint64_t *list, void *context) {
    (void)unused, (void)list, (void)context;
    return -UNW_ENOINFO;
}

static int cannot_resume(unw_addr_space unused, unw_cursor *cursor, void *context) {
    (void)unused, (void)cursor, (void)context;
    return -UNW_EINVAL;
}

static int no_name(unw_addr_space unused, uint64_t pc, char *name, size_t size, uint64_t *offset, void *context) {
    (void)unused, (void)pc, (void)name, (void)size, (void)offset, (void)context;
    return -UNW_ENOINFO;
}

// How far a value is above another one, in words. False: it is not, or too far for a rule.
static bool is_above(uint64_t value, uint64_t base, uint64_t most_words, uint64_t *words) {
    *words = (value - base) / 8;
    return value >= base && (value - base) % 8 == 0 && *words < most_words;
}

// Where below the caller's stack a register of the caller was saved; 0: it was not. False: elsewhere.
static bool is_saved_below(uint64_t value, uint64_t kept, uint64_t cfa, uint64_t most_words, uint64_t *words) {
    *words = 0;
    if (value == kept) return true;
    return (value & ~low_bits) == asked_mark && is_above(cfa, value & low_bits, most_words, words) && *words > 0;
}

// Code without unwind tables, as helpers that Swift's compiler makes: it keeps a frame pointer, which is set up by
// push %rbp; mov %rsp, %rbp and is gone before ret.
static hp_rule rule_by_code(uint64_t pc, bool is_interrupted) {
    if (!is_interrupted) return hp_frame_pointer_rule;
    static const uint8_t set_up[] = {0x55, 0x48, 0x89, 0xe5};
    enum { RETURN = 0xc3 };
    uint8_t code[1 + sizeof set_up];
    if (!hp_read_code(pc - 1, code, sizeof code)) return (hp_rule){.kind = HP_RULE_OPAQUE};
    bool is_at_start = !memcmp(code + 1, set_up, sizeof set_up), is_pushed = !memcmp(code, set_up, sizeof set_up);
    if (is_at_start || code[1] == RETURN) return (hp_rule){.kind = HP_RULE_STACK, .cfa = 1, .return_address = 1};
    if (is_pushed) return (hp_rule){.kind = HP_RULE_STACK, .cfa = 2, .return_address = 1, .frame_pointer = 2};
    return hp_frame_pointer_rule;
}

hp_rule hp_ask_libunwind(uint64_t pc, bool is_interrupted) {
    const hp_rule opaque = {.kind = HP_RULE_OPAQUE};
    if (!libunwind.step) return hp_frame_pointer_rule;
    view view = {.pc = pc};
    unw_cursor cursor;
    if (libunwind.init_remote(&cursor, questions, &view) < 0) return opaque;
    int status = libunwind.step(&cursor);
    if (!view.has_tables) return rule_by_code(pc, is_interrupted);
    if (status < 0) return opaque;
    if (status == 0) return (hp_rule){.kind = HP_RULE_END};
    uint64_t caller_pc, cfa, fp, context, words, return_address, frame_pointer, saved_context;
    if (libunwind.get_reg(&cursor, UNW_RIP, &caller_pc) < 0 || libunwind.get_reg(&cursor, UNW_RSP, &cfa) < 0 ||
        libunwind.get_reg(&cursor, UNW_RBP, &fp) < 0 || libunwind.get_reg(&cursor, UNW_R14, &context) < 0)
        return opaque;
    hp_rule rule = {.kind = HP_RULE_STACK};
    if (!is_above(cfa, asked_register(UNW_RSP), 1 << 20, &words)) {
        rule.kind = HP_RULE_FRAME;
        if (!is_above(cfa, asked_register(UNW_RBP), 1 << 20, &words)) return opaque;
    }
    if (!is_saved_below(caller_pc, 0, cfa, 1 << 9, &return_address) || !return_address ||
        !is_saved_below(fp, asked_register(UNW_RBP), cfa, 1 << 11, &frame_pointer) ||
        !is_saved_below(context, asked_register(UNW_R14), cfa, 1 << 11, &saved_context))
        return opaque;
    // Compilers leave it at that when a register has been restored before the last instruction: then it is saved below the
    // stack, and has its value again.
    bool is_at_end = rule.kind == HP_RULE_STACK;
    rule.cfa = words;
    rule.return_address = return_address;
    rule.frame_pointer = is_at_end && frame_pointer > words ? 0 : frame_pointer;
    rule.context = is_at_end && saved_context > words ? 0 : saved_context;
    return rule;
}

hp_walk_end hp_unwind_copy(const hp_stack_copy *copy, hp_stack *into) {
    if (!libunwind.step) return HP_WALK_LOST;
    bool is_interrupted = copy->is_interrupted;
    // libunwind takes the first address as one that was interrupted.
    view view = {.copy = copy, .pc = copy->registers.pc - !is_interrupted};
    unw_cursor cursor;
    if (libunwind.init_remote(&cursor, copies, &view) < 0) return HP_WALK_LOST;
    uint64_t pc = copy->registers.pc;
    bool has_met_task = into->flags & HP_STACK_PHYSICAL;
    hp_rule rule = hp_learn_rule(hp_rule_key(pc, is_interrupted));
    for (;;) {
        if (into->frame_count == HP_STACK_FRAMES) return HP_WALK_FULL;
        into->frames[into->frame_count++] = pc;
        int status = libunwind.step(&cursor);
        if (status == 0) return HP_WALK_ENDED;
        if (status < 0 || libunwind.get_reg(&cursor, UNW_RIP, &pc) < 0) return HP_WALK_LOST;
        if (!pc) return HP_WALK_ENDED;
        hp_rule next = hp_learn_rule(hp_rule_key(pc, false));
        // The task's contexts are no longer what they were: from the next sample on the handler follows them.
        if (!has_met_task && (rule.is_async || (next.is_runner && !rule.is_runner))) {
            has_met_task = true;
            into->flags |= HP_STACK_PHYSICAL;
        }
        rule = next;
    }
}

bool hp_is_signal_return(uint64_t pc) {
#if defined(__x86_64__)
    // mov $SYS_rt_sigreturn, %rax; syscall: as debuggers know it, the code stays as it is for them.
    static const uint8_t code[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};
    uint8_t found[sizeof code];
    return hp_read_code(pc, found, sizeof found) && !memcmp(found, code, sizeof code);
#else
    (void)pc;
    return false;
#endif
}

void hp_flush_libunwind(void) {
    for (int index = 0; index < PAGES; index++) pages[index].is_there = false;
    if (libunwind.step) libunwind.flush_cache(copies, 0, 0);
}

static bool find_functions(void *library) {
    struct {
        const char *name;
        void *function;
    } wanted[] = {
        {"_Ux86_64_create_addr_space", &libunwind.create_addr_space},
        {"_Ux86_64_init_remote", &libunwind.init_remote},
        {"_Ux86_64_get_reg", &libunwind.get_reg},
        {"_Ux86_64_set_caching_policy", &libunwind.set_caching_policy},
        {"_Ux86_64_flush_cache", &libunwind.flush_cache},
        {"_Ux86_64_dwarf_search_unwind_table", &libunwind.search_table},
        {"_Ux86_64_step", &libunwind.step},
    };
    for (size_t index = 0; index < sizeof wanted / sizeof *wanted; index++) {
        void *found = dlsym(library, wanted[index].name);
        if (!found) return false;
        memcpy(wanted[index].function, &found, sizeof found);
    }
    return true;
}

// Whether what libunwind answers is so, where it is known: who called this function.
static __attribute__((noinline)) bool agrees(void) {
#if defined(__x86_64__)
    enum { WINDOW = 1024 };
    static hp_stack_copy copy;
    static hp_stack found;
    hp_registers here;
    __asm__ volatile("leaq 0f(%%rip), %0\n0:\tmovq %%rsp, %1\n\tmovq %%rbp, %2\n\tmovq %%r14, %3"
                     : "=r"(here.pc), "=r"(here.sp), "=r"(here.fp), "=r"(here.context));
    copy.registers = here;
    copy.is_interrupted = true;
    copy.start = here.sp;
    copy.size = WINDOW;
    memcpy(copy.bytes, (const void *)here.sp, WINDOW);
    found.frame_count = 0;
    hp_unwind_copy(&copy, &found);
    hp_rule rule = hp_find_rule(hp_rule_key(here.pc, true));
    return found.frame_count > 1 && found.frames[1] == (uint64_t)__builtin_return_address(0) &&
           (rule.kind == HP_RULE_STACK || rule.kind == HP_RULE_FRAME);
#else
    return false;
#endif
}

const char *hp_open_libunwind(void) {
    static bool is_tried;
    if (is_tried) return libunwind.step ? NULL : "an earlier attempt failed";
    is_tried = true;
#if !defined(__x86_64__)
    return "libunwind is used on x86-64 only so far";
#endif
    // Opened for us alone: nothing of the program's is bound to it.
    void *library = dlopen("libunwind-x86_64.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!library) return "libunwind-x86_64.so.8 is not there (Debian, Ubuntu: libunwind8)";
    unw_accessors accessors = {
        .find_proc_info = find_proc_info, .put_unwind_info = put_unwind_info, .get_dyn_info_list_addr = no_dynamic_info,
        .access_mem = access_memory, .access_reg = access_register, .access_fpreg = access_float, .resume = cannot_resume,
        .get_proc_name = no_name,
    };
    if (find_functions(library) && (copies = libunwind.create_addr_space(&accessors, 0)) &&
        (questions = libunwind.create_addr_space(&accessors, 0))) {
        libunwind.set_caching_policy(copies, UNW_CACHE_GLOBAL);
        libunwind.set_caching_policy(questions, UNW_CACHE_NONE);
        if (agrees()) return NULL;
    }
    libunwind.step = NULL;
    return "libunwind-x86_64.so.8 is of a version that this build does not know";
}
