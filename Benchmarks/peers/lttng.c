// LTTng-UST's row of the table of peers: a tracepoint before and one after. Whether a session records them is not this
// program's affair.
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "lttng-tracepoints.h"

#include <stdlib.h>
#include "CMeasure.h"

static void spans(long count) {
    for (long i = 0; i < count; i++) {
        lttng_ust_tracepoint(peer, begin, 7);
        measure_leaf();
        lttng_ust_tracepoint(peer, end, 7);
    }
}

int main(int argc, char **argv) {
    const char *name = getenv("PEER_NAME");
    return measure_run(name ? name : "LTTng-UST", spans, 500000, argc, argv);
}
