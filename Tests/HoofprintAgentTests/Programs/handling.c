// Handles SIGTERM in its own way, as servers do: it ends in order.
#include "sampled.h"
#include <stdio.h>

static volatile sig_atomic_t is_asked;
static volatile double sum;

static void on_signal(int number) { is_asked = number; }

__attribute__((noinline)) static void churn(void) {
    for (int n = 1; n < 100000; n++) sum += 1.0 / n;
}

int main(void) {
    unblock_signals();
    signal(SIGTERM, on_signal);
    run_until_sampled(churn);
    // The agent watches signals from then on, the program's own not.
    while (!is_handled(SIGHUP)) churn();
    puts("ready");
    fflush(stdout);
    while (!is_asked) churn();
    puts("ended in order");
    return 7;
}
