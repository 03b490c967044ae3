// Compiled with -pg: a call of this function is what uftrace records as a span.
#include "CMeasure.h"

__attribute__((noinline)) void traced_call(void) {
    measure_leaf();
    keep(2);
}
