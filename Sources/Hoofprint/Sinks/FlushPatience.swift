import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How long a sink may still wait for a reader that sleeps, until the next flush.
struct FlushPatience {
    private var milliseconds = full

    /// Half of what a flush is waited for, less some: two flushes in a row must not exceed it.
    private static let full: Int32 = 750

    /// Waits until `descriptor` takes something, or has an error to tell. False: the patience is over.
    mutating func waitForRoom(_ descriptor: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&wanted, 1, 0) != 0 { return true }
        let before = Self.now()
        let found = milliseconds > 0 ? poll(&wanted, 1, milliseconds) : 0
        milliseconds = max(0, milliseconds - Self.now() + before)
        return found != 0
    }

    /// Waits a millisecond, where poll(2) saw room for something but not for what there is. False: the patience is over.
    mutating func nap() -> Bool {
        guard milliseconds > 0 else { return false }
        milliseconds -= 1
        usleep(1000)
        return true
    }

    private static func now() -> Int32 {
        Int32(truncatingIfNeeded: hp_clock_ns(CLOCK_MONOTONIC) / 1_000_000)
    }
}
