#include "source.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 64 << 10 };

bool ic_source_open(ic_source *source, const uint8_t *bytes, int descriptor, uint64_t size) {
    *source = (ic_source){.size = size, .descriptor = bytes ? -1 : descriptor};
    if (bytes) {
        source->window = bytes;
        source->filled = (size_t)size;
        return true;
    }
    source->window = source->buffer = malloc(WINDOW);
    return source->buffer != NULL;
}

void ic_source_close(ic_source *source) {
    free(source->buffer);
    free(source->all);
}

/// Bytes read from a file's place: fewer only at its end and on failure.
static size_t read_at(ic_source *source, uint8_t *bytes, size_t count, uint64_t position) {
    size_t done = 0;
    while (done < count) {
        ssize_t got = pread(source->descriptor, bytes + done, count - done, (off_t)(position + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) source->error = errno;
        if (got <= 0) break;
        done += (size_t)got;
    }
    return done;
}

static uint64_t left_behind(const ic_source *source, uint64_t position) {
    return position < source->size ? source->size - position : 0;
}

size_t ic_source_take(ic_source *source, const uint8_t **bytes) {
    if (source->used >= source->filled && source->buffer) {
        source->start += source->used;
        uint64_t left = left_behind(source, source->start);
        source->filled = read_at(source, source->buffer, left < WINDOW ? (size_t)left : WINDOW, source->start);
        source->used = 0;
    }
    if (source->used >= source->filled) return 0;
    *bytes = source->window + source->used;
    size_t count = source->filled - source->used;
    source->used = source->filled;
    return count;
}

size_t ic_source_read(ic_source *source, void *bytes, size_t count) {
    uint8_t *to = bytes;
    size_t done = 0;
    while (done < count) {
        if (source->used >= source->filled && source->buffer && count - done >= WINDOW) {
            // What is larger than the window goes past it.
            uint64_t place = source->start + source->used, left = left_behind(source, place);
            size_t wanted = count - done < left ? count - done : (size_t)left;
            size_t got = read_at(source, to + done, wanted, place);
            ic_source_seek(source, place + got);
            return done + got;
        }
        const uint8_t *piece;
        size_t got = ic_source_take(source, &piece);
        if (!got) break;
        size_t used = got < count - done ? got : count - done;
        source->used -= got - used;
        memcpy(to + done, piece, used);
        done += used;
    }
    return done;
}

int ic_source_byte(ic_source *source) {
    uint8_t byte;
    if (source->used < source->filled) return source->window[source->used++];
    return ic_source_read(source, &byte, 1) == 1 ? byte : -1;
}

void ic_source_seek(ic_source *source, uint64_t position) {
    if (position >= source->start && position - source->start <= source->filled) {
        source->used = (size_t)(position - source->start);
    } else if (source->buffer) {
        source->start = position;
        source->filled = source->used = 0;
    } else {
        source->used = source->filled;
    }
}

const uint8_t *ic_source_whole(ic_source *source, size_t *count) {
    if (!source->buffer) {
        *count = source->filled;
        return source->window;
    }
    if (!source->all) source->all = malloc(source->size ? (size_t)source->size : 1);
    if (!source->all) return NULL;
    *count = read_at(source, source->all, (size_t)source->size, 0);
    return source->error ? NULL : source->all;
}
