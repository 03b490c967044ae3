#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A system call that failed, as its `errno` says.
struct SystemFailure: Error, Equatable, CustomStringConvertible {
    let code: CInt

    /// What the calling thread's last failed system call said.
    static var last: SystemFailure { SystemFailure(code: errno) }

    /// Whether a symbolic link was not followed, or led in a circle.
    var isSymbolicLink: Bool { code == ELOOP }

    /// Whether there is no such file.
    var isMissing: Bool { code == ENOENT }

    /// The system's text for the error.
    var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        // Not strerror: its text may change under another thread's call.
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
