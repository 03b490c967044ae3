// uftrace's row of the table of peers: calls of a function that is compiled with -pg; the rest of the program is not.
#include "CMeasure.h"

void traced_call(void);

static void spans(long count) {
    for (long i = 0; i < count; i++) traced_call();
}

int main(int argc, char **argv) { return measure_run("uftrace record", spans, 500000, argc, argv); }
