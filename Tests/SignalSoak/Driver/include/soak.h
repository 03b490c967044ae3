// What the soak's programs share: workers that are watched for progress, and the thread that samples them.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Something that goes on for as long as the soak does.
typedef struct soak_worker soak_worker;

/// Adds a worker. One that has done nothing for 15 seconds ends the process with status 3.
soak_worker *soak_add(const char *name);

/// Counts an operation of a worker. From any of its threads.
void soak_did(soak_worker *worker);

/// Whether workers go on.
bool soak_goes_on(void);

/// Adds a worker with a thread of its own, which calls `operation` again and again.
void soak_start_worker(const char *name, void (*operation)(void));

/// Joins the threads of `soak_start_worker`.
void soak_join_workers(void);

/// Says what is wrong and ends the process with status 1.
void soak_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/// Computes for some microseconds.
uint64_t soak_spin(uint32_t microseconds);

/// A system call that a signal's handler may end early with EINTR.
typedef struct soak_call soak_call;

/// Adds a call. `is_restarted`: SA_RESTART promises that no EINTR is seen (signal(7)). The calling thread gets no other
/// signals of the sampler than those of its own timer.
soak_call *soak_add_call(const char *name, bool is_restarted);

/// Which way of sampling is in use, to be handed to `soak_called`.
uint32_t soak_phase(void);

/// Counts a call, begun in `phase`.
void soak_called(soak_call *call, uint32_t phase, bool is_interrupted);

/// How much, and how.
typedef struct {
    uint64_t signals;  // to be handled
    uint32_t rate;     // a second
    bool is_naive;     // by a handler that calls libunwind
} soak_options;

/// Reads `[--naive] [--rate N] SIGNALS`. Ends the process where they are something else.
soak_options soak_read_options(int count, char **arguments);

/// Samples until enough signals were handled, and then ends `soak_goes_on`. On the thread that calls it.
void soak_sample(soak_options options);

/// Prints what was counted. Returns the status to end with.
int soak_report(void);

// Between the driver's files:
void soak_start_watching(void);
void soak_run_naively(soak_options options);
void soak_end(void);
bool soak_is_left_alone(uint32_t thread);
void soak_set_phase(bool is_wall);
void soak_report_workers(void);
bool soak_report_calls(void);

/// Calls `visit` for each timer that signals a thread with SIGPROF (proc_pid_timers(5)).
void soak_visit_timers(void (*visit)(uint32_t thread, void *value));

/// Sends SIGPROF as a timer with `value` would.
void soak_signal_thread(uint32_t thread, void *value);

#ifdef __cplusplus
}
#endif
