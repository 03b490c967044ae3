// A program whose time is split by construction: 70, 20 and 10 units of the same work.
#define _GNU_SOURCE
#include "CHoofprint.h"
#include "CStackCorpus.h"
#include <stdio.h>

#define KEPT __attribute__((noinline))

static volatile uint64_t sink;

static KEPT void unit(void) {
    for (int times = 0; times < 20; times++) sink = corpus_work(sink);
}

// Each has code of its own, so that no linker makes one of them.
static KEPT void share_seventy(void) {
    for (int units = 0; units < 70; units++) unit();
    sink += 1;
}

static KEPT void share_twenty(void) {
    for (int units = 0; units < 20; units++) unit();
    sink += 2;
}

static KEPT void share_ten(void) {
    for (int units = 0; units < 10; units++) unit();
    sink += 3;
}

void corpus_shares(void) {
    void (*const shares[])(void) = {share_seventy, share_twenty, share_ten};
    uint64_t spent[3] = {0};
    while (!corpus_is_over())
        for (int share = 0; share < 3; share++) {
            uint64_t start = hp_clock_ns(CLOCK_THREAD_CPUTIME_ID);
            shares[share]();
            spent[share] += hp_clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
        }
    printf("spent %lu %lu %lu\n", (unsigned long)spent[0], (unsigned long)spent[1], (unsigned long)spent[2]);
}
