#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A ring file beside a log that a killed process left: what the process was doing, and had not yet written to the log.
public struct LeftRing: Sendable, Equatable {
    /// Its path.
    public let path: String
    /// The path of the log that it belongs to, as given.
    public let log: String
    /// Whether the report is of it, too.
    public var use: Use

    /// Whether it was read.
    public enum Use: Sendable, Equatable {
        /// It was not asked for.
        case unread
        /// It was read with the log.
        case read
        /// It was asked for and cannot be read, for this reason.
        case unreadable(String)
    }

    init(path: String, log: String, use: Use = .unread) {
        (self.path, self.log, self.use) = (path, log, use)
    }

    /// Whether it is named by the number of a process, as rings are: `server.log.ring.4242`, `server.log.ring.4242.1`.
    func isOf(pid: UInt64) -> Bool {
        let suffix = path.dropFirst(log.count + Self.infix.count)
        return suffix.split(separator: ".").first.map(String.init) == String(pid)
    }

    /// What stands between a log's name and the process's number.
    static let infix = ".ring."

    /// Reads it: once, since the next start of its program takes it into the log and removes it.
    mutating func read() -> LogInput? {
        do throws(LogReadError) {
            guard let lines = try RingLog.lines(ofFile: path) else { return nil }
            use = .read
            return .bytes(lines, name: path)
        } catch {
            use = .unreadable(error.reason ?? String(cString: strerror(error.errorNumber)))
            return nil
        }
    }
}
