// A constructor, which runs before the program's `main`. Swift's runtime and the recorder have what they need by then: the
// libraries they depend on were begun before.
#define _GNU_SOURCE
#include "hp_autostart.h"
#include <stdlib.h>
#include <string.h>

// Lines NAME=VALUE, given when it is built: what variables are where the environment has none of that name.
#ifndef HP_AUTOSTART_DEFAULTS
#define HP_AUTOSTART_DEFAULTS ""
#endif

static void set_defaults(void) {
    char lines[] = HP_AUTOSTART_DEFAULTS, *rest = lines;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char *value = strchr(line, '=');
        if (!value) continue;
        *value = 0;
        setenv(line, value + 1, 0);
    }
}

__attribute__((constructor)) static void start(void) {
    set_defaults();
    hp_autostart();
}
