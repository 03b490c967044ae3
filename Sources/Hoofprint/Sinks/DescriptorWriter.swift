#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Writes lines to a file descriptor; mends a line that was cut short.
struct DescriptorWriter {
    /// Whether the last write ended inside a line, which the next one has to close.
    private(set) var isInsideLine = false

    /// Writes `lines` with as few write(2) calls as it takes, and returns how many bytes of it were taken.
    ///
    /// Signals are blocked on the flush thread, so a pipe nobody reads is EPIPE here and a file at its size limit EFBIG.
    mutating func write(_ lines: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        if isInsideLine {
            guard writeOnce("\n".utf8.map { $0 }, to: descriptor) == 1 else { return 0 }
            isInsideLine = false
        }
        var taken = 0
        while taken < lines.count, let base = lines.baseAddress {
            let count = Self.systemWrite(descriptor, base + taken, lines.count - taken)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            taken += count
        }
        if taken > 0 { isInsideLine = lines[taken - 1] != UInt8(ascii: "\n") }
        return taken
    }

    private func writeOnce(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        bytes.withUnsafeBytes { Self.systemWrite(descriptor, $0.baseAddress, $0.count) }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #else
        Musl.write(descriptor, bytes, count)
        #endif
    }
}
