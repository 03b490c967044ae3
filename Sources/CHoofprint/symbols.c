// Function symbols of ELF files (System V ABI, chapters 4 and 5). Read, not mapped: a file that is cut short while it is
// mapped raises SIGBUS in who reads it.
#define _GNU_SOURCE
#include "hp_internal.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HP_BATCH = 1024,          // symbols or section headers read at once
    HP_NAME_WINDOW = 16384,   // bytes of the string table read at once
    HP_LONGEST_NAME = 4096,   // longer names are cut
    HP_MAX_SECTIONS = 262144, // more than any linker makes
};

typedef struct {
    int file;
    uint64_t size;
    Elf64_Shdr symbols, names;
    uint64_t window_start, window_length;
    char window[HP_NAME_WINDOW];
    union {
        Elf64_Shdr sections[HP_BATCH];
        Elf64_Sym entries[HP_BATCH];
        Elf64_Phdr parts[HP_BATCH];
    };
} symbol_file;

// Reads what is there of `bytes` bytes. Answers how many.
static size_t read_at(int file, void *into, size_t bytes, uint64_t offset) {
    size_t done = 0;
    while (done < bytes && offset + done <= INT64_MAX) {
        ssize_t count = pread(file, (char *)into + done, bytes - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += (size_t)count;
    }
    return done;
}

static bool is_within(const symbol_file *elf, const Elf64_Shdr *section) {
    return section->sh_offset <= elf->size && section->sh_size <= elf->size - section->sh_offset;
}

static bool read_section(const symbol_file *elf, const Elf64_Ehdr *head, uint64_t index, Elf64_Shdr *section) {
    return read_at(elf->file, section, sizeof *section, head->e_shoff + index * sizeof *section) == sizeof *section;
}

static bool read_head(const symbol_file *elf, Elf64_Ehdr *head) {
    return read_at(elf->file, head, sizeof *head, 0) == sizeof *head && !memcmp(head->e_ident, ELFMAG, SELFMAG) &&
           head->e_ident[EI_CLASS] == ELFCLASS64 && head->e_ident[EI_DATA] == ELFDATA2LSB;
}

// Finds .symtab, or .dynsym where that was stripped. What has no content here stands in another file.
static bool find_symbols(symbol_file *elf, const Elf64_Ehdr *head, uint64_t count) {
    bool is_found = false;
    for (uint64_t first = 0; first < count; first += HP_BATCH) {
        size_t wanted = count - first < HP_BATCH ? count - first : HP_BATCH;
        uint64_t offset = head->e_shoff + first * sizeof(Elf64_Shdr);
        size_t bytes = read_at(elf->file, elf->sections, wanted * sizeof(Elf64_Shdr), offset);
        for (size_t at = 0; at < bytes / sizeof(Elf64_Shdr); at++) {
            const Elf64_Shdr *section = &elf->sections[at];
            bool is_best = section->sh_type == SHT_SYMTAB;
            if (!is_best && (section->sh_type != SHT_DYNSYM || is_found)) continue;
            if (section->sh_entsize != sizeof(Elf64_Sym) || !is_within(elf, section)) continue;
            elf->symbols = *section;
            is_found = true;
            if (is_best) return true;
        }
    }
    return is_found;
}

static bool find_tables(symbol_file *elf) {
    Elf64_Ehdr head;
    if (!read_head(elf, &head) || head.e_shentsize != sizeof(Elf64_Shdr)) return false;
    if (!head.e_shoff || head.e_shoff > elf->size) return false;
    uint64_t count = head.e_shnum;
    // More sections than 16 bits can say are counted in the first one's header.
    if (!count && read_section(elf, &head, 0, &elf->names)) count = elf->names.sh_size;
    if (count > HP_MAX_SECTIONS || !find_symbols(elf, &head, count)) return false;
    return elf->symbols.sh_link < count && read_section(elf, &head, elf->symbols.sh_link, &elf->names) &&
           elf->names.sh_type == SHT_STRTAB && is_within(elf, &elf->names);
}

static uint64_t file_layout(symbol_file *elf) {
    Elf64_Ehdr head;
    if (!read_head(elf, &head) || head.e_phentsize != sizeof(Elf64_Phdr) || head.e_phnum > HP_BATCH) return 0;
    size_t bytes = head.e_phnum * sizeof(Elf64_Phdr);
    if (!bytes || read_at(elf->file, elf->parts, bytes, head.e_phoff) != bytes) return 0;
    return hp_layout(elf->parts, head.e_phnum);
}

// The name at an offset of the string table, read in windows: names stand mostly in their symbols' order.
static const char *name_at(symbol_file *elf, uint64_t offset, size_t *length) {
    uint64_t left = elf->names.sh_size > offset ? elf->names.sh_size - offset : 0;
    for (int attempt = 0; attempt < 2 && left; attempt++) {
        bool is_in = offset >= elf->window_start && offset - elf->window_start < elf->window_length;
        if (is_in) {
            const char *name = elf->window + (offset - elf->window_start);
            size_t there = elf->window_length - (offset - elf->window_start);
            size_t most = there < HP_LONGEST_NAME ? there : HP_LONGEST_NAME;
            *length = strnlen(name, most);
            if (*length < there || *length == HP_LONGEST_NAME || attempt) return name;
        }
        uint64_t wanted = left < HP_NAME_WINDOW ? left : HP_NAME_WINDOW;
        elf->window_start = offset;
        elf->window_length = read_at(elf->file, elf->window, wanted, elf->names.sh_offset + offset);
    }
    *length = 0;
    return "";
}

static bool is_function(const Elf64_Sym *entry) {
    int type = ELF64_ST_TYPE(entry->st_info);
    return (type == STT_FUNC || type == STT_GNU_IFUNC) && entry->st_shndx != SHN_UNDEF;
}

// Reads the symbols in batches, and calls `visit` for functions.
static void visit_entries(symbol_file *elf, bool (*visit)(void *, const Elf64_Sym *), void *context) {
    uint64_t count = elf->symbols.sh_size / sizeof(Elf64_Sym);
    for (uint64_t first = 0; first < count; first += HP_BATCH) {
        size_t wanted = count - first < HP_BATCH ? count - first : HP_BATCH;
        uint64_t offset = elf->symbols.sh_offset + first * sizeof(Elf64_Sym);
        size_t bytes = read_at(elf->file, elf->entries, wanted * sizeof(Elf64_Sym), offset);
        for (size_t at = 0; at < bytes / sizeof(Elf64_Sym); at++)
            if (is_function(&elf->entries[at]) && !visit(context, &elf->entries[at])) return;
        if (bytes < wanted * sizeof(Elf64_Sym)) return;
    }
}

// Null: it is no regular file that can be read, or there is no memory.
static symbol_file *open_file(const char *path) {
    // A pipe or a device in place of the file must not hold anybody up.
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) return NULL;
    struct stat about;
    symbol_file *elf = malloc(sizeof *elf);
    if (elf && !fstat(file, &about) && S_ISREG(about.st_mode)) {
        elf->file = file;
        elf->size = (uint64_t)about.st_size;
        elf->window_start = elf->window_length = 0;
        return elf;
    }
    free(elf);
    close(file);
    return NULL;
}

