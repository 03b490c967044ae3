#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Standard error, written to without a buffer.
package enum StandardError {
    /// Writes a line in one call, so that lines of several threads stay whole. Where standard error is gone there is nowhere left
    /// to say it.
    package static func write(_ line: String) {
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(STDERR_FILENO, $0) }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

/// write(2), whose name methods hide.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
