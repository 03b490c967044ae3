// What probes ask the kernel that Swift's libc module does not offer.
#pragma once
#include <stdint.h>

/// The type bits (S_IFMT, inode(7)) of what a descriptor is open on; 0 for what has none, as an epoll instance. A file system
/// that is elsewhere is not asked. -1: it is not open.
int32_t hp_descriptor_type(int descriptor);
