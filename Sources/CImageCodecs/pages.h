// Memory for whole pictures.
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    void *start; // null: none
    size_t count;
} ic_pages;

/// `count` bytes of zeros, in huge pages where the system has them: by pages of 4 KiB the kernel takes a third of the time of
/// decoding a PNG. False: no memory.
bool ic_pages_allocate(ic_pages *pages, size_t count);
void ic_pages_free(ic_pages *pages);
