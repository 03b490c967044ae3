// Calls that wait: which of them come back with EINTR because of the sampler. Their threads compute in between, so that
// they have CPU time to be sampled by.
#define _GNU_SOURCE
#include "workers.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Each waits for less than a millisecond, or until nothing has come for so long.
static bool wait_read(void) {
    static int timer = -1;
    if (timer < 0 && (timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) < 0) soak_fail("timerfd: %s", strerror(errno));
    struct itimerspec times = {.it_value = {0, 500000}};
    timerfd_settime(timer, 0, &times, NULL);
    uint64_t count;
    return read(timer, &count, sizeof count) < 0;
}

static sem_t posted, never_posted;

// The other end of `wait_semaphore`.
static void post(void) {
    usleep(500);
    sem_post(&posted);
}

static bool wait_semaphore(void) { return sem_wait(&posted) < 0; }

static bool wait_semaphore_for(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 500000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    return sem_timedwait(&never_posted, &until) < 0;
}

static bool wait_receive(void) {
    static int pair[2];
    char byte;
    if (!pair[1]) {
        struct timeval timeout = {0, 1000};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) soak_fail("socketpair: %s", strerror(errno));
        setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    }
    return recv(pair[0], &byte, 1, 0) < 0;
}

static bool wait_child(void) {
    pid_t child = fork();
    if (child < 0) soak_fail("fork: %s", strerror(errno));
    if (!child) {
        usleep(500);
        _exit(0);
    }
    bool is_interrupted = waitpid(child, NULL, 0) < 0;
    int error = errno;
    while (is_interrupted && waitpid(child, NULL, 0) < 0) continue;
    errno = error;
    return is_interrupted;
}

static bool wait_sleep(void) { return nanosleep(&(struct timespec){0, 500000}, NULL) < 0; }
static bool wait_poll(void) { return poll(NULL, 0, 1) < 0; }
static bool wait_select(void) { return select(0, NULL, NULL, NULL, &(struct timeval){0, 500}) < 0; }

static bool wait_epoll(void) {
    static int set = -1;
    if (set < 0 && (set = epoll_create1(EPOLL_CLOEXEC)) < 0) soak_fail("epoll_create1: %s", strerror(errno));
    struct epoll_event event;
    return epoll_wait(set, &event, 1, 1) < 0;
}

static bool wait_signal(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 9);
    return sigtimedwait(&set, NULL, &(struct timespec){0, 500000}) < 0;
}

static const struct {
    const char *name;
    bool is_restarted;
    bool (*wait)(void);
} kinds[] = {
    {"read", true, wait_read},
    {"sem_wait", true, wait_semaphore},
    {"waitpid", true, wait_child},
    {"sem_timedwait", false, wait_semaphore_for},
    {"recv, SO_RCVTIMEO", false, wait_receive},
    {"nanosleep", false, wait_sleep},
    {"poll", false, wait_poll},
    {"select", false, wait_select},
    {"epoll_wait", false, wait_epoll},
    {"sigtimedwait", false, wait_signal},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static soak_worker *workers[KINDS];

static void *run_calls(void *argument) {
    uintptr_t kind = (uintptr_t)argument;
    soak_call *call = soak_add_call(kinds[kind].name, kinds[kind].is_restarted);
    while (soak_goes_on()) {
        soak_spin(200);
        uint32_t phase = soak_phase();
        bool is_interrupted = kinds[kind].wait() && errno == EINTR;
        soak_called(call, phase, is_interrupted);
        soak_did(workers[kind]);
    }
    return NULL;
}

void start_calls(void) {
    soak_start_worker("sem_post", post);
    for (uintptr_t kind = 0; kind < KINDS; kind++) {
        pthread_t thread;
        workers[kind] = soak_add(kinds[kind].name);
        int status = pthread_create(&thread, NULL, run_calls, (void *)kind);
        if (status) soak_fail("pthread_create: %s", strerror(status));
        pthread_detach(thread);
    }
}
