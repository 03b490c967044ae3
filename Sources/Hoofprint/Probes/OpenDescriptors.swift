#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's open descriptors, found by asking for each number from 0 on: the kernel hands out the lowest that is free
/// (open(2)). Listing `/proc/self/fd` instead takes half a microsecond a descriptor before anything is known about one.
enum OpenDescriptors {
    /// Numbers from this on are not asked for.
    static let maximum = 1000

    /// Calls `isOpen` with each number until as many were open as the kernel says there are.
    ///
    /// - Parameter isOpen: Looks at a number, and says whether it is open.
    /// - Returns: How many were open and not looked at. Nil: the kernel, before 6.2, does not say how many there are.
    static func forEach(_ isOpen: (Int32) -> Bool) -> UInt64? {
        let total = count()
        var found: UInt64 = 0
        for number in 0..<Int32(maximum) {
            if found == total { break }
            if isOpen(number) { found += 1 }
        }
        return total.map { $0 > found ? $0 - found : 0 }
    }

    /// The folder's size is the number of descriptors (proc(5), /proc/pid/fd). The thread's folder, not the process's: that one
    /// is empty once the first thread has ended.
    private static func count() -> UInt64? {
        var status = stat()
        guard stat("/proc/thread-self/fd", &status) == 0, status.st_size > 0 else { return nil }
        return UInt64(status.st_size)
    }
}
