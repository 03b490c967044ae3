#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Why a program is not run: a message for standard error, and the status to exit with.
struct LaunchError: Error {
    let message: String
    let status: Int32

    /// The command line is wrong, or the program cannot be sampled.
    static func refused(_ message: String) -> LaunchError { LaunchError(message: message, status: 2) }

    /// The program cannot be run; 126 as shells have it.
    static func notRunnable(_ message: String) -> LaunchError { LaunchError(message: message, status: 126) }

    /// There is no such program; 127 as shells have it.
    static func notFound(_ message: String) -> LaunchError { LaunchError(message: message, status: 127) }
}

/// Standard error, where everything is said but the help.
enum StandardError {
    /// Writes a line. Where standard error is gone there is nowhere left to say it.
    static func say(_ message: String) {
        let line = Array("hoofprint-agent: \(message)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
