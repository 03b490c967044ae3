#define _GNU_SOURCE
#include "workers.h"
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Beside the program.
static const char *library_path(void) {
    static char path[4096];
    if (path[0]) return path;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);
    if (length < 0) soak_fail("cannot read /proc/self/exe");
    path[length] = 0;
    strcpy(strrchr(path, '/') + 1, "soak-library.so");
    return path;
}

void load_library(void) {
    void *library = dlopen(library_path(), RTLD_NOW | RTLD_LOCAL);
    if (!library) soak_fail("%s", dlerror());
    size_t (*entry)(size_t) = (size_t(*)(size_t))dlsym(library, "soak_library_entry");
    if (!entry) soak_fail("%s", dlerror());
    if (!entry(20)) soak_fail("the library caught no exception");
    dlclose(library);
}
