#define _GNU_SOURCE
#include "hp_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x31676e6972706868) // "hhpring1"
static const uint64_t kept_step = 1 << 20;

hp_lock hp_locks[HP_LOCKS];
static hp_store *own;
static int own_file = -1;
static struct {
    dev_t device;
    ino_t inode;
} own_identity;
static uint64_t own_kept, own_size;
static uint64_t own_tail; // so much has been handed out from the end on
uintptr_t hp_forgotten;
uint64_t hp_forgotten_size;

hp_store *hp_own_store(void) { return __atomic_load_n(&own, __ATOMIC_ACQUIRE); }

void hp_lock_wait(hp_lock *lock) {
    for (unsigned spins = 0; __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE); spins++)
        if (spins > 64) sched_yield();
}

bool hp_lock_take_soon(hp_lock *lock) {
    const struct timespec nap = {.tv_nsec = 100000};
    for (unsigned naps = 0; __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE); naps++) {
        if (naps == 1000) return false;
        nanosleep(&nap, NULL);
    }
    return true;
}

// What changes when a field of the store does: a file of another build must not be read.
static uint32_t layout(void) {
    const size_t sizes[] = {sizeof(hp_store), sizeof(hp_thread), sizeof(hp_node), sizeof(hp_path), sizeof(hp_callsite),
                            sizeof(hp_frame), sizeof(hp_task_span), sizeof(hp_span_entry), sizeof(hp_usage), HP_OCTAVES,
                            HP_NODE_PAGE};
    uint32_t mixed = 1;
    for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++) mixed = mixed * 31 + (uint32_t)sizes[index];
    return mixed;
}

uint64_t hp_kept_bytes(void) { return __atomic_load_n(&own_kept, __ATOMIC_ACQUIRE); }
uint64_t hp_store_bytes(void) { return own_size; }

// Whether the number is still our file's: the program may have closed it and opened a file of its own.
static bool is_own_file(void) {
    struct stat status;
    return own_file >= 0 && !fstat(own_file, &status) && status.st_dev == own_identity.device &&
           status.st_ino == own_identity.inode;
}

// Makes `bytes` from `from` on the file's. Allocated, not only sized: a disk that fills up must not be a SIGBUS later.
static bool keep(hp_store *store, uint64_t from, uint64_t bytes) {
    struct rlimit limit;
    if (hp_store_is_lost() || !is_own_file()) return false;
    if (getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur < from + bytes) return false;
    if (posix_fallocate(own_file, (off_t)from, (off_t)bytes)) return false;
    void *memory =
        mmap((char *)store + from, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, own_file, (off_t)from);
    if (memory == MAP_FAILED) return false;
    __atomic_store_n(&own_kept, from + bytes, __ATOMIC_RELEASE);
    return true;
}

