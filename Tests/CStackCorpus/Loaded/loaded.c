// A library that scripts/check-stacks compiles, for the case `loaded`.
#include <stdint.h>

__attribute__((noinline)) static uint64_t loaded_inner(uint64_t seed) {
    for (int step = 0; step < 2000; step++) seed = (seed ^ seed >> 29) * 6364136223846793005u + 1;
    return seed;
}

__attribute__((noinline)) static uint64_t loaded_middle(uint64_t seed) { return loaded_inner(seed) + 1; }

uint64_t loaded_entry(uint64_t seed) { return loaded_middle(seed) + 1; }
