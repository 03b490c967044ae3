// What Hoofprint says for itself goes to the program's standard error, from the program's threads: it must neither block
// there, nor raise a signal, nor reach another file.
#define _GNU_SOURCE
#include "CHoofprint.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static pthread_once_t is_known = PTHREAD_ONCE_INIT;
static struct stat at_start;
static bool is_there;

static void know_error_output(void) { is_there = !fstat(STDERR_FILENO, &at_start); }

void hp_find_error_output(void) { pthread_once(&is_known, know_error_output); }

static void write_now(const void *text, size_t length, mode_t mode) {
    if (S_ISSOCK(mode)) {
        (void)!send(STDERR_FILENO, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        return;
    }
    if (!S_ISREG(mode)) {
        // An open file of our own: O_NONBLOCK on the program's would be there for all who share it.
        int own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (own >= 0) {
            (void)!write(own, text, length);
            close(own);
            return;
        }
        struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
        if (poll(&room, 1, 0) != 1 || !(room.revents & POLLOUT)) return;
    }
    (void)!write(STDERR_FILENO, text, length);
}

void hp_say(const void *text, size_t length) {
    int error = errno;
    hp_find_error_output();
    struct stat now;
    if (is_there && !fstat(STDERR_FILENO, &now) && now.st_dev == at_start.st_dev && now.st_ino == at_start.st_ino) {
        // A pipe without a reader and a file at its limit raise signals, at the thread that writes.
        sigset_t raised, blocked, pending;
        sigemptyset(&raised);
        sigaddset(&raised, SIGPIPE);
        sigaddset(&raised, SIGXFSZ);
        pthread_sigmask(SIG_BLOCK, &raised, &blocked);
        sigpending(&pending);
        write_now(text, length, now.st_mode);
        // Those that were pending before are the program's.
        if (sigismember(&pending, SIGPIPE)) sigdelset(&raised, SIGPIPE);
        if (sigismember(&pending, SIGXFSZ)) sigdelset(&raised, SIGXFSZ);
        const struct timespec at_once = {0};
        while (sigtimedwait(&raised, NULL, &at_once) > 0) continue;
        pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    }
    errno = error;
}
