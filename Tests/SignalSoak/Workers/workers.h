// The operations of the soak's workers, each done again and again by a thread of its own.
#pragma once
#include "soak.h"

#ifdef __cplusplus
extern "C" {
#endif

void load_library(void);
void fork_child(void);
void execute_child(void);
void spawn_child(void);
void vfork_child(void);
void churn_threads(void);
void churn_tiny_threads(void);
void allocate(void);
void map_memory(void);
void unmap_beside_stack(void);
void throw_exceptions(void);
void nest_signals(void);
void take_signals_elsewhere(void);
void jump_out_of_handler(void);
void jump(void);
void keep_errno(void);
void switch_fibers(void);
void recurse(void);

/// Starts a worker for each call that a signal may interrupt.
void start_calls(void);

#ifdef __cplusplus
}
#endif
