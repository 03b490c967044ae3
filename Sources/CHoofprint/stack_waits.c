// Mode wall: a thread that runs, or waits in a place where it was not seen waiting, is asked by a signal; one that waits
// where it waited at the last look has still the stack it had then, and is left alone.
#define _GNU_SOURCE
#include "hp_sampling.h"
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_AT_ONCE = 64 };

static uint32_t next_looked_at;

static void ask(hp_stack_thread *thread, uint32_t weight) {
    siginfo_t info = {.si_signo = SIGPROF};
    // As a timer's: those that are pending when another program is executed are dropped, and do not end that program.
    info.si_code = SI_TIMER;
    info.si_overrun = (int)weight - 1;
    info.si_value.sival_ptr = thread;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)thread->number, SIGPROF, &info);
}

static void look_at_thread(hp_stack_thread *thread, uint32_t weight) {
    if (thread->is_blocked) {
        HP_COUNT(unsampled, weight);
        return;
    }
    hp_wait wait;
    hp_look_at_wait(thread->number, &wait);
    if (wait.identity && wait.identity == thread->wait) {
        thread->repeated += weight;
        return;
    }
    thread->wait = 0;
    thread->asked_times = wait.identity && wait.identity == thread->asked.identity ? thread->asked_times + 1 : 0;
    thread->asked = wait;
    ask(thread, weight);
}

void hp_look_at_all(void) {
    uint32_t alive = 0;
    for (uint32_t index = 0; index < hp_stack_thread_count; index++) alive += hp_stack_threads[index].number != 0;
    uint32_t weight = (alive + MOST_AT_ONCE - 1) / MOST_AT_ONCE;
    for (uint32_t index = 0, looks = 0; index < hp_stack_thread_count && looks < MOST_AT_ONCE; index++) {
        hp_stack_thread *thread = &hp_stack_threads[next_looked_at++ % hp_stack_thread_count];
        if (!thread->number) continue;
        look_at_thread(thread, weight);
        looks++;
    }
}

void hp_note_wait(hp_stack_thread *thread, hp_stack *stack) {
    enum { TRIES = 3 };
    if (thread->number != stack->thread) return;
    const hp_wait *asked = &thread->asked;
    // It went on before the signal came.
    if (!asked->identity || asked->stack_pointer != stack->stack_pointer) return;
    stack->does = asked->does;
    stack->call = asked->call;
    // A copy's stack is not as good as the next one will be.
    if ((stack->flags & HP_STACK_COPIED) && thread->asked_times < TRIES) return;
    if (!thread->last && !(thread->last = malloc(sizeof *thread->last))) return;
    *thread->last = *stack;
    thread->wait = asked->identity;
}

bool hp_take_repeated(hp_stack *stack) {
    for (uint32_t index = 0; index < hp_stack_thread_count; index++) {
        hp_stack_thread *thread = &hp_stack_threads[index];
        if (!thread->repeated) continue;
        *stack = *thread->last;
        stack->weight = thread->repeated;
        stack->handler_ticks = 0;
        thread->repeated = 0;
        return true;
    }
    return false;
}
