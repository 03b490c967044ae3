// Async spans: they may end on another thread, so their state lives in the async frame and their parent comes from a
// task-local. Out of line, since they are called from coroutines.
#pragma once
#include "hp_recorder.h"

/// A place in the source as the slow calls hand it on.
typedef struct {
    const char *name, *file, *function;
    uint32_t name_length, file_length, function_length, line;
} hp_place_text;

/// From now on contexts are found by the task-local of `key`, whose value is `now`. False: the runtime answers otherwise.
bool hp_find_contexts_by(const void *key, const hp_context *now);

/// Finds out how a signal handler gets from a thread to its task's context. Called in a task in which `bound` is bound, on
/// another thread than the main one. False: it cannot.
bool hp_learn_task_layout(const hp_context *bound);

/// Whether `hp_find_contexts_by` went well, and if so the innermost context, tokens' included, of what runs here.
bool hp_finds_contexts(void);
hp_context hp_innermost_context(void);

/// Opens an async span under `parent` (all null: a root span). No parent, where contexts are found: the innermost.
void hp_task_begin(hp_task_open *open, const hp_context *parent, const char *name, uint32_t name_length,
                   const char *file, uint32_t file_length, uint32_t line, const char *function,
                   uint32_t function_length);

/// Closes an async span, on any thread. A second call does nothing but count as misuse.
void hp_task_end(hp_task_open *open);

/// Whether this thread has an open sync span: then nothing below can suspend before it ends.
bool hp_is_inside_sync_span(void);

/// The Swift task that runs on this thread, null outside tasks.
const void *hp_current_task(void);

/// How many tokens are open in tasks: 0 spares spans the look-up.
uint32_t hp_token_count(void);

/// Makes `context` the innermost context of tokens opened by this thread's task under `under`. False: no room.
bool hp_token_push(const void *task, const hp_context *under, const hp_context *context);

/// Takes a token's context out again.
void hp_token_remove(const hp_context *context);

/// Replaces `context`, the task-local one, by the innermost token that `task` opened under it, if there is one.
void hp_token_resolve(const void *task, hp_context *context);

/// The same for signal handlers: where the tokens are in use just now, `context` stays as it is.
void hp_token_resolve_at_once(const void *task, hp_context *context);

/// Whether a token in a task is still open; `hp_task_end` closes it once.
bool hp_context_is_open(const hp_context *context);
