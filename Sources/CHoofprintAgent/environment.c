// What the agent takes from the program's environment, and what it takes out of it.
#define _GNU_SOURCE
#include "hp_agent.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_VARIABLES = 64 };
static char *variables[MOST_VARIABLES]; // NAME=VALUE
static size_t variable_count;

void hp_agent_keep_variables(void) {
    for (char **at = environ; at && *at && variable_count < MOST_VARIABLES; at++) {
        if (strncmp(*at, "HOOFPRINT", strlen("HOOFPRINT"))) continue;
        char *copy = strdup(*at);
        if (copy) variables[variable_count++] = copy;
    }
}

const char *hp_agent_variable(const char *name) {
    size_t length = strlen(name);
    for (size_t index = 0; index < variable_count; index++)
        if (!strncmp(variables[index], name, length) && variables[index][length] == '=') return variables[index] + length + 1;
    return NULL;
}

void hp_agent_hide_backtraces(bool hides) {
    // In place, for the environment's own array may not move: `main` is given it.
    static const char name[] = "SWIFT_BACKTRACE=", hidden[] = "-WIFT_BACKTRACE=";
    const char *seen = hides ? name : hidden;
    for (char **at = environ; at && *at; at++)
        if (!strncmp(*at, seen, sizeof name - 1)) **at = hides ? *hidden : *name;
}

static const char *file_name(const char *path, size_t length) {
    const char *slash = memrchr(path, '/', length);
    return slash ? slash + 1 : path;
}

// Shortened where it stands: programs may keep the environment that `main` was given, and a new one would not reach them.
static void remove_from_list(char *list, const char *own) {
    size_t own_length = strlen(own);
    char *to = list;
    for (char *at = list; *at;) {
        at += strspn(at, ": ");
        size_t length = strcspn(at, ": ");
        const char *name = file_name(at, length);
        bool is_own = (size_t)(at + length - name) == own_length && !memcmp(name, own, own_length);
        if (length && !is_own) {
            if (to != list) *to++ = ':';
            memmove(to, at, length);
            to += length;
        }
        at += length;
    }
    *to = 0;
}

void hp_agent_leave_environment(void) {
    Dl_info own;
    char *list = getenv("LD_PRELOAD");
    if (list && dladdr((void *)hp_agent_leave_environment, &own) && own.dli_fname) {
        // A separator at the end is overwritten, never one in front that the text needs: it only becomes shorter.
        remove_from_list(list, file_name(own.dli_fname, strlen(own.dli_fname)));
        if (!*list) unsetenv("LD_PRELOAD");
    }
    unsetenv("HOOFPRINT_SAMPLE");
}
