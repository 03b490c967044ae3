// The table of loaded objects, kept in step with the dynamic loader.
#define _GNU_SOURCE
#include "hp_internal.h"
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HP_MAX_MODULES = 4096 };

struct hp_modules {
    hp_module *all; // in the order seen
    uint32_t *loaded; // indices in `all` of what is loaded, by address
    size_t count, loaded_count, capacity;
    uint64_t adds, subs; // the loader's counts of what it loaded and unloaded, as last seen
    uint32_t next_id;
    bool is_incomplete; // no memory, or no room, for an object
};

size_t hp_note_build_id(const void *notes, size_t size, char *digits, size_t capacity) {
    const char *note = notes;
    size_t left = size;
    while (left >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head;
        memcpy(&head, note, sizeof head);
        size_t name = ((size_t)head.n_namesz + 3) & ~(size_t)3, description = ((size_t)head.n_descsz + 3) & ~(size_t)3;
        note += sizeof head;
        left -= sizeof head;
        if (name > left || head.n_descsz > left - name) return 0;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && !memcmp(note, "GNU", 4)) {
            const unsigned char *bytes = (const unsigned char *)note + name;
            size_t length = 0;
            for (size_t at = 0; at < head.n_descsz && length + 2 <= capacity; at++) {
                digits[length++] = "0123456789abcdef"[bytes[at] >> 4];
                digits[length++] = "0123456789abcdef"[bytes[at] & 15];
            }
            return length;
        }
        if (description > left - name) return 0;
        note += name + description;
        left -= name + description;
    }
    return 0;
}

// A header may name memory that no segment holds.
static bool is_mapped(const struct dl_phdr_info *object, const ElfW(Phdr) *part) {
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        uint64_t offset = part->p_vaddr - segment->p_vaddr;
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_R && offset <= segment->p_memsz &&
            part->p_memsz <= segment->p_memsz - offset)
            return true;
    }
    return false;
}

size_t hp_object_build_id(const struct dl_phdr_info *object, char *digits, size_t capacity) {
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[index];
        if (part->p_type != PT_NOTE || !is_mapped(object, part)) continue;
        const void *notes = (const void *)(object->dlpi_addr + part->p_vaddr);
        size_t length = hp_note_build_id(notes, part->p_memsz, digits, capacity);
        if (length) return length;
    }
    return 0;
}

static uint64_t hashed(uint64_t hash, uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) hash = (hash ^ (number >> shift & 255)) * 0x100000001b3;
    return hash;
}

// FNV-1a (Fowler, Noll, Vo), of what neither strip(1) nor objcopy(1) changes.
uint64_t hp_layout(const void *headers, size_t count) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t index = 0; index < count; index++) {
        Elf64_Phdr part;
        memcpy(&part, (const char *)headers + index * sizeof part, sizeof part);
        if (part.p_type != PT_LOAD && part.p_type != PT_GNU_EH_FRAME) continue;
        hash = hashed(hashed(hashed(hashed(hash, part.p_type), part.p_flags), part.p_vaddr), part.p_memsz);
    }
    return hash;
}

hp_modules *hp_make_modules(void) {
    hp_modules *modules = calloc(1, sizeof(hp_modules));
    if (modules) modules->next_id = 1;
    return modules;
}

void hp_free_modules(hp_modules *modules) {
    if (!modules) return;
    for (size_t index = 0; index < modules->count; index++) free((char *)modules->all[index].path);
    free(modules->all);
    free(modules->loaded);
    free(modules);
}

static void widen(uint64_t *start, uint64_t *end, uint64_t from, uint64_t to) {
    if (*start == *end || from < *start) *start = from;
    if (to > *end) *end = to;
}

// What the program headers say of an object. False: it has no segments.
static bool measure(const struct dl_phdr_info *object, hp_module *module) {
    *module = (hp_module){.bias = object->dlpi_addr, .is_loaded = true};
    module->layout = hp_layout(object->dlpi_phdr, object->dlpi_phnum);
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[index];
        uint64_t start = object->dlpi_addr + part->p_vaddr, end = start + part->p_memsz;
        if (part->p_type == PT_LOAD && end > start) {
            widen(&module->start, &module->end, start, end);
            if (part->p_flags & PF_X) widen(&module->text_start, &module->text_end, start, end);
        } else if (part->p_type == PT_GNU_EH_FRAME && is_mapped(object, part)) {
            module->frame_header = start;
            module->frame_header_size = part->p_memsz;
        }
    }
    return module->end > module->start;
}

// The loader calls the program itself by an empty name, the kernel's vdso by one without a folder, and an object that was
// asked for by a relative path by that.
static char *path_of(const struct dl_phdr_info *object, bool is_first) {
    const char *name = object->dlpi_name ? object->dlpi_name : "";
    char path[PATH_MAX];
    if (is_first && !*name) {
        ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
        path[length > 0 ? length : 0] = 0;
        name = path;
    } else if (!strchr(name, '/')) {
        name = "";
    } else if (*name != '/' && realpath(name, path)) {
        name = path;
    }
    return strdup(name);
}

// Forgets the oldest object that is not loaded. False: all are.
static bool forget_oldest(hp_modules *modules) {
    for (size_t index = 0; index < modules->count; index++) {
        hp_module *module = &modules->all[index];
        if (module->is_loaded) continue;
        free((char *)module->path);
        memmove(module, module + 1, (modules->count - index - 1) * sizeof *module);
        modules->count--;
        return true;
    }
    return false;
}

