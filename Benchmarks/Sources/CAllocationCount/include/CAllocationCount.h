// How many blocks of memory a thread asked for. A program that links this counts them all, Swift's and libraries' too.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Whether allocations are counted: with glibc only.
bool allocations_are_counted(void);

/// How often this thread has allocated or grown a block so far.
uint64_t allocations_of_this_thread(void);
