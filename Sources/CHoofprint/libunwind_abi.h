// What the looking thread calls of the system's libunwind, declared here so that neither the package nor who depends on it
// needs its headers to build: it is opened at run time, and only by a process that samples. Opened, not linked, since a
// program that links it gets its C++ exceptions unwound by it, too.
//
// As in libunwind-x86_64.h, libunwind-common.h and libunwind-dynamic.h of libunwind 1.3 to 1.8. Whether the library that was
// found agrees is tried out before it is used (`hp_open_libunwind`).
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct unw_addr_space *unw_addr_space;
typedef struct {
    uint64_t opaque[512]; // 127 words on x86-64
} unw_cursor;
typedef struct {
    uint64_t start, end, lsda, handler, global_pointer, flags;
    int32_t format, info_size;
    void *info;
    uint64_t reserved[8];
} unw_proc_info;

/// A table of unwind information as it lies in memory: .eh_frame_hdr.
typedef struct {
    void *next, *previous;
    uint64_t start, end, global_pointer;
    int32_t format, padding;
    uint64_t load_offset;
    uint64_t name, segment_base, table_words, table;
    uint64_t reserved[8];
} unw_dyn_info;

typedef struct {
    int (*find_proc_info)(unw_addr_space, uint64_t pc, unw_proc_info *, int needs_info, void *context);
    void (*put_unwind_info)(unw_addr_space, unw_proc_info *, void *context);
    int (*get_dyn_info_list_addr)(unw_addr_space, uint64_t *, void *context);
    int (*access_mem)(unw_addr_space, uint64_t address, uint64_t *value, int writes, void *context);
    int (*access_reg)(unw_addr_space, int number, uint64_t *value, int writes, void *context);
    int (*access_fpreg)(unw_addr_space, int number, void *value, int writes, void *context);
    int (*resume)(unw_addr_space, unw_cursor *, void *context);
    int (*get_proc_name)(unw_addr_space, uint64_t, char *, size_t, uint64_t *, void *context);
    void *later_versions[8];
} unw_accessors;

enum { UNW_EBADREG = 3, UNW_EINVAL = 8, UNW_ENOINFO = 10, UNW_REMOTE_TABLE = 2, UNW_CACHE_NONE = 0, UNW_CACHE_GLOBAL = 1 };
enum { UNW_RBP = 6, UNW_RSP = 7, UNW_R14 = 14, UNW_RIP = 16, UNW_REGISTERS = 17 };
