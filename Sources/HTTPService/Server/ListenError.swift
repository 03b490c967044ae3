#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// An address that cannot be listened on.
package struct ListenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name or address.
    package let host: String
    /// The port.
    package let port: Int
    /// The system's error number, see bind(2).
    package let code: Int32

    /// The address, what the system says of it, and what to do.
    package var description: String {
        let mend =
            switch code {
            case EADDRINUSE: "another program listens there; stop it, or give another port with --port (0: a free one)"
            case EACCES: "\(SystemText.error(code)); give a port above 1023 with --port"
            default: "\(SystemText.error(code)); give an address of this computer with --host"
            }
        return "cannot listen on \(host):\(port): \(mend)"
    }
}
