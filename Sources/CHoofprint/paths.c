// The process's callsites and paths: interned once each, under a lock that only first calls on a path take.
#include "hp_internal.h"
#include <string.h>

enum { BLOCK = 16 * 1024 };

// Room for a callsite, its texts or a path. Under the lock.
static void *table_allocate(hp_store *store, size_t size) {
    size = (size + 7) & ~(size_t)7;
    if (store->table_left < size) {
        char *block = hp_map(size > BLOCK ? size : BLOCK);
        if (!block) return NULL;
        store->table_block = block;
        store->table_left = size > BLOCK ? size : BLOCK;
    }
    void *memory = store->table_block;
    store->table_block += size;
    store->table_left -= size;
    return memory;
}

// The static texts, copied: who reads the store of a killed process has not its program.
static const char *copied_texts(hp_store *store, const hp_place_text *place) {
    char *copy = table_allocate(store, (size_t)place->name_length + place->file_length + place->function_length);
    if (!copy) return NULL;
    memcpy(copy, place->name, place->name_length);
    memcpy(copy + place->name_length, place->file, place->file_length);
    memcpy(copy + place->name_length + place->file_length, place->function, place->function_length);
    return copy;
}

// Where spans count whose path is one too many.
static const hp_place_text other_place = {.name = "(other)", .file = "", .function = "", .name_length = 7};

static hp_callsite *callsite_of(hp_store *store, const hp_place_text *place) {
    uintptr_t key = (uintptr_t)place->name * 31 + hp_place(place->file, place->line);
    hp_callsite **slot = &store->callsite_table[(key ^ key >> 15 ^ key >> 40) % HP_CALLSITE_SLOTS];
    for (hp_callsite *site = *slot; site; site = site->next)
        if (site->name == place->name && site->file == place->file && site->line == place->line) return site;
    // The last number is that of `(other)`.
    if (store->callsite_count + 2 >= HP_MAX_CALLSITES && place != &other_place) return NULL;
    const char *texts = copied_texts(store, place);
    hp_callsite *site = texts ? table_allocate(store, sizeof *site) : NULL;
    if (!site) return NULL;
    *site = (hp_callsite){
        .id = store->callsite_count + 1, .line = place->line, .name = place->name, .file = place->file,
        .function = place->function, .name_length = place->name_length, .file_length = place->file_length,
        .function_length = place->function_length, .texts = texts, .next = *slot,
    };
    *slot = site;
    store->callsites[site->id] = site;
    __atomic_store_n(&store->callsite_count, site->id, __ATOMIC_RELEASE);
    return site;
}

static hp_path *path_of(hp_store *store, hp_path *parent, const hp_callsite *site, bool is_async) {
    hp_path **first = parent ? &parent->first_child : &store->first_root;
    for (hp_path *path = *first; path; path = path->sibling)
        if (path->callsite == site && path->is_async == is_async) return path;
    uint32_t depth = parent ? parent->depth + 1 : 1;
    uint32_t kept = site->name == other_place.name ? 0 : 1;
    if (depth > HP_MAX_DEPTH || store->path_count + 1 + kept >= HP_MAX_PATHS) return NULL;
    hp_usage *usage = parent ? NULL : table_allocate(store, sizeof *usage);
    hp_path *path = usage || parent ? table_allocate(store, sizeof *path) : NULL;
    if (!path) return NULL;
    *path = (hp_path){
        .id = store->path_count + 1, .depth = depth, .is_async = is_async, .callsite = site, .parent = parent,
        .sibling = *first, .usage = usage,
    };
    if (!parent) hp_make_root(path);
    *first = path;
    store->paths[path->id] = path;
    __atomic_store_n(&store->path_count, path->id, __ATOMIC_RELEASE);
    return path;
}

hp_path *hp_path_under(hp_path *parent, const hp_place_text *place, bool is_async) {
    hp_store *store = hp_own_store();
    hp_lock_take(&hp_locks[HP_TABLE_LOCK]);
    hp_callsite *site = callsite_of(store, place);
    hp_path *path = site ? path_of(store, parent, site, is_async) : NULL;
    if (!path && (store->path_count + 2 >= HP_MAX_PATHS || store->callsite_count + 2 >= HP_MAX_CALLSITES)) {
        site = callsite_of(store, &other_place);
        path = site ? path_of(store, NULL, site, false) : NULL;
    }
    hp_lock_release(&hp_locks[HP_TABLE_LOCK]);
    return path;
}

uint32_t hp_callsite_count(const hp_store *store) { return __atomic_load_n(&store->callsite_count, __ATOMIC_ACQUIRE); }
uint32_t hp_path_count(const hp_store *store) { return __atomic_load_n(&store->path_count, __ATOMIC_ACQUIRE); }

const hp_callsite *hp_callsite_at(const hp_store *store, uint32_t id) {
    const hp_callsite *site = id && id <= hp_callsite_count(store) ? store->callsites[id] : NULL;
    if (!site || !hp_is_within(store, site, sizeof *site)) return NULL;
    size_t bytes = (size_t)site->name_length + site->file_length + site->function_length;
    return hp_is_within(store, site->texts, bytes) && site->id == id ? site : NULL;
}

hp_path *hp_path_at(const hp_store *store, uint32_t id) {
    hp_path *path = id && id <= hp_path_count(store) ? store->paths[id] : NULL;
    if (!path || !hp_is_within(store, path, sizeof *path) || path->id != id) return NULL;
    if (!hp_is_within(store, path->callsite, sizeof *path->callsite)) return NULL;
    // A parent is older, so who follows parents comes to an end.
    bool is_sound = !path->parent || (hp_is_within(store, path->parent, sizeof *path) && path->parent->id < id);
    return is_sound ? path : NULL;
}
