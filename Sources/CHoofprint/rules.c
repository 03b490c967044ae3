// The rules, in a table that the looking thread fills and signal handlers read.
//
// A key is an address, marked as interrupted or as returned to; or a line of code, 64 bytes, with the first and the last byte
// in it that a rule holds for. A function's rows are put in as lines at once, since a thread may be interrupted anywhere in it.
//
// Invariants
// - A slot's rule is written before its key; a rule carries a tag of its key, so that a handler that meets a slot while it is
//   filled anew takes no rule for another address.
// - Tables are never given back: a handler may still read one that is out of use.
// - A table is as small as will do, four times as large as the one before: a handler finds it out of the processor's cache.
#define _GNU_SOURCE
#include "hp_unwind.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_SLOTS = 4096, SIZES = 3, PROBES = 16 }; // up to 65,536 slots

typedef struct {
    uint64_t key, rule;
} slot;
typedef struct {
    uint64_t slot_count;
    slot slots[];
} table;

static table *tables[SIZES][2], *current; // two of each size, so that one can be emptied that is not in use
static int size_index;
static uint64_t rule_count;
static hp_modules *modules;
static const char swift_runner[] = "_ZN5swift34runJobInEstablishedExecutorContextEPNS_3JobE";

// Functions of one kind in a module.
typedef struct {
    uint64_t start, end; // addresses in the file
    bool is_runner;
} mark;
typedef struct {
    uint32_t module; // its id, 0: none
    mark *marks;
    size_t count, capacity;
} module_marks;
enum { MOST_MODULES = 1024 };
static module_marks marks_of[MOST_MODULES];

static uint64_t mixed(uint64_t key) { return key * 0x9E3779B97F4A7C15; }
static uint64_t tag_of(uint64_t hash) { return hash >> 16 & 0xff; }
static uint64_t first_slot(const table *in, uint64_t hash) { return (hash >> 40) & (in->slot_count - 1); }

// What a key is asked about: of a return address the call, which may be the last thing in a function.
static uint64_t code_of(uint64_t key) { return (key >> 1) - !(key & 1); }

enum { LINE_BITS = 6, LINE = 1 << LINE_BITS, RANGE_BITS = 2 * LINE_BITS };
static uint64_t line_key(uint64_t pc) { return (uint64_t)1 << 63 | pc >> LINE_BITS << RANGE_BITS; }

static bool is_in_range(uint64_t key, uint64_t pc) {
    uint64_t at = pc % LINE;
    return at >= (key >> LINE_BITS & (LINE - 1)) && at <= (key & (LINE - 1));
}

// `range`: what of a slot's key is not the key; `pc`: what has to be in it.
static hp_rule find(const table *in, uint64_t key, uint64_t range, uint64_t pc) {
    uint64_t hash = mixed(key), first = first_slot(in, hash);
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        const slot *slot = &in->slots[(first + probe) & (in->slot_count - 1)];
        uint64_t found = __atomic_load_n(&slot->key, __ATOMIC_ACQUIRE);
        if (!found) break;
        if ((found & ~range) != key || (range && !is_in_range(found, pc))) continue;
        hp_rule rule = {.word = __atomic_load_n(&slot->rule, __ATOMIC_RELAXED)};
        if (rule.tag == tag_of(hash)) return rule;
        break;
    }
    return (hp_rule){0};
}

hp_rule hp_find_rule(uint64_t key) {
    const table *in = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    if (!in) return (hp_rule){0};
    uint64_t pc = code_of(key);
    hp_rule rule = find(in, line_key(pc), ((uint64_t)1 << RANGE_BITS) - 1, pc);
    return rule.kind == HP_RULE_NONE ? find(in, key, 0, pc) : rule;
}

void hp_expect_rule(uint64_t key) {
    const table *in = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    if (in) __builtin_prefetch(&in->slots[first_slot(in, mixed(line_key(code_of(key))))]);
}