static void close_file(symbol_file *elf) {
    close(elf->file);
    free(elf);
}

uint64_t hp_file_layout(const char *path) {
    symbol_file *elf = open_file(path);
    if (!elf) return 0;
    uint64_t layout = file_layout(elf);
    close_file(elf);
    return layout;
}

typedef struct {
    symbol_file *elf;
    bool (*visit)(void *context, const hp_symbol *symbol);
    void *context;
} named_visit;

static bool visit_named(void *context, const Elf64_Sym *entry) {
    named_visit *to = context;
    hp_symbol symbol = {.address = entry->st_value, .size = entry->st_size};
    symbol.name = name_at(to->elf, entry->st_name, &symbol.name_length);
    return !symbol.name_length || to->visit(to->context, &symbol);
}

bool hp_visit_symbols(const char *path, bool (*visit)(void *context, const hp_symbol *symbol), void *context) {
    symbol_file *elf = open_file(path);
    if (!elf) return false;
    bool has_symbols = find_tables(elf);
    named_visit to = {elf, visit, context};
    if (has_symbols) visit_entries(elf, visit_named, &to);
    close_file(elf);
    return has_symbols;
}

// What is known of one address that is asked for.
typedef struct {
    uint64_t start, size; // of the symbol that covers it and begins last; size 0: none
    uint32_t name;
    int rank;
    uint64_t open_start; // of the symbol without a size that begins last at or before it
    uint32_t open_name;
    bool has_open;
    uint64_t reach; // where symbols that begin at or before it end, if before it
    uint64_t next;  // where the first symbol after it begins
} candidate;

