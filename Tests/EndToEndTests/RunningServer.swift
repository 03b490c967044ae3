import Foundation
import Synchronization
import TestSupport

/// A server program run by a test: started, known to listen, stopped, its standard error kept.
final class RunningServer: Sendable {
    struct DidNotListen: Error {
        let log: String
    }

    let url: String
    private let process: Mutex<Process>
    private let log: LogReader

    /// Starts `executable` and waits until it says where it listens.
    init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProgramRun.environment(environment)
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        log = LogReader(errors.fileHandleForReading)
        guard let line = log.line(containing: "listening on http://"), let start = line.range(of: "http://") else {
            process.terminate()
            throw DidNotListen(log: log.text)
        }
        url = String(line[start.lowerBound...].prefix { !$0.isWhitespace })
        self.process = Mutex(process)
    }

    /// The most memory it has had resident, in bytes (VmHWM of proc(5)).
    func peakResidentBytes() throws -> Int {
        let pid = process.withLock { $0.processIdentifier }
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) * 1024
    }

    /// Asks it to end, with SIGTERM, and waits; returns its status and everything it logged.
    func stop() -> (status: Int32, log: String) {
        let status = process.withLock { process in
            process.terminate()
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }
        log.waitUntilClosed()
        return (status, log.text)
    }

    deinit {
        process.withLock { if $0.isRunning { $0.terminate() } }
    }
}

/// Reads a stream on a thread of its own; others wait for what they need.
private final class LogReader: @unchecked Sendable {
    // Sound: the fields are used with the condition's lock held.
    private let condition = NSCondition()
    private var bytes = Data()
    private var isClosed = false

    init(_ stream: FileHandle) {
        Thread.detachNewThread { [self] in
            while true {
                let piece = stream.availableData
                condition.lock()
                bytes.append(piece)
                isClosed = piece.isEmpty
                condition.broadcast()
                condition.unlock()
                if piece.isEmpty { return }
            }
        }
    }

    var text: String {
        condition.lock()
        defer { condition.unlock() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits for a whole line with `text` in it; nil where the stream ends without.
    func line(containing text: String) -> String? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            if let line = lines.dropLast().first(where: { $0.contains(text) }) { return String(line) }
            if isClosed { return nil }
            condition.wait()
        }
    }

    func waitUntilClosed() {
        condition.lock()
        while !isClosed { condition.wait() }
        condition.unlock()
    }
}
