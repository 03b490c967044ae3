import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Sends records to the machine's syslog daemon, one message a line, in the form that syslog(3) sends:
/// `<14>Nov  5 02:49:59 red[4242]: ~hp1 …` (RFC 3164's, without the host).
///
/// Facility and severity are `user.info`, the time stamp is in local time. rsyslog, syslog-ng and the journal
/// understand the form, and take records of 4,096 bytes; a daemon that forwards over UDP by RFC 3164 may cut messages to
/// 1,024.
///
/// A daemon that was restarted is connected to again. Where there is none, that is told once on standard error, and tried
/// again at every flush; what the daemon's socket does not take is counted as lost. A crash is written with the time stamp
/// of the last flush.
///
/// Costs a system call a line, on the flush thread.
public final class SyslogSink: Sink {
    /// The syslog daemon's socket, as in `paths.h`.
    public static let defaultSocketPath = "/dev/log"

    private let tag: String
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var socket: DatagramSocket
        var header: [UInt8] = []
    }

    /// Makes a sink; the daemon is connected to at the first flush.
    ///
    /// - Parameters:
    ///   - socketPath: The daemon's socket, at most 107 bytes.
    ///   - identifier: The messages' tag, by default the program's file name. What does not belong into one is replaced
    ///     by `_`, and at most 32 characters are kept.
    public init(socketPath: String = SyslogSink.defaultSocketPath, identifier: String? = nil) {
        tag = SyslogTag(identifier ?? Session.programName()).text
        state = Mutex(State(socket: DatagramSocket(daemon: "the syslog daemon", path: socketPath)))
        // So that localtime_r(3) need not read the environment later, when the program may be changing it.
        tzset()
    }

    /// Connects to the daemon where there is no connection; gives a full queue another 750 ms.
    public func prepare() -> Bool {
        state.withLock { state in
            state.header = Self.header(tag)
            return state.socket.prepare()
        }
    }

    /// The socket's.
    public var crashDescriptor: Int32? {
        state.withLock { $0.socket.descriptor }
    }

    /// A message's header, with the time of the last ``prepare()``.
    public var crashPrefix: [UInt8] {
        state.withLock { $0.header }
    }

    /// Sends lines; waits at most 750 ms a flush for a daemon that does not read.
    public func write(_ lines: UnsafeRawBufferPointer) -> Int {
        state.withLock { state in
            state.header = Self.header(tag)
            return state.socket.send(lines, prefix: state.header, isEnded: false)
        }
    }

    private static func header(_ tag: String) -> [UInt8] {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return header(tag, local, pid: getpid())
    }

    /// Returns what stands before a line: priority, time stamp and tag (RFC 3164, 4.1).
    static func header(_ tag: String, _ time: tm, pid: pid_t) -> [UInt8] {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func padded(_ number: Int32, _ filler: Character) -> String {
            number < 10 ? "\(filler)\(number)" : "\(number)"
        }
        let clock = [time.tm_hour, time.tm_min, time.tm_sec].map { padded($0, "0") }.joined(separator: ":")
        return Array("<14>\(months[Int(time.tm_mon)]) \(padded(time.tm_mday, " ")) \(clock) \(tag)[\(pid)]: ".utf8)
    }
}

/// A program's name as syslog has it: at most 32 characters (RFC 3164, 4.1.3), none of which ends a tag or a line.
struct SyslogTag {
    let text: String

    init(_ name: String) {
        let marks = "-._+"
        let kept = name.prefix(32).map { character -> Character in
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            return isPlain || marks.contains(character) ? character : "_"
        }
        text = kept.isEmpty ? "hoofprint" : String(kept)
    }
}
