import HTTPService

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A call to the system that failed on a file of the store.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was being done: `write`, `create the folder`.
    public let action: String
    /// The file or folder it was done to.
    public let path: String
    /// The system's error number, see errno(3).
    public let code: Int32
    /// What is wrong, where something else than the system says it.
    public var detail: String?

    /// A call that failed.
    init(action: String, path: String, code: Int32, detail: String? = nil) {
        self.action = action
        self.path = path
        self.code = code
        self.detail = detail
    }

    /// Whether there is no room: on the disk, or in the user's quota.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether more events wait for the broker than are kept.
    var isWaitingForBroker: Bool { code == ENOBUFS }

    /// What was being done, to which file, and what the system says of it.
    public var description: String { "cannot \(action) '\(path)': \(detail ?? SystemText.error(code))" }
}
