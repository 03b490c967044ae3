#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The system's words.
package enum SystemText {
    /// What an error number means.
    package static func error(_ code: Int32) -> String {
        // strerror(3) of glibc 2.32 and musl is thread-safe and gives no null pointer.
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
