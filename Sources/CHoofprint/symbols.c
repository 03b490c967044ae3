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

// Finds .symtab, or .dynsym where that was stripped, and its string table.
static bool find_tables(symbol_file *elf) {
    Elf64_Ehdr head;
    if (read_at(elf->file, &head, sizeof head, 0) != sizeof head) return false;
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) || head.e_ident[EI_CLASS] != ELFCLASS64) return false;
    if (head.e_ident[EI_DATA] != ELFDATA2LSB || head.e_shentsize != sizeof(Elf64_Shdr)) return false;
    if (!head.e_shoff || head.e_shoff > elf->size) return false;
    uint64_t count = head.e_shnum;
    // More sections than 16 bits can say are counted in the first one's header.
    if (!count && read_section(elf, &head, 0, &elf->names)) count = elf->names.sh_size;
    if (count > HP_MAX_SECTIONS) return false;
    bool is_found = false;
    for (uint64_t first = 0; first < count && !(is_found && elf->symbols.sh_type == SHT_SYMTAB); first += HP_BATCH) {
        size_t wanted = count - first < HP_BATCH ? count - first : HP_BATCH;
        size_t bytes = read_at(elf->file, elf->sections, wanted * sizeof(Elf64_Shdr), head.e_shoff + first * sizeof(Elf64_Shdr));
        for (size_t at = 0; at < bytes / sizeof(Elf64_Shdr); at++) {
            const Elf64_Shdr *section = &elf->sections[at];
            bool is_better = section->sh_type == SHT_SYMTAB || (section->sh_type == SHT_DYNSYM && !is_found);
            if (!is_better || section->sh_entsize != sizeof(Elf64_Sym) || !is_within(elf, section)) continue;
            elf->symbols = *section;
            is_found = true;
            if (section->sh_type == SHT_SYMTAB) break;
        }
    }
    return is_found && elf->symbols.sh_link < count && read_section(elf, &head, elf->symbols.sh_link, &elf->names) &&
           elf->names.sh_type == SHT_STRTAB && is_within(elf, &elf->names);
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

static void visit_entries(symbol_file *elf, bool (*visit)(void *, const hp_symbol *), void *context) {
    uint64_t count = elf->symbols.sh_size / sizeof(Elf64_Sym);
    for (uint64_t first = 0; first < count; first += HP_BATCH) {
        size_t wanted = count - first < HP_BATCH ? count - first : HP_BATCH;
        uint64_t offset = elf->symbols.sh_offset + first * sizeof(Elf64_Sym);
        size_t bytes = read_at(elf->file, elf->entries, wanted * sizeof(Elf64_Sym), offset);
        for (size_t at = 0; at < bytes / sizeof(Elf64_Sym); at++) {
            const Elf64_Sym *entry = &elf->entries[at];
            if (!is_function(entry)) continue;
            hp_symbol symbol = {.address = entry->st_value, .size = entry->st_size};
            symbol.name = name_at(elf, entry->st_name, &symbol.name_length);
            if (symbol.name_length && !visit(context, &symbol)) return;
        }
        if (bytes < wanted * sizeof(Elf64_Sym)) return;
    }
}

// Null: it is no file with symbols that can be read, or there is no memory.
static symbol_file *open_symbols(const char *path) {
    // A pipe or a device in place of the file must not hold anybody up.
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) return NULL;
    struct stat about;
    symbol_file *elf = malloc(sizeof *elf);
    if (elf && !fstat(file, &about) && S_ISREG(about.st_mode)) {
        elf->file = file;
        elf->size = (uint64_t)about.st_size;
        elf->window_start = elf->window_length = 0;
        if (find_tables(elf)) return elf;
    }
    free(elf);
    close(file);
    return NULL;
}

static void close_symbols(symbol_file *elf) {
    close(elf->file);
    free(elf);
}

bool hp_visit_symbols(const char *path, bool (*visit)(void *context, const hp_symbol *symbol), void *context) {
    symbol_file *elf = open_symbols(path);
    if (!elf) return false;
    visit_entries(elf, visit, context);
    close_symbols(elf);
    return true;
}
