// Profiles itself, as far as taking the signal goes, and ends when it is asked to.
#include "sampled.h"
#include <stdio.h>

static volatile sig_atomic_t count, is_asked;

static void on_profile(int number) { count += number == SIGPROF; }
static void on_signal(int number) { is_asked = number; }

int main(void) {
    struct timespec moment = {.tv_nsec = 1000000};
    unblock_signals();
    signal(SIGTERM, on_signal);
    signal(SIGPROF, on_profile);
    puts("ready");
    fflush(stdout);
    while (!is_asked) nanosleep(&moment, NULL);
    sig_atomic_t before = count;
    raise(SIGPROF);
    puts(count == before + 1 ? "still mine" : "taken");
    return 0;
}
