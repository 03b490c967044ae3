// The agent's start, before the program's `main` and beside it. What it does in Swift, the target HoofprintAgent defines.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// A variable `HOOFPRINT…` as it was at the start; NULL: it was not there. The program may change its environment at any
/// time, so it is not read later.
const char *hp_agent_variable(const char *name);

/// Says a line on standard error.
void hp_agent_say(const char *line);

// In environment.c, for the constructor, while the process has one thread.

/// Keeps the variables that are named HOOFPRINT and something.
void hp_agent_keep_variables(void);

/// Hides SWIFT_BACKTRACE, or shows it again: crashes are for the program's runtime to report, if it has one, and not for the
/// agent's.
void hp_agent_hide_backtraces(bool hides);

/// Takes the agent out of LD_PRELOAD, and HOOFPRINT_SAMPLE out of the environment, so that programs that this one runs are
/// not sampled, and a Hoofprint that the program has itself leaves SIGPROF to the agent.
void hp_agent_leave_environment(void);

// In Swift, on a thread of the agent's. They answer whether the process is recorded.

/// Begins to record and to sample.
bool hp_agent_bootstrap(void);

/// The same in a forked child.
bool hp_agent_begin_again(void);

/// Whether signals that end the process are to be watched.
bool hp_agent_watches_signals(void);
