/// What kind of thing a system call does (syscalls(2)), where its name tells.
struct SystemCallKind {
    /// The kind; ``ThreadEvent/Kind/file`` where it is that of the descriptor it is called with.
    let kind: ThreadEvent.Kind
    /// Where its target stands.
    let target: Target

    /// Where a call says what it is called with.
    enum Target {
        /// In what -y says of its first descriptor.
        case descriptor
        /// In its first string, a path; of a call that opens a file in what it returns.
        case path
        /// In a socket address.
        case address
        /// In the only descriptor of a set.
        case set
        /// Nowhere.
        case none
    }

    /// What is known of a call; nil: nothing.
    static func of(_ name: String) -> SystemCallKind? { table[name] }

    private static let table: [String: SystemCallKind] = {
        var table: [String: SystemCallKind] = [:]
        func add(_ kind: ThreadEvent.Kind, _ target: Target, _ names: String) {
            for name in names.split(separator: " ") { table[String(name)] = SystemCallKind(kind: kind, target: target) }
        }
        add(.disk, .descriptor, "fsync fdatasync sync_file_range syncfs")
        add(.disk, .none, "sync msync")
        add(
            .file, .descriptor,
            """
            read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close ftruncate fallocate fstat \
            fchmod fchown fstatfs getdents getdents64 fadvise64 readahead ioctl fcntl sendfile copy_file_range splice tee dup \
            dup2 dup3 fchdir fgetxattr fsetxattr
            """)
        add(
            .file, .path,
            """
            open openat openat2 creat stat lstat newfstatat fstatat64 statx access faccessat faccessat2 readlink readlinkat \
            unlink unlinkat mkdir mkdirat rmdir rename renameat renameat2 chmod fchmodat chown fchownat lchown truncate statfs \
            chdir link linkat symlink symlinkat utimensat getxattr lgetxattr setxattr inotify_add_watch getcwd
            """)
        add(.lock, .descriptor, "flock")
        add(.network, .address, "connect")
        add(
            .network, .descriptor,
            """
            accept accept4 recvfrom recvmsg recvmmsg sendto sendmsg sendmmsg shutdown bind listen getsockopt setsockopt \
            getsockname getpeername
            """)
        add(.network, .none, "socket socketpair")
        add(.poll, .set, "poll ppoll select pselect6")
        add(.poll, .none, "epoll_wait epoll_pwait epoll_pwait2 epoll_ctl io_uring_enter io_getevents")
        add(.sleep, .none, "nanosleep clock_nanosleep")
        add(.thread, .none, "futex futex_wait futex_waitv futex_wake pause rt_sigtimedwait rt_sigsuspend sigsuspend")
        add(.child, .none, "wait4 waitid waitpid")
        add(.child, .path, "execve execveat")
        add(.memory, .none, "mmap munmap mremap mprotect madvise brk mlock munlock")
        add(.other, .none, "clone clone3 fork vfork exit exit_group sched_yield restart_syscall")
        return table
    }()
}
