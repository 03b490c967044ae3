// What a thread waits for, from the system call it is blocked in. No signal reaches it, and no lock of it is taken.
#define _GNU_SOURCE
#include "hp_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool hp_read_of_thread(uint32_t thread, const char *name, char *text, size_t capacity) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%u/%s", thread, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t count = read(file, text, capacity - 1);
    close(file);
    if (count <= 0) return false;
    text[count] = 0;
    return true;
}

// By what the descriptor is now; the thread may have been handed another one's number, which does no harm.
static hp_does by_descriptor(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status)) return HP_DOES_DISK;
    if (S_ISSOCK(status.st_mode)) return HP_DOES_NETWORK;
    if (S_ISFIFO(status.st_mode)) return HP_DOES_PIPE;
    // eventfd, timerfd, inotify and the like have no type (anon_inodes).
    if (S_ISCHR(status.st_mode) || !(status.st_mode & S_IFMT)) return HP_DOES_DEVICE;
    return HP_DOES_DISK;
}

// Not every architecture has every call: arm64 has none of the older ones.
static hp_does by_call(long call, unsigned long first, unsigned long second) {
    switch (call) {
    case SYS_futex: return HP_DOES_LOCK;
    case SYS_flock: return HP_DOES_LOCK;
    case SYS_fcntl: return second == F_SETLKW || second == F_OFD_SETLKW ? HP_DOES_LOCK : by_descriptor((int)first);
    case SYS_ppoll: case SYS_pselect6: case SYS_epoll_pwait:
#ifdef SYS_epoll_pwait2
    case SYS_epoll_pwait2:
#endif
#ifdef SYS_poll
    case SYS_poll: case SYS_select: case SYS_epoll_wait:
#endif
#ifdef SYS_io_uring_enter
    case SYS_io_uring_enter:
#endif
    case SYS_io_getevents: return HP_DOES_POLL;
    case SYS_accept: case SYS_accept4: case SYS_connect: case SYS_sendto: case SYS_recvfrom: case SYS_sendmsg:
    case SYS_recvmsg: case SYS_sendmmsg: case SYS_recvmmsg: return HP_DOES_NETWORK;
    case SYS_read: case SYS_write: case SYS_readv: case SYS_writev: case SYS_pread64: case SYS_pwrite64:
    case SYS_preadv: case SYS_pwritev: case SYS_ioctl: case SYS_sendfile: case SYS_splice:
#ifdef SYS_preadv2
    case SYS_preadv2: case SYS_pwritev2:
#endif
        return by_descriptor((int)first);
    case SYS_fsync: case SYS_fdatasync: case SYS_sync_file_range: case SYS_sync: case SYS_syncfs: case SYS_ftruncate:
    case SYS_truncate: case SYS_fallocate: case SYS_copy_file_range: case SYS_openat: case SYS_newfstatat: case SYS_fstat:
    case SYS_unlinkat: case SYS_renameat2: case SYS_mkdirat: case SYS_getdents64: case SYS_faccessat: case SYS_readlinkat:
    case SYS_linkat: case SYS_symlinkat: case SYS_statfs: case SYS_fstatfs: case SYS_close:
#ifdef SYS_statx
    case SYS_statx:
#endif
#ifdef SYS_open
    case SYS_open: case SYS_creat: case SYS_stat: case SYS_lstat: case SYS_unlink: case SYS_rename: case SYS_mkdir:
    case SYS_rmdir: case SYS_access: case SYS_readlink: case SYS_link: case SYS_symlink:
#endif
        return HP_DOES_DISK;
    case SYS_nanosleep: case SYS_clock_nanosleep: return HP_DOES_SLEEP;
    case SYS_wait4: case SYS_waitid: case SYS_clone:
    // A call that spawns waits until its child runs another program (vfork(2)).
#ifdef SYS_vfork
    case SYS_vfork:
#endif
#ifdef SYS_clone3
    case SYS_clone3:
#endif
        return HP_DOES_CHILD;
#ifdef SYS_pause
    case SYS_pause:
#endif
    case SYS_rt_sigtimedwait: case SYS_rt_sigsuspend: return HP_DOES_SIGNAL;
    // Blocked outside a call: a page that a file or the swap space has yet to give, or the map of addresses is locked.
    case -1: case SYS_mmap: case SYS_munmap: case SYS_mprotect: case SYS_madvise: case SYS_brk: case SYS_mremap:
        return HP_DOES_MEMORY;
    default: return HP_DOES_CALL;
    }
}

// The state alone, the letter after the program's name in parentheses: where `syscall` may not be read.
static hp_does by_state(uint32_t thread) {
    char text[256];
    if (!hp_read_of_thread(thread, "stat", text, sizeof text)) return HP_DOES_UNKNOWN;
    const char *name_end = strrchr(text, ')');
    if (!name_end || name_end[1] != ' ') return HP_DOES_UNKNOWN;
    switch (name_end[2]) {
    case 'R': return HP_DOES_RUN;
    case 'S': return HP_DOES_WAIT;
    case 'D': return HP_DOES_DISK;
    case 'T': case 't': return HP_DOES_STOP;
    default: return HP_DOES_UNKNOWN;
    }
}

void hp_look_at_wait(uint32_t thread, hp_wait *wait) {
    char text[256];
    *wait = (hp_wait){.does = HP_DOES_RUN};
    if (!hp_read_of_thread(thread, "syscall", text, sizeof text)) {
        wait->does = by_state(thread);
        return;
    }
    if (text[0] == 'r') return;
    // The number of the call and its six arguments, or -1; the stack pointer; the program counter.
    enum { ARGUMENTS = 6 };
    char *rest;
    long number = strtol(text, &rest, 10);
    unsigned long arguments[ARGUMENTS] = {0};
    for (int index = 0; number >= 0 && index < ARGUMENTS; index++) arguments[index] = strtoul(rest, &rest, 16);
    wait->stack_pointer = strtoul(rest, &rest, 16);
    wait->does = by_call(number, arguments[0], arguments[1]);
    if (wait->does == HP_DOES_CALL) wait->call = (uint32_t)number;
    uint64_t identity = 0xcbf29ce484222325; // FNV-1a
    for (const char *at = text; *at; at++) identity = (identity ^ (uint8_t)*at) * 0x100000001b3;
    wait->identity = identity ? identity : 1;
}

hp_does hp_look_at_thread(uint32_t thread, uint32_t *call) {
    hp_wait wait;
    hp_look_at_wait(thread, &wait);
    if (wait.does == HP_DOES_CALL) *call = wait.call;
    return wait.does;
}