// An address that other processes will have free, so that they can read the file there. The kernel takes another one where
// it is not to be had.
static void *wanted_address(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t mixed = ((uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 20 ^ (uint64_t)getpid() << 40) * 0x9E3779B97F4A7C15;
    return (void *)(uintptr_t)(0x100000000000 + (mixed >> 44 << 25));
}

bool hp_open_store(uint64_t bytes, int file) {
    uint64_t size = (bytes + kept_step - 1) / kept_step * kept_step;
    hp_store *store = mmap(wanted_address(), size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (store == MAP_FAILED) return false;
    own_file = file;
    own_size = size;
    own_kept = own_tail = 0;
    struct stat status;
    if (file >= 0 && !fstat(file, &status)) {
        own_identity.device = status.st_dev;
        own_identity.inode = status.st_ino;
    }
    // The file is on before its first page is touched; a cut before that is found by nobody.
    __atomic_store_n(&own, store, __ATOMIC_RELEASE);
    uint64_t kept = file >= 0 && keep(store, 0, kept_step) ? kept_step : 0;
    store->head.layout = layout();
    store->head.pid = (uint32_t)getpid();
    store->head.size = size;
    store->head.kept = kept;
    store->head.used = (sizeof *store + 63) & ~UINT64_C(63);
    store->head.address = store;
    __atomic_store_n(&store->head.magic, MAGIC, __ATOMIC_RELEASE);
    return true;
}

static void *map_within(size_t bytes, unsigned share) {
    hp_store *store = hp_own_store();
    if (!store) return NULL;
    bytes = (bytes + 63) & ~(size_t)63;
    void *memory = NULL;
    hp_lock_take(&hp_locks[HP_MEMORY_LOCK]);
    if (store->head.used + own_tail + bytes <= store->head.size / share) {
        // Beyond what the file can have, memory is the process's own, and so is all that comes later.
        bool is_spilled = !store->head.kept || store->head.used > store->head.kept;
        while (!is_spilled && store->head.used + bytes > store->head.kept) {
            bool has_room = store->head.kept + kept_step <= store->head.size - own_tail;
            if (has_room && keep(store, store->head.kept, kept_step)) store->head.kept += kept_step;
            else is_spilled = true;
        }
        if (is_spilled && store->head.used < store->head.kept) store->head.used = store->head.kept + 64;
        if (store->head.used + own_tail + bytes <= store->head.size) {
            memory = (char *)store + store->head.used;
            store->head.used += bytes;
        }
    }
    hp_lock_release(&hp_locks[HP_MEMORY_LOCK]);
    return memory;
}

void *hp_map(size_t bytes) { return map_within(bytes, 1); }

void *hp_map_spare(size_t bytes) { return map_within(bytes, 2); }

void *hp_map_unkept(size_t bytes) {
    hp_store *store = hp_own_store();
    if (!store) return NULL;
    bytes = (bytes + 63) & ~(size_t)63;
    void *memory = NULL;
    hp_lock_take(&hp_locks[HP_MEMORY_LOCK]);
    uint64_t tail = own_tail + bytes;
    if (store->head.used + tail <= store->head.size / 2 && store->head.kept + tail <= store->head.size) {
        own_tail = tail;
        memory = (char *)store + store->head.size - tail;
    }
    hp_lock_release(&hp_locks[HP_MEMORY_LOCK]);
    return memory;
}

void *hp_thread_allocate(hp_thread *thread, size_t bytes) {
    enum { ARENA = 64 * 1024 };
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > thread->arena_left) {
        char *arena = hp_map(ARENA);
        if (!arena) return NULL;
        thread->arena = arena;
        thread->arena_left = ARENA;
    }
    void *memory = thread->arena;
    thread->arena += bytes;
    thread->arena_left -= bytes;
    return memory;
}

void hp_forget_store(void) {
    if (own) {
        hp_forgotten = (uintptr_t)own;
        hp_forgotten_size = own->head.size;
    }
    // The file is the parent's; this process only closes its number of it.
    if (is_own_file()) close(own_file);
    own_file = -1;
    own_kept = 0;
    hp_forget_made();
    own = NULL;
}

hp_store_head *hp_head(hp_store *store) { return &store->head; }
uint8_t *hp_session_line(hp_store *store) { return store->session_line; }
uint8_t *hp_outbox(hp_store *store) { return store->outbox; }

hp_store_state hp_read_store(int file, hp_store **store) {
    hp_store_head found;
    struct stat status;
    ssize_t count = fstat(file, &status) ? -1 : pread(file, &found, sizeof found, 0);
    if (count < 0) return HP_STORE_UNREADABLE;
    if (count < (ssize_t)sizeof found || found.magic != MAGIC) return HP_STORE_NO_STORE;
    if (found.layout != layout()) return HP_STORE_OTHER_BUILD;
    bool is_sound = found.kept >= sizeof **store && found.kept <= found.size && found.kept % kept_step == 0 &&
                    (uint64_t)status.st_size >= found.kept && (uintptr_t)found.address % 4096 == 0 &&
                    found.session_length <= HP_SESSION_BYTES && found.outbox_length <= HP_OUTBOX_BYTES;
    if (!is_sound) return HP_STORE_NO_STORE;
    void *memory = mmap(found.address, found.kept, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (memory == MAP_FAILED) return errno == ENOMEM ? HP_STORE_UNREADABLE : HP_STORE_NO_ROOM;
    if (memory != found.address) { // a kernel before 4.17 takes the flag for a wish
        munmap(memory, found.kept);
        return HP_STORE_NO_ROOM;
    }
    // Read, not mapped: a file that is cut meanwhile is an error here, and no signal later.
    for (uint64_t at = 0; at < found.kept; at += (uint64_t)count) {
        count = pread(file, (char *)memory + at, found.kept - at, (off_t)at);
        if (count > 0) continue;
        munmap(memory, found.kept);
        return count < 0 ? HP_STORE_UNREADABLE : HP_STORE_NO_STORE;
    }
    *store = memory;
    (*store)->head = found;
    (*store)->head.size = found.kept;
    if ((*store)->callsite_count >= HP_MAX_CALLSITES) (*store)->callsite_count = HP_MAX_CALLSITES - 1;
    if ((*store)->path_count >= HP_MAX_PATHS) (*store)->path_count = HP_MAX_PATHS - 1;
    return HP_STORE_READ;
}

void hp_drop_store(hp_store *store) { munmap(store, store->head.size); }

uint64_t hp_take_line_number(hp_store *store) {
    uint64_t number = __atomic_fetch_add(&store->head.next_line, 1, __ATOMIC_RELAXED);
    if (store == hp_own_store() && !hp_store_is_lost()) hp_keep_line_number(store->head.session, number + 1);
    return number;
}
