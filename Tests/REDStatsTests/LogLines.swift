import Logging
import Synchronization
import WallClock

/// What was logged, for those who look why a test failed, and tests of what is said.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    /// A logger that writes here.
    var logger: Logger { Logger(label: "test") { _ in LineHandler(lines: self) } }

    var all: [String] { lines.withLock { $0 } }
    /// How many lines have a text in them.
    func count(of text: String) -> Int { all.count { $0.contains(text) } }
    /// The last 20 lines.
    var latest: String { all.suffix(20).joined(separator: "\n") }

    fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LineHandler: LogHandler {
    let lines: LogLines
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.info

    init(lines: LogLines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add("\(Timestamp.now.text) \(event.level) \(event.message)") }
}
