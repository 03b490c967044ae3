// What Swift cannot express: the clock, the thread-local recorder and its inlined hot path.
#pragma once
#include "hp_clock.h"
#include "hp_recorder.h"
#include "hp_task.h"
#include "hp_ring.h"
#include "hp_trace.h"
#include "hp_store.h"
#include "hp_snapshot.h"
#include "hp_life.h"
#include "hp_probe.h"
#include "hp_sampler.h"
#include "hp_stacks.h"
#include "hp_modules.h"
