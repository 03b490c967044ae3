// The sampler for throws.cpp, which cannot include the recorder's C.
#include "CHoofprint.h"

const char *throws_start(uint32_t per_second) {
    hp_clock_start(true);
    return hp_start_stacks(HP_STACKS_CPU, per_second);
}

void throws_look(void) {
    static hp_stack stack;
    hp_look_at_stacks();
    while (hp_take_stack(&stack)) continue;
}

void throws_stop(void) { hp_stop_stacks(); }

double throws_seconds(void) { return (double)hp_clock_ns(CLOCK_THREAD_CPUTIME_ID) / 1e9; }
