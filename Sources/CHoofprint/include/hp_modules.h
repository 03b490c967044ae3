// The code that is loaded, and the names in it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// An ELF object that is or was loaded.
typedef struct {
    uint32_t id;                     // from 1, in the order seen; never another object's
    bool is_loaded;
    uint64_t bias;                   // address in memory less address in the file
    uint64_t start, end;             // addresses in memory, of all its segments
    uint64_t text_start, text_end;   // of its executable segments
    uint64_t frame_header;           // address in memory of .eh_frame_hdr; 0: none
    uint64_t frame_header_size;
    uint64_t layout;                 // see hp_file_layout
    bool is_program;                 // its file is /proc/self/exe, even where `path` names another by now
    char build_id[65];               // hexadecimal, cut; empty: none
    const char *path;                // absolute where the loader knows; empty: the kernel's vdso
} hp_module;

typedef struct hp_modules hp_modules;

/// An empty table. Null: no memory. One thread at a time may use it.
hp_modules *hp_make_modules(void);
void hp_free_modules(hp_modules *modules);

/// Brings the table up to date with the dynamic loader (dl_iterate_phdr(3)): objects that are gone stay in it as not loaded,
/// and keep their id where they come back to the same place. Of more than 4,096 the oldest that are gone are forgotten.
/// Pointers to modules hold until the next refresh. Cheap where nothing was loaded or unloaded since. Takes the loader's
/// lock, and allocates. True: something changed.
bool hp_refresh_modules(hp_modules *modules);

size_t hp_module_count(const hp_modules *modules);
const hp_module *hp_module_at(const hp_modules *modules, size_t index);

/// The loaded object at an address, or the one that was there last. Null: none.
const hp_module *hp_module_of(const hp_modules *modules, uint64_t address);

/// A function symbol of an ELF file: its address in the file.
typedef struct {
    uint64_t address, size; // size 0: not told
    const char *name;       // as the linker has it, mangled
    size_t name_length;
} hp_symbol;

/// The hash of a file's program headers that is its module's `layout`: the same for its stripped copies and its separate debug
/// information, and hardly ever for another build. 0: it is no such file. Safe on any file.
uint64_t hp_file_layout(const char *path);

/// Calls `visit` for each function symbol of an ELF file (.symtab, or .dynsym where that is stripped), in no order, until
/// it answers false. False: the file is none, or cannot be read. Safe on any file.
bool hp_visit_symbols(const char *path, bool (*visit)(void *context, const hp_symbol *symbol), void *context);

/// Calls `found` for each of `count` addresses in a file, sorted upwards, that a function symbol covers, in their order; a
/// symbol without a size reaches to the next one, and is given that size. `layout`: of the file that is meant, 0: any.
/// False: there is no such file, or no memory. One pass over the symbols, some 2 ms for 25,000. Safe on any file.
bool hp_find_functions(const char *path, uint64_t layout, const uint64_t *addresses, size_t count,
                       void (*found)(void *context, size_t index, const hp_symbol *symbol), void *context);
