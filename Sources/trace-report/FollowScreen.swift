#if Tools
import CommandOutput
import TraceReport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What is shown while logs are followed: the beginning of the report, and below it a line that says how far it is.
struct FollowScreen {
    /// What was told of the logs; the newest is shown.
    var notes: [String] = []
    /// Whether keys are listened to.
    let keys: Bool
    private var screen = Screen()

    init(keys: Bool) {
        self.keys = keys
    }

    mutating func enter() throws(OutputError) { try screen.enter(keys: keys) }

    mutating func leave() throws(OutputError) { try screen.leave() }

    mutating func clear() throws(OutputError) { try screen.clear() }

    /// Shows text.
    ///
    /// - Parameters:
    ///   - logs: How many are followed.
    ///   - bytes: How much was read of them.
    mutating func show(_ text: String, logs: Int, bytes: UInt64) throws(OutputError) {
        let size = Screen.size
        let below = notes.isEmpty ? 1 : 2
        let (lines, left) = ScreenLines.fitting(text, rows: size.rows - below, columns: size.columns)
        let empty = Array(repeating: "", count: max(0, size.rows - below - lines.count))
        var status = "Following \(logs) log\(logs == 1 ? "" : "s"), \(Quantity.bytes(bytes)) read. "
        status += keys ? "q or Ctrl-C ends" : "Ctrl-C ends"
        status += left > 0 ? ", and shows \(left) more line\(left == 1 ? "" : "s")." : "."
        let under = (notes.last.map { [$0] } ?? []) + [status]
        try screen.draw(lines + empty + under.map { ScreenLines.cut($0, columns: size.columns) })
    }

    /// Reads the keys that were pressed; true: q is one of them, or the keyboard is gone.
    func isEndAsked() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        return count == 0 || bytes.prefix(max(0, count)).contains { $0 == UInt8(ascii: "q") || $0 == UInt8(ascii: "Q") }
    }
}

extension FollowedLogs.Note {
    /// What is not read, and why.
    var message: String {
        let path = "'" + SafeText.escaped(path) + "'"
        switch obstacle {
        case nil: return "\(path) is not there; it is waited for."
        case .packed: return "\(path) is packed, and not read: a packed log is read when it is there at the beginning."
        case .binary: return "\(path) is no text, and not read."
        case .unreadable(let error): return error.message
        }
    }
}
#endif