typedef struct {
    const uint64_t *addresses;
    candidate *candidates;
    size_t count;
} search;

// The first address at or after one.
static size_t first_from(const search *run, uint64_t address) {
    size_t low = 0, high = run->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run->addresses[middle] < address) low = middle + 1;
        else high = middle;
    }
    return low;
}

// Of several names of a function the one that is exported.
static int rank_of(const Elf64_Sym *entry) {
    int binding = ELF64_ST_BIND(entry->st_info);
    return binding == STB_GLOBAL ? 3 : binding == STB_WEAK ? 2 : 1;
}

static void offer(candidate *to, const Elf64_Sym *entry) {
    int rank = rank_of(entry);
    if (to->size && (to->start > entry->st_value || (to->start == entry->st_value && to->rank >= rank))) return;
    to->start = entry->st_value;
    to->size = entry->st_size;
    to->name = entry->st_name;
    to->rank = rank;
}

// What holds for all addresses from one on is noted at the first, and carried on at the end.
static bool consider(void *context, const Elf64_Sym *entry) {
    search *run = context;
    uint64_t start = entry->st_value, end = start + entry->st_size;
    if (end < start) return true;
    size_t first = first_from(run, start);
    if (first > 0 && start < run->candidates[first - 1].next) run->candidates[first - 1].next = start;
    if (first == run->count) return true;
    if (entry->st_size == 0) {
        candidate *to = &run->candidates[first];
        if (to->has_open && to->open_start >= start) return true;
        to->has_open = true;
        to->open_start = start;
        to->open_name = entry->st_name;
        return true;
    }
    size_t at = first;
    for (; at < run->count && run->addresses[at] < end; at++) offer(&run->candidates[at], entry);
    if (at < run->count && end > run->candidates[at].reach) run->candidates[at].reach = end;
    return true;
}

static void carry_on(search *run) {
    for (size_t at = 1; at < run->count; at++) {
        candidate *to = &run->candidates[at], *from = to - 1;
        if (from->reach > to->reach) to->reach = from->reach;
        if (from->has_open && (!to->has_open || from->open_start > to->open_start)) {
            to->has_open = true;
            to->open_start = from->open_start;
            to->open_name = from->open_name;
        }
    }
    for (size_t at = run->count; at-- > 1;)
        if (run->candidates[at].next < run->candidates[at - 1].next) run->candidates[at - 1].next = run->candidates[at].next;
}

// The function at an address. False: none is known.
static bool settle(const candidate *from, uint64_t address, Elf64_Sym *entry) {
    if (from->size) {
        *entry = (Elf64_Sym){.st_value = from->start, .st_size = from->size, .st_name = from->name};
        return true;
    }
    // Behind the last symbol nobody knows where it ends.
    if (!from->has_open || from->open_start < from->reach || from->next == UINT64_MAX) return false;
    *entry = (Elf64_Sym){.st_value = from->open_start, .st_size = from->next - from->open_start, .st_name = from->open_name};
    return address < from->next;
}

static bool find_functions(symbol_file *elf, search *run, void (*found)(void *, size_t, const hp_symbol *), void *context) {
    run->candidates = calloc(run->count, sizeof *run->candidates);
    if (!run->candidates) return false;
    for (size_t at = 0; at < run->count; at++) run->candidates[at].next = UINT64_MAX;
    visit_entries(elf, consider, run);
    carry_on(run);
    for (size_t at = 0; at < run->count; at++) {
        Elf64_Sym entry;
        if (!settle(&run->candidates[at], run->addresses[at], &entry)) continue;
        hp_symbol symbol = {.address = entry.st_value, .size = entry.st_size};
        symbol.name = name_at(elf, entry.st_name, &symbol.name_length);
        if (symbol.name_length) found(context, at, &symbol);
    }
    free(run->candidates);
    return true;
}

bool hp_find_functions(const char *path, uint64_t layout, const uint64_t *addresses, size_t count,
                       void (*found)(void *context, size_t index, const hp_symbol *symbol), void *context) {
    symbol_file *elf = open_file(path);
    if (!elf) return false;
    search run = {.addresses = addresses, .count = count};
    bool is_done = (!layout || file_layout(elf) == layout) && find_tables(elf) &&
                   (!count || find_functions(elf, &run, found, context));
    close_file(elf);
    return is_done;
}
