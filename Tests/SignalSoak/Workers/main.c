// Does whatever goes badly with signals, in many threads, while all of them are sampled as often as can be.
//
//     signal-soak [--naive] [--rate PER-SECOND] SIGNALS
//
// Ends with status 0 when so many signals were handled and all threads have ended; 1: something is wrong; 3: a worker stood
// still for 15 seconds. --naive: with a handler that calls libunwind, which stands still within seconds.
#include "workers.h"

static void start_others(void) {
    soak_start_worker("fork, exec", execute_child);
    soak_start_worker("posix_spawn", spawn_child);
    soak_start_worker("vfork, exec", vfork_child);
    soak_start_worker("threads", churn_threads);
    soak_start_worker("tiny threads", churn_tiny_threads);
    soak_start_worker("malloc", allocate);
    soak_start_worker("mmap", map_memory);
    soak_start_worker("munmap by stacks", unmap_beside_stack);
    soak_start_worker("nested signals", nest_signals);
    soak_start_worker("sigaltstack", take_signals_elsewhere);
    soak_start_worker("longjmp", jump);
    soak_start_worker("siglongjmp", jump_out_of_handler);
    soak_start_worker("errno", keep_errno);
    soak_start_worker("swapcontext", switch_fibers);
    soak_start_worker("deep recursion", recurse);
    start_calls();
}

int main(int count, char **arguments) {
    soak_options options = soak_read_options(count, arguments);
    soak_start_worker("dlopen, dlclose", options.is_naive ? load_only : load_library);
    soak_start_worker("throw", throw_exceptions);
    soak_start_worker("fork", fork_child);
    // These three are enough for it, and alone they are signalled the more often.
    if (!options.is_naive) start_others();
    soak_sample(options);
    soak_join_workers();
    return options.is_naive ? 0 : soak_report();
}
