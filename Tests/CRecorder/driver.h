// What the checks of the recorder's C have in common.
#pragma once
#include "CHoofprint.h"
#include <pthread.h>
#include <stdatomic.h>

/// Says what is wrong and ends the process with status 1.
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/// Sets the clock and a store up, in mode `state`; `file` as for `hp_open_store`.
void start_recorder(uint32_t state, uint64_t bytes, int file);

/// A thread that must start.
pthread_t start_thread(void *(*body)(void *), void *argument);

/// As `Span.swift` opens a sync span: the inlined way first. `name` is its identity, with the line.
hp_frame *open_span(const hp_context *parent, const char *name, uint32_t line);

/// The path that a callsite's name has under no or any parent; 0: none has it.
uint32_t path_named(const char *name);

/// Repeatable random numbers (xorshift64*, Vigna 2016).
typedef struct {
    uint64_t state;
} random_source;
uint64_t next_random(random_source *source);

// The checks. `amount` is how much of it; each ends the process where something is wrong.
void check_threads(uint32_t state, uint64_t amount);
void check_torn_traces(uint64_t amount);
void check_torn_rings(uint64_t amount);
void check_errno(uint64_t amount);