void *hp_present_memory(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

// An empty table of a size. Null: no memory.
static table *empty_table(int size) {
    table **place = &tables[size][tables[size][0] == current && current];
    uint64_t slot_count = (uint64_t)FIRST_SLOTS << 2 * size, bytes = sizeof(table) + slot_count * sizeof(slot);
    if (!*place) {
        *place = hp_present_memory(bytes);
        if (!*place) return NULL;
    }
    for (uint64_t index = 0; index < slot_count; index++) __atomic_store_n(&(*place)->slots[index].key, 0, __ATOMIC_RELAXED);
    (*place)->slot_count = slot_count;
    return *place;
}

bool hp_make_rules(void) {
    if (!modules && !(modules = hp_make_modules())) return false;
    if (!current) __atomic_store_n(&current, empty_table(0), __ATOMIC_RELEASE);
    return current != NULL;
}

static void start_over(void) {
    table *other = empty_table(size_index);
    if (!other) return;
    rule_count = 0;
    __atomic_store_n(&current, other, __ATOMIC_RELEASE);
}

// What of a slot's key it is found by.
static uint64_t sought(uint64_t key) { return key >> 63 ? key >> RANGE_BITS << RANGE_BITS : key; }

// False: the slots where it could be are taken.
static bool put(table *in, uint64_t key, uint64_t rule) {
    uint64_t first = first_slot(in, mixed(sought(key)));
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        slot *slot = &in->slots[(first + probe) & (in->slot_count - 1)];
        if (slot->key) continue;
        __atomic_store_n(&slot->rule, rule, __ATOMIC_RELAXED);
        __atomic_store_n(&slot->key, key, __ATOMIC_RELEASE);
        return true;
    }
    return false;
}

static void grow(void) {
    table *larger = size_index + 1 < SIZES ? empty_table(size_index + 1) : NULL;
    if (!larger) return start_over();
    size_index++;
    rule_count = 0;
    for (uint64_t index = 0; index < current->slot_count; index++) {
        const slot *slot = &current->slots[index];
        if (slot->key) rule_count += put(larger, slot->key, slot->rule);
    }
    __atomic_store_n(&current, larger, __ATOMIC_RELEASE);
}

static void insert(uint64_t key, hp_rule rule) {
    rule.tag = tag_of(mixed(sought(key)));
    if (rule_count * 2 >= current->slot_count || !put(current, key, rule.word)) {
        grow();
        if (!put(current, key, rule.word)) return;
    }
    rule_count++;
}

uint64_t hp_rule_count(void) { return __atomic_load_n(&rule_count, __ATOMIC_RELAXED); }

// What Swift's mangling calls an async function (docs/ABI/Mangling.rst): its parts after a suspension end with TY or TQ and a
// number; its first part is a function (F), static (Z) or a closure (fU), whose type has the mark Ya, Ya followed by K where
// it throws.
static bool ends_with_part_number(const char *name, size_t length) {
    size_t at = length;
    if (!at || name[--at] != '_') return false;
    while (at && name[at - 1] >= '0' && name[at - 1] <= '9') at--;
    return at >= 2 && (name[at - 1] == 'Y' || name[at - 1] == 'Q') && name[at - 2] == 'T';
}

static bool is_async_name(const char *name, size_t length) {
    if (length < 4 || name[0] != '$' || (name[1] != 's' && name[1] != 'S')) return false;
    if (ends_with_part_number(name, length)) return true;
    if (name[length - 1] == 'Z') length--;
    if (name[length - 1] == '_') {
        // A closure: fU_, fU0_.
        while (length && (name[length - 1] == '_' || (name[length - 1] >= '0' && name[length - 1] <= '9'))) length--;
        if (length < 3 || name[length - 1] != 'U' || name[length - 2] != 'f' || name[length - 3] != 'c') return false;
        length -= 3;
    } else if (name[length - 1] == 'F') {
        length--;
    } else {
        return false;
    }
    if (length && name[length - 1] == 'K') length--;
    return length >= 2 && name[length - 1] == 'a' && name[length - 2] == 'Y';
}

static bool note_symbol(void *context, const hp_symbol *symbol) {
    module_marks *marks = context;
    bool is_runner =
        symbol->name_length == sizeof swift_runner - 1 && !memcmp(symbol->name, swift_runner, symbol->name_length);
    if (!symbol->size || (!is_runner && !is_async_name(symbol->name, symbol->name_length))) return true;
    if (marks->count == marks->capacity) {
        size_t capacity = marks->capacity ? marks->capacity * 2 : 256;
        mark *grown = realloc(marks->marks, capacity * sizeof *grown);
        if (!grown) return false;
        marks->marks = grown;
        marks->capacity = capacity;
    }
    marks->marks[marks->count++] = (mark){symbol->address, symbol->address + symbol->size, is_runner};
    return true;
}

static int by_start(const void *left, const void *right) {
    uint64_t a = ((const mark *)left)->start, b = ((const mark *)right)->start;
    return a < b ? -1 : a > b;
}

static const module_marks *marks_in(const hp_module *module) {
    module_marks *marks = &marks_of[module->id % MOST_MODULES];
    if (marks->module == module->id) return marks;
    free(marks->marks);
    *marks = (module_marks){.module = module->id};
    if (module->path[0]) hp_visit_symbols(module->path, note_symbol, marks);
    bool has_runner = false;
    for (size_t index = 0; index < marks->count; index++) has_runner |= marks->marks[index].is_runner;
    // Without its local symbols: then all of the library counts as what runs tasks.
    if (!has_runner && strstr(module->path, "libswift_Concurrency.so")) {
        free(marks->marks);
        *marks = (module_marks){.module = module->id};
        const hp_symbol all = {module->text_start - module->bias, module->text_end - module->text_start, swift_runner,
                               sizeof swift_runner - 1};
        note_symbol(marks, &all);
    }
    if (marks->count) qsort(marks->marks, marks->count, sizeof *marks->marks, by_start);
    return marks;
}

