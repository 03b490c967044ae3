#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Standard error, written to without a buffer.
enum StandardError {
    /// Writes a line in one call, so that lines of several threads stay whole.
    static func write(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(2, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            written += max(0, count)
        }
    }
}

/// write(2), whose name a method hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
