#define _GNU_SOURCE
#include "workers.h"
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *const program[] = {"/bin/true", NULL};

// A child that ended by a signal got one that was not for it.
static void wait_for(pid_t child, const char *how) {
    int status;
    if (child < 0) soak_fail("%s: %s", how, strerror(errno));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) soak_fail("%s: waitpid: %s", how, strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status)) soak_fail("%s: the child ended with wait status %#x", how, status);
}

void fork_child(void) {
    pid_t child = fork();
    if (!child) {
        soak_spin(200);
        _exit(0);
    }
    wait_for(child, "fork");
}

void execute_child(void) {
    pid_t child = fork();
    if (!child) {
        execv(program[0], program);
        _exit(127);
    }
    wait_for(child, "fork and exec");
}

void spawn_child(void) {
    pid_t child;
    int status = posix_spawn(&child, program[0], NULL, NULL, program, environ);
    if (status) soak_fail("posix_spawn: %s", strerror(status));
    wait_for(child, "posix_spawn");
}

void vfork_child(void) {
    pid_t child = vfork();
    if (!child) {
        execv(program[0], program);
        _exit(127);
    }
    wait_for(child, "vfork and exec");
}
