// The process's callsites and paths: interned once each, under a lock that only first calls on a path take.
#include "hp_internal.h"
#include <string.h>

enum { CALLSITE_SLOTS = 4096, CALLSITES = 16384, BLOCK = 64 };

static hp_lock table_lock;
static hp_callsite *callsite_table[CALLSITE_SLOTS];
static hp_callsite *callsites[CALLSITES];
static hp_path *paths[HP_MAX_PATHS];
static uint32_t callsite_count, path_count;
static hp_path *first_root;

// Room for a callsite or a path, from blocks of their own. Under the lock.
static void *table_allocate(size_t size, char **block, size_t *left) {
    if (*left < size) {
        *block = hp_map(size * BLOCK);
        if (!*block) return NULL;
        *left = size * BLOCK;
    }
    void *memory = *block;
    *block += size;
    *left -= size;
    return memory;
}

// Where spans count whose path is one too many.
static const hp_place_text other_place = {.name = "(other)", .file = "", .function = "", .name_length = 7};

static hp_callsite *callsite_of(const hp_place_text *place) {
    static char *block;
    static size_t left;
    uintptr_t key = (uintptr_t)place->name * 31 + hp_place(place->file, place->line);
    hp_callsite **slot = &callsite_table[(key ^ key >> 15 ^ key >> 40) % CALLSITE_SLOTS];
    for (hp_callsite *site = *slot; site; site = site->next)
        if (site->name == place->name && site->file == place->file && site->line == place->line) return site;
    // The last number is that of `(other)`.
    if (callsite_count + 2 >= CALLSITES && place != &other_place) return NULL;
    hp_callsite *site = table_allocate(sizeof *site, &block, &left);
    if (!site) return NULL;
    *site = (hp_callsite){
        .id = callsite_count + 1, .line = place->line, .name = place->name, .file = place->file,
        .function = place->function, .name_length = place->name_length, .file_length = place->file_length,
        .function_length = place->function_length, .next = *slot,
    };
    *slot = site;
    callsites[site->id] = site;
    __atomic_store_n(&callsite_count, site->id, __ATOMIC_RELEASE);
    return site;
}

static hp_path *path_of(hp_path *parent, const hp_callsite *site, bool is_async) {
    static char *block;
    static size_t left;
    hp_path **first = parent ? &parent->first_child : &first_root;
    for (hp_path *path = *first; path; path = path->sibling)
        if (path->callsite == site && path->is_async == is_async) return path;
    uint32_t depth = parent ? parent->depth + 1 : 1;
    uint32_t kept = site->name == other_place.name ? 0 : 1;
    if (depth > HP_MAX_DEPTH || path_count + 1 + kept >= HP_MAX_PATHS) return NULL;
    hp_path *path = table_allocate(sizeof *path, &block, &left);
    if (!path) return NULL;
    *path = (hp_path){
        .id = path_count + 1, .depth = depth, .is_async = is_async, .callsite = site, .parent = parent,
        .sibling = *first,
    };
    if (!parent) hp_make_root(path);
    *first = path;
    paths[path->id] = path;
    __atomic_store_n(&path_count, path->id, __ATOMIC_RELEASE);
    return path;
}

hp_path *hp_path_under(hp_path *parent, const hp_place_text *place, bool is_async) {
    hp_lock_take(&table_lock);
    hp_callsite *site = callsite_of(place);
    hp_path *path = site ? path_of(parent, site, is_async) : NULL;
    if (!path && (path_count + 2 >= HP_MAX_PATHS || callsite_count + 2 >= CALLSITES)) {
        site = callsite_of(&other_place);
        path = site ? path_of(NULL, site, false) : NULL;
    }
    hp_lock_release(&table_lock);
    return path;
}

uint32_t hp_callsite_count(void) { return __atomic_load_n(&callsite_count, __ATOMIC_ACQUIRE); }
uint32_t hp_path_count(void) { return __atomic_load_n(&path_count, __ATOMIC_ACQUIRE); }
const hp_callsite *hp_callsite_at(uint32_t id) { return id && id <= hp_callsite_count() ? callsites[id] : NULL; }
hp_path *hp_path_at(uint32_t id) { return id && id <= hp_path_count() ? paths[id] : NULL; }
