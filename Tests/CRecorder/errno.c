// errno belongs to the program: no call of the recorder's may change it, least of all one that fails inside.
#include "driver.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SENTINEL = 4242 };
static uint64_t spans_per_thread;

static void expect_sentinel(const char *after) {
    if (errno != SENTINEL) fail("errno is %d after %s", errno, after);
}

static void *record(void *names) {
    static const hp_context no_parent;
    const char *name = names;
    errno = SENTINEL;
    for (uint64_t index = 0; index < spans_per_thread; index++) {
        // A new path each, until there is no memory for more.
        hp_frame *outer = open_span(&no_parent, name, (uint32_t)index + 1);
        expect_sentinel("a span's begin");
        hp_end(open_span(&no_parent, "inner", 1));
        expect_sentinel("a span under a span");
        const uint8_t text[16] = {0};
        hp_write_text(HP_ENTRY_ATTRIBUTE, 1, text, sizeof text, 8);
        expect_sentinel("a text");
        hp_fail_frame(outer);
        hp_end(outer);
        expect_sentinel("a span's end");
        hp_task_open open;
        hp_task_begin(&open, &no_parent, "task", 4, "errno.c", 7, (uint32_t)index + 1, "record()", 8);
        expect_sentinel("an async span's begin");
        hp_task_end(&open);
        expect_sentinel("an async span's end");
    }
    return NULL;
}

// Runs in a store whose file may not grow, and which is full soon.
void check_errno(uint64_t amount) {
    spans_per_thread = amount;
    char path[] = "/tmp/recorder-driver.XXXXXX";
    int file = mkstemp(path);
    if (file < 0 || unlink(path)) fail("no temporary file");
    signal(SIGXFSZ, SIG_IGN);
    hp_watch_signals();
    start_recorder(HP_EVERY, 8 << 20, file);
    struct rlimit limit = {3 << 20, 3 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit)) fail("no limit");
    for (int round = 0; round < 4; round++) pthread_join(start_thread(record, "outer"), NULL);
    hp_losses losses = hp_loss_totals(hp_own_store());
    if (!losses.spans || !losses.paths) fail("the store was not full: %llu spans", (unsigned long long)amount);
    printf("%llu spans of every kind, with a file that is full and a store that is full: errno as it was\n",
           (unsigned long long)(amount * 4 * 3));
}
