#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How many files the process may have open, each connection being one.
struct DescriptorLimit: Sendable, Equatable {
    /// While so many sockets are not yet, or no longer, counted as connections, none is taken. As many come at once
    /// (`maxMessagesPerRead` of a listening socket), so that there are less than twice as many.
    static let betweenConnections = 4

    /// The most descriptors.
    let descriptors: Int
    /// How many are open.
    let taken: Int

    /// How many connections, and files that are open for them, there may be at once.
    ///
    /// The rest is for what comes and goes besides: databases, deliveries, the log, and libdispatch, which reads
    /// `/proc/self/task` to see whether its threads work, and ends the process where it cannot.
    var forConnections: Int {
        let besides = min(512, max(16, descriptors / 8))
        return max(1, descriptors - taken - besides - 2 * Self.betweenConnections)
    }

    /// Raises the process's limit as far as it may, and looks how many descriptors are open.
    static func raised() -> DescriptorLimit {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return DescriptorLimit(descriptors: 1_024, taken: open(below: 1_024))
        }
        let current = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        let descriptors = Int(clamping: isRaised ? limit.rlim_max : current)
        return DescriptorLimit(descriptors: descriptors, taken: open(below: descriptors))
    }

    /// How many descriptors are open. Asked one by one where there is no `/proc`.
    private static func open(below limit: Int) -> Int {
        guard let folder = opendir("/proc/self/fd") else {
            return (0..<min(limit, 65_536)).count { fcntl(Int32($0), F_GETFD) >= 0 }
        }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Besides `.`, `..` and the folder's own.
        return max(0, count - 3)
    }
}
