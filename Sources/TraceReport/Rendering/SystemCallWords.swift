/// System calls in words that someone understands who never heard of them.
enum SystemCallWords {
    /// What a thread does, or waits for, in a call: `until it is on disk`; nil: its name has to do.
    static func meaning(of activity: ThreadEvent.Activity) -> String? {
        switch (activity.kind, activity.name) {
        case (.disk, _): "until it is on disk"
        case (.lock, _): "for a lock"
        case (.thread, _): "for another thread"
        case (.poll, "epoll_ctl"): nil
        case (.poll, _): "until a descriptor is ready"
        case (.sleep, _): "sleeping"
        case (.child, "execve"), (.child, "execveat"): "starting a program"
        case (.child, _): "for a child process"
        case (.network, "connect"): "for a connection"
        case (.network, "accept"), (.network, "accept4"): "for a client to connect"
        case (.network, let name) where name.hasPrefix("recv") || name.hasPrefix("read"): "for bytes from a peer"
        case (.network, let name) where name.hasPrefix("send") || name.hasPrefix("write"): "sending to a peer"
        case (.pipe, let name) where name.hasPrefix("read"): "for bytes from a pipe or terminal"
        case (.pipe, let name) where name.hasPrefix("write"): "writing to a pipe or terminal"
        case (.file, let name): fileMeaning(name)
        case (.memory, _): "mapping memory"
        case (.other, "futex"): "waking other threads"
        case (.other, "clone"), (.other, "clone3"), (.other, "fork"), (.other, "vfork"): "starting a thread or process"
        case (.other, "sched_yield"): "letting others run"
        default: nil
        }
    }

    private static func fileMeaning(_ name: String) -> String? {
        for (start, meaning) in [
            ("read", "reading a file"), ("pread", "reading a file"), ("write", "writing a file"),
            ("pwrite", "writing a file"), ("open", "opening a file"), ("close", "closing a file"),
            ("getdents", "listing a folder"), ("rename", "renaming a file"), ("unlink", "deleting a file"),
            ("sendfile", "copying a file"), ("copy_file_range", "copying a file"), ("f", "changing a file"),
        ] where name.hasPrefix(start) {
            return meaning
        }
        return name.contains("stat") || name.contains("access") ? "looking up a file" : nil
    }
}
