#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How many files the process may have open, each connection being one.
package enum DescriptorLimit {
    /// Descriptors for other things than connections: files that are received or sent, databases, the log.
    package static let reserved = 512

    /// Raises the limit as far as the process may; gives it.
    package static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        let current = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_max : current)
    }
}