static hp_module *add_place(hp_modules *modules) {
    if (modules->count == HP_MAX_MODULES && !forget_oldest(modules)) return NULL;
    if (modules->count == modules->capacity) {
        size_t capacity = modules->capacity ? modules->capacity * 2 : 64;
        hp_module *all = realloc(modules->all, capacity * sizeof *all);
        if (!all) return NULL;
        modules->all = all;
        uint32_t *loaded = realloc(modules->loaded, capacity * sizeof *loaded);
        if (!loaded) return NULL;
        modules->loaded = loaded;
        modules->capacity = capacity;
    }
    return &modules->all[modules->count++];
}

// The same file at the same place, perhaps loaded anew.
static bool is_same(const hp_module *one, const hp_module *other) {
    return one->bias == other->bias && one->start == other->start && one->end == other->end &&
           one->layout == other->layout && !strcmp(one->build_id, other->build_id) &&
           !strcmp(one->path, other->path);
}

typedef struct {
    hp_modules *modules;
    bool has_looked, has_changed;
} refresh;

// Whether the loader has done nothing since the last refresh. A loader that keeps no counts gives a smaller structure
// (dl_iterate_phdr(3)).
static bool is_unchanged(const hp_modules *modules, const struct dl_phdr_info *object, size_t size) {
    bool has_counts = size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof object->dlpi_subs;
    return has_counts && modules->count && !modules->is_incomplete && modules->adds == object->dlpi_adds &&
           modules->subs == object->dlpi_subs;
}

static void begin_refresh(hp_modules *modules, const struct dl_phdr_info *object, size_t size) {
    if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof object->dlpi_subs) {
        modules->adds = object->dlpi_adds;
        modules->subs = object->dlpi_subs;
    }
    modules->is_incomplete = false;
    for (size_t index = 0; index < modules->count; index++) modules->all[index].is_loaded = false;
}

// Whether an object was loaded at the last refresh; asked before anything was added.
static bool was_loaded(const hp_modules *modules, size_t index) {
    for (size_t at = 0; at < modules->loaded_count; at++)
        if (modules->loaded[at] == index) return true;
    return false;
}

static int look_at_object(struct dl_phdr_info *object, size_t size, void *context) {
    refresh *run = context;
    hp_modules *modules = run->modules;
    bool is_first = !run->has_looked;
    if (is_first) {
        if (is_unchanged(modules, object, size)) return 1;
        begin_refresh(modules, object, size);
        run->has_looked = true;
    }
    hp_module module;
    if (!measure(object, &module)) return 0;
    module.build_id[hp_object_build_id(object, module.build_id, sizeof module.build_id - 1)] = 0;
    module.path = path_of(object, is_first);
    module.is_program = is_first;
    if (!module.path) {
        modules->is_incomplete = true;
        return 0;
    }
    for (size_t index = modules->count; index-- > 0;) {
        if (!is_same(&modules->all[index], &module)) continue;
        modules->all[index].is_loaded = true;
        if (!run->has_changed) run->has_changed = !was_loaded(modules, index);
        free((char *)module.path);
        return 0;
    }
    hp_module *place = add_place(modules);
    if (!place) {
        modules->is_incomplete = true;
        free((char *)module.path);
        return 0;
    }
    module.id = modules->next_id++;
    *place = module;
    run->has_changed = true;
    return 0;
}

static int by_start(const void *one, const void *other, void *context) {
    const hp_module *all = context;
    uint64_t first = all[*(const uint32_t *)one].start, second = all[*(const uint32_t *)other].start;
    return first < second ? -1 : first > second;
}

// Lists what is loaded by address. True: it is not so much as before.
static bool list_loaded(hp_modules *modules) {
    size_t before = modules->loaded_count;
    modules->loaded_count = 0;
    for (size_t index = 0; index < modules->count; index++)
        if (modules->all[index].is_loaded) modules->loaded[modules->loaded_count++] = (uint32_t)index;
    qsort_r(modules->loaded, modules->loaded_count, sizeof *modules->loaded, by_start, modules->all);
    return modules->loaded_count != before;
}

bool hp_refresh_modules(hp_modules *modules) {
    refresh run = {.modules = modules};
    dl_iterate_phdr(look_at_object, &run);
    if (!run.has_looked || !modules->loaded) return false;
    return list_loaded(modules) || run.has_changed;
}

size_t hp_module_count(const hp_modules *modules) { return modules->count; }

const hp_module *hp_module_at(const hp_modules *modules, size_t index) {
    return index < modules->count ? &modules->all[index] : NULL;
}

static bool holds(const hp_module *module, uint64_t address) { return address >= module->start && address < module->end; }

const hp_module *hp_module_of(const hp_modules *modules, uint64_t address) {
    size_t low = 0, high = modules->loaded_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (modules->all[modules->loaded[middle]].start <= address) low = middle + 1;
        else high = middle;
    }
    if (low && holds(&modules->all[modules->loaded[low - 1]], address)) return &modules->all[modules->loaded[low - 1]];
    for (size_t index = modules->count; index-- > 0;)
        if (!modules->all[index].is_loaded && holds(&modules->all[index], address)) return &modules->all[index];
    return NULL;
}
