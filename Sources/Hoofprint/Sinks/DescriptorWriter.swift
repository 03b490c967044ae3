import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Writes lines to a file descriptor; mends a line that was cut short, and does not wait for a reader that sleeps.
struct DescriptorWriter {
    /// Whether the last write ended inside a line, which the next one has to close.
    private(set) var isInsideLine = false
    /// How long may still be waited until the next flush, milliseconds.
    private var patience = fullPatience

    /// Half of what a flush is waited for, less some: two flushes in a row must not exceed it.
    private static let fullPatience: Int32 = 750

    /// Begins a flush: the reader has as long again.
    mutating func beginFlush() {
        patience = Self.fullPatience
    }

    /// Writes `lines` with as few write(2) calls as it takes, and returns how many bytes of it were taken.
    ///
    /// Where a pipe is full it is waited for, in all at most 750 ms a flush, and what does not go in then is not taken. At
    /// most PIPE_BUF bytes a call reach a pipe in one piece, and do so without blocking where poll(2) says that there is
    /// room. Signals are blocked on the flush thread, so a pipe nobody reads is EPIPE here and a file at its size limit
    /// EFBIG.
    mutating func write(_ lines: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        if isInsideLine {
            guard writeAll("\n".utf8.map { $0 }, to: descriptor) == 1 else { return 0 }
            isInsideLine = false
        }
        let taken = writeAll(lines, to: descriptor)
        if taken > 0 { isInsideLine = lines[taken - 1] != UInt8(ascii: "\n") }
        return taken
    }

    private mutating func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
    }

    private mutating func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        var taken = 0
        while taken < bytes.count, let base = bytes.baseAddress, waitForRoom(descriptor) {
            let count = Self.systemWrite(descriptor, base + taken, min(bytes.count - taken, Int(PIPE_BUF)))
            if count > 0 {
                taken += count
            } else if count < 0, errno == EAGAIN {
                // Room for less than this: poll(2) does not wait for more.
                guard patience > 0 else { break }
                patience -= 1
                usleep(1000)
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        return taken
    }

    /// Waits until the descriptor takes something, or has an error to tell. False: the flush's patience is over.
    private mutating func waitForRoom(_ descriptor: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&wanted, 1, 0) != 0 { return true }
        let before = Self.milliseconds()
        let found = patience > 0 ? poll(&wanted, 1, patience) : 0
        patience = max(0, patience - Self.milliseconds() + before)
        return found != 0
    }

    private static func milliseconds() -> Int32 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int32(truncatingIfNeeded: now.tv_sec * 1000 + now.tv_nsec / 1_000_000)
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #else
        Musl.write(descriptor, bytes, count)
        #endif
    }
}
