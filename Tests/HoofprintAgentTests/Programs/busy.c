// Computes until it was sampled; with an argument until a signal ends it, saying `ready` once what that names is handled.
#include "sampled.h"
#include <stdio.h>
#include <string.h>

static volatile double sum;

__attribute__((noinline)) static void churn(void) {
    for (int n = 1; n < 100000; n++) sum += 1.0 / n;
}

int main(int count, char **arguments) {
    unblock_signals();
    if (count > 1) {
        int awaited = atoi(arguments[1]);
        while (!is_handled(awaited)) churn();
        run_until_sampled(churn);
        puts("ready");
        fflush(stdout);
        for (;;) churn();
    }
    run_until_sampled(churn);
    puts("computed");
    return 3;
}
