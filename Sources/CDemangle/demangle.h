// The demangler in the Swift runtime, which has no header.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// stdlib/public/runtime/Demangle.cpp. Null: it is no Swift name. The answer is malloc's where no buffer is given. Flags: 0.
char *swift_demangle(const char *name, size_t length, char *buffer, size_t *buffer_size, uint32_t flags);
