#define _GNU_SOURCE
#include "CHoofprint.h"
#include <fcntl.h>
#include <sys/stat.h>

// fstat(2) may wait for the server of a network file system; AT_STATX_DONT_SYNC takes what the kernel knows.
int32_t hp_descriptor_type(int descriptor) {
    struct statx status;
    if (statx(descriptor, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &status)) return -1;
    return status.stx_mode & S_IFMT;
}
