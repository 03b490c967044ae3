// A server that forks its workers beforehand, and lets a shell tell the environment.
#include "sampled.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile double sum;

__attribute__((noinline)) static void serve(void) {
    for (int n = 1; n < 100000; n++) sum += 1.0 / n;
}

int main(void) {
    for (int worker = 0; worker < 3; worker++) {
        if (fork()) continue;
        run_until_sampled(serve);
        exit(10 + worker);
    }
    int statuses = 0;
    for (int status; wait(&status) > 0;) statuses += WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
    printf("workers ended with %d in all\n", statuses);
    fflush(stdout);
    return system("echo \"preloaded: $LD_PRELOAD\"; echo \"rate: $HOOFPRINT_SAMPLE\"; exit 4") >> 8;
}
