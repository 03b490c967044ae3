// Drives the recorder's C without Swift, so that a sanitizer sees the inlined hot path too: ThreadSanitizer sees nothing of
// `static inline` C that is imported into Swift.
//
//     recorder-driver CHECK AMOUNT     CHECK: aggregate, every, torn-traces, torn-rings, errno
#include "driver.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("recorder-driver: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void start_recorder(uint32_t state, uint64_t bytes, int file) {
    hp_clock_start(true);
    if (!hp_open_store(bytes, file)) fail("no memory for a store of %llu bytes", (unsigned long long)bytes);
    hp_set_exemplars(3);
    hp_start_window();
    hp_set_state(state);
}

pthread_t start_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    int status = pthread_create(&thread, NULL, body, argument);
    if (status) fail("no thread: %s", strerror(status));
    return thread;
}

static const char file_name[] = "driver.c", function_name[] = "driver()";

hp_frame *open_span(const hp_context *parent, const char *name, uint32_t line) {
    hp_frame *frame = hp_begin(name, file_name, line);
    if (frame) return frame;
    return hp_begin_slow(parent, name, (uint32_t)strlen(name), file_name, sizeof file_name - 1, line, function_name,
                         sizeof function_name - 1);
}

uint32_t path_named(const char *name) {
    const hp_store *store = hp_own_store();
    for (uint32_t id = hp_path_count(store); id; id--) {
        const hp_path *path = hp_path_at(store, id);
        if (path && path->callsite->name == name) return id;
    }
    return 0;
}

uint64_t next_random(random_source *source) {
    source->state ^= source->state >> 12;
    source->state ^= source->state << 25;
    source->state ^= source->state >> 27;
    return source->state * 0x2545F4914F6CDD1D;
}

int main(int count, char **arguments) {
    uint64_t amount = count == 3 ? strtoull(arguments[2], NULL, 10) : 0;
    const char *check = amount ? arguments[1] : "";
    if (!strcmp(check, "aggregate")) check_threads(HP_AGGREGATE, amount);
    else if (!strcmp(check, "every")) check_threads(HP_EVERY, amount);
    else if (!strcmp(check, "torn-traces")) check_torn_traces(amount);
    else if (!strcmp(check, "torn-rings")) check_torn_rings(amount);
    else if (!strcmp(check, "errno")) check_errno(amount);
    else {
        fputs("usage: recorder-driver aggregate|every|torn-traces|torn-rings|errno AMOUNT\n", stderr);
        return 2;
    }
    return 0;
}
