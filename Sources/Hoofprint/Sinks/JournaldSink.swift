import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Sends records to systemd's journal by its native protocol
/// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL), one entry a line.
///
/// An entry has the line as `MESSAGE`, `PRIORITY=6` (informational) and `SYSLOG_IDENTIFIER`; the journal adds the process's id,
/// unit and host. `journalctl -t red` lists a program's records, in any output form that shows the message.
///
/// A journal that was restarted is connected to again. Where there is none, that is told once on standard error, and
/// tried again at every flush; what the journal's socket does not take is counted as lost. What the journal takes and then
/// throws away, above its `RateLimitBurst` (Debian 12: 10,000 entries of a service in 30 s), a reader of the log finds as
/// gaps in the records' numbers.
///
/// Costs a system call a line, on the flush thread.
public final class JournaldSink: Sink {
    /// The system journal's socket.
    public static let defaultSocketPath = "/run/systemd/journal/socket"

    private let socket: Mutex<DatagramSocket>

    /// What stands before a line; it does not change.
    public let crashPrefix: [UInt8]

    /// Makes a sink; the journal is connected to at the first flush.
    ///
    /// - Parameters:
    ///   - socketPath: The journal's native socket, at most 107 bytes; that of a journal namespace is
    ///     `/run/systemd/journal.NAMESPACE/socket`.
    ///   - identifier: The entries' `SYSLOG_IDENTIFIER`, by default the program's file name. What does not belong into
    ///     one is replaced by `_`, and at most 32 characters are kept.
    public init(socketPath: String = JournaldSink.defaultSocketPath, identifier: String? = nil) {
        socket = Mutex(DatagramSocket(daemon: "the journal", path: socketPath))
        let tag = SyslogTag(identifier ?? Session.programName()).text
        crashPrefix = Array("SYSLOG_IDENTIFIER=\(tag)\nPRIORITY=6\nMESSAGE=".utf8)
    }

    /// Connects to the journal where there is no connection; gives a full queue another 750 ms.
    public func prepare() -> Bool {
        socket.withLock { $0.prepare() }
    }

    /// The socket's.
    public var crashDescriptor: Int32? {
        socket.withLock { $0.descriptor }
    }

    /// Sends lines; waits at most 750 ms a flush for a journal that does not read.
    public func write(_ lines: UnsafeRawBufferPointer) -> Int {
        // In the protocol a line feed ends the field.
        socket.withLock { $0.send(lines, prefix: crashPrefix, isEnded: true) }
    }
}
