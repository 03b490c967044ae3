// A picture's bytes: in memory, or in a file that is read through a window.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *window; // memory: all of it
    size_t filled, used;   // bytes in the window; those taken
    uint64_t start, size;  // the window's place in the whole; bytes in all
    int descriptor;
    uint8_t *buffer; // the window of a file
    uint8_t *all;    // a file that is wanted whole
    int error;       // errno of a failed read
} ic_source;

/// False: no memory.
bool ic_source_open(ic_source *source, const uint8_t *bytes, int descriptor, uint64_t size);
void ic_source_close(ic_source *source);
/// Takes what the window holds from here on, or the next piece: its length, 0 at the end and after a failed read.
size_t ic_source_take(ic_source *source, const uint8_t **bytes);
/// Reads up to `count` bytes; fewer only at the end and after a failed read.
size_t ic_source_read(ic_source *source, void *bytes, size_t count);
/// The next byte; -1 at the end.
int ic_source_byte(ic_source *source);
/// Goes on at a place, which may be behind the end.
void ic_source_seek(ic_source *source, uint64_t position);
/// Where it goes on.
static inline uint64_t ic_source_position(const ic_source *source) { return source->start + source->used; }
/// The whole, in memory: `*count` bytes, fewer than announced where a file was shortened. Null: no memory, or a failed read.
const uint8_t *ic_source_whole(ic_source *source, size_t *count);
