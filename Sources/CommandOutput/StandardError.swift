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
        write(Array("\(line)\n".utf8), to: STDERR_FILENO)
    }

    /// Writes bytes, as long as that may take. Returns whether all were taken.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
            if count < 0 {
                switch errno {
                case EINTR: break
                case EAGAIN:
                    // Another process that has this file made it one that does not wait.
                    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&wanted, 1, -1)
                default: return false
                }
            }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}

/// write(2), whose name methods hide.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
