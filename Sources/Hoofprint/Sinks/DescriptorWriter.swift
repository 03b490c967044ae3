#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Writes lines to a file descriptor; mends a line that was cut short, and does not wait for a reader that sleeps.
struct DescriptorWriter {
    /// Whether the last write ended inside a line, which the next one has to close.
    private(set) var isInsideLine = false
    /// Whether that line lacks nothing but its line feed, which then counts as taken: whatever comes next closes it.
    private(set) var owesFeed = false
    /// Why the last write did not take all, as an error number; nil: it did, or there was no room for the rest.
    private(set) var failure: Int32?
    private var patience = FlushPatience()

    /// Begins a flush: the reader has as long again.
    mutating func beginFlush() {
        patience = FlushPatience()
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
        owesFeed = false
        let taken = writeAll(lines, to: descriptor)
        if taken > 0 { isInsideLine = lines[taken - 1] != UInt8(ascii: "\n") }
        owesFeed = isInsideLine && taken > 0 && taken < lines.count && lines[taken] == UInt8(ascii: "\n")
        return owesFeed ? taken + 1 : taken
    }

    private mutating func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
    }

    private mutating func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        failure = nil
        var taken = 0
        while taken < bytes.count, let base = bytes.baseAddress, patience.waitForRoom(descriptor) {
            let count = Self.systemWrite(descriptor, base + taken, min(bytes.count - taken, Int(PIPE_BUF)))
            if count > 0 {
                taken += count
            } else if count < 0, errno == EAGAIN {
                // Room for less than this: poll(2) does not wait for more.
                guard patience.nap() else { break }
            } else if count == 0 || errno != EINTR {
                failure = count == 0 ? nil : errno
                break
            }
        }
        return taken
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #else
        Musl.write(descriptor, bytes, count)
        #endif
    }
}