static const mark *mark_at(const hp_module *module, uint64_t pc) {
    const module_marks *marks = marks_in(module);
    uint64_t address = pc - module->bias;
    size_t low = 0, high = marks->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (marks->marks[middle].start <= address) low = middle + 1;
        else high = middle;
    }
    return low && address < marks->marks[low - 1].end ? &marks->marks[low - 1] : NULL;
}

const hp_module *hp_code_module(uint64_t pc) {
    const hp_module *module = hp_module_of(modules, pc);
    bool is_code = module && module->is_loaded && pc >= module->text_start && pc < module->text_end;
    return is_code ? module : NULL;
}

bool hp_is_loaded(uint64_t address) {
    const hp_module *module = hp_module_of(modules, address);
    return module && module->is_loaded && address < module->end;
}

// What is known of an address: how to unwind, and whose code it is.
static hp_rule ask(const hp_module *module, uint64_t pc, bool is_interrupted) {
    hp_rule rule = hp_ask_libunwind(pc, is_interrupted);
    const mark *found = mark_at(module, pc);
    rule.is_async = found && !found->is_runner;
    rule.is_runner = found && found->is_runner;
    return rule;
}

static void insert_lines(uint64_t start, uint64_t end, hp_rule rule) {
    for (uint64_t at = start, next; at < end; at = next) {
        next = (at | (LINE - 1)) + 1;
        uint64_t last = (next < end ? next : end) - 1;
        insert(line_key(at) | at % LINE << LINE_BITS | last % LINE, rule);
    }
}

// Learns the rules of the function that an address is in. Answers that of the address; of the kind HP_RULE_NONE: not known.
static hp_rule learn_function(const hp_module *module, uint64_t pc) {
    // What is larger is learned in parts.
    enum { LARGEST = 32768, SMALL = 16 };
    uint64_t starts[HP_MOST_ROWS + 1];
    size_t rows = hp_find_rows(module, pc, starts);
    hp_rule found = {0};
    // The large ones first: they are looked for most, and the lines that a function shares with its prologue have several.
    for (size_t turn = 0; turn < 2 * rows; turn++) {
        size_t row = turn % rows;
        uint64_t start = starts[row], end = starts[row + 1];
        bool is_wanted = pc >= start && pc < end;
        if ((end - start < SMALL) != (turn >= rows)) continue;
        if (!is_wanted && hp_find_rule(hp_rule_key(start, true)).kind != HP_RULE_NONE) continue;
        hp_rule rule = ask(module, start, true);
        if (is_wanted) found = rule;
        if (rule.kind == HP_RULE_OPAQUE) continue;
        if (end - start > LARGEST) {
            if (!is_wanted) continue;
            start = pc - start > LARGEST / 2 ? pc - LARGEST / 2 : start;
            end = end - pc > LARGEST / 2 ? pc + LARGEST / 2 : end;
        }
        insert_lines(start, end, rule);
    }
    return found;
}

hp_rule hp_learn_rule(uint64_t key) {
    hp_rule rule = hp_find_rule(key);
    if (rule.kind != HP_RULE_NONE) return rule;
    uint64_t pc = code_of(key);
    const hp_module *module = hp_code_module(pc);
    // Code that is in no module may be so for a moment only.
    if (!module) return (hp_rule){.kind = HP_RULE_OPAQUE};
    // A handler's return address was never called from: it is the first instruction there.
    if (!(key & 1) && hp_is_signal_return(key >> 1)) {
        rule.kind = HP_RULE_SIGNAL;
    } else {
        rule = learn_function(module, pc);
        if (rule.kind != HP_RULE_NONE && rule.kind != HP_RULE_OPAQUE) return rule;
        if (rule.kind == HP_RULE_NONE) rule = ask(module, pc, key & 1);
    }
    insert(key, rule);
    return rule;
}

static size_t unloaded_count(void) {
    size_t count = 0;
    for (size_t index = 0; index < hp_module_count(modules); index++) count += !hp_module_at(modules, index)->is_loaded;
    return count;
}

void hp_refresh_rules(void) {
    size_t unloaded = unloaded_count();
    if (!hp_refresh_modules(modules)) return;
    hp_flush_libunwind();
    // Addresses of what is gone may soon be other code's; which rules are stale is not worth finding out.
    if (unloaded_count() != unloaded) start_over();
}
