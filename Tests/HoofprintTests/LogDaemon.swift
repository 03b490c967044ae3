import Foundation
import TestSupport
import Testing

@testable import Hoofprint

/// A sink, and the daemon that it is tested with.
enum DaemonKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case journald
    case rsyslogd
    /// The journal's own socket for syslog(3), which /dev/log is where systemd runs.
    case journaldBySyslog

    var testDescription: String { rawValue }
}

/// A log daemon of its own for a test, with its socket and its log in a temporary folder.
///
/// The journal runs as a namespace of its own, in a mount namespace in which the folders that journals are kept in are
/// the test's: neither the machine's journal nor root is needed.
final class LogDaemon {
    let kind: DaemonKind
    private let folder: TemporaryFolder
    private var process = Process()
    private var markers = 0

    init(_ kind: DaemonKind) throws {
        self.kind = kind
        folder = try TemporaryFolder()
        for name in ["run", "log"] {
            try FileManager.default.createDirectory(
                at: folder.url.appendingPathComponent(name), withIntermediateDirectories: false)
        }
        try start()
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGCONT)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// The daemon ended by itself.
    struct Ended: Error {
        let said: String
    }

    /// The daemon's socket.
    var socketPath: String {
        let name =
            switch kind {
            case .journald: "socket"
            case .rsyslogd: "log.sock"
            case .journaldBySyslog: "dev-log"
            }
        return folder.url.appendingPathComponent("run/\(name)").path
    }

    /// What HOOFPRINT_SINK calls a sink to this daemon.
    var sinkName: String { (kind == .journald ? "journald:" : "syslog:") + socketPath }

    /// A sink to this daemon.
    func sink(identifier: String? = nil) -> any Sink {
        kind == .journald
            ? JournaldSink(socketPath: socketPath, identifier: identifier)
            : SyslogSink(socketPath: socketPath, identifier: identifier)
    }

    /// Starts the daemon, and returns when it takes messages.
    func start() throws {
        // What a stopped daemon left is not to be taken for the next one's.
        _ = unlink(socketPath)
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = Self.unblockingSignals + (try kind == .rsyslogd ? rsyslogd() : journald())
        let output = folder.url.appendingPathComponent("out")
        try Data().write(to: output)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try process.run()
        while access(socketPath, F_OK) != 0 || !sendMarker() {
            guard process.isRunning else { throw Ended(said: try String(contentsOf: output, encoding: .utf8)) }
            usleep(2000)
        }
        try waitForMarker()
    }

    /// A command that runs another one with no signal blocked: the threads that tests run on block SIGTERM, and what they
    /// start inherits that.
    private static let unblockingSignals = [
        "python3", "-c",
        "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execvp(sys.argv[1], sys.argv[1:])",
    ]

    private func rsyslogd() throws -> [String] {
        let configuration = """
            global(workDirectory="\(folder.url.path)/run")
            module(load="imuxsock" SysSock.Use="off")
            input(type="imuxsock" Socket="\(socketPath)")
            action(type="omfile" file="\(folder.url.path)/log/messages" template="RSYSLOG_TraditionalFileFormat")
            """
        let file = folder.url.appendingPathComponent("rsyslog.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        return ["/usr/sbin/rsyslogd", "-n", "-f", file.path, "-i", "NONE"]
    }

    private func journald() throws -> [String] {
        let script = """
            for folder in /run/log /var/log; do
                [ ! -d $folder ] || mount --bind "$1/log" $folder || exit
            done
            for daemon in /usr/lib/systemd/systemd-journald /lib/systemd/systemd-journald; do
                [ ! -x $daemon ] || RUNTIME_DIRECTORY="$1/run" exec $daemon hoofprint
            done
            echo "no systemd-journald; run scripts/setup" >&2; exit 1
            """
        return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", folder.url.path]
    }

    /// Ends the daemon, after it has written what it got so far.
    func stop() throws {
        try drain()
        process.terminate()
        process.waitUntilExit()
    }

    /// Keeps the daemon from reading, as a machine that is too busy would.
    func pause() throws {
        try drain()
        kill(process.processIdentifier, SIGSTOP)
        let status = "/proc/\(process.processIdentifier)/stat"
        while try String(contentsOfFile: status, encoding: .utf8).components(separatedBy: ") ").last?.first != "T" {
            usleep(2000)
        }
    }

    func resume() {
        kill(process.processIdentifier, SIGCONT)
    }

    /// Waits until the daemon has written everything that was sent to it so far: its queue is one, in order.
    func drain() throws {
        while !sendMarker() { usleep(2000) }
        try waitForMarker()
    }

    private func sendMarker() -> Bool {
        let sink = sink(identifier: "marker")
        _ = sink.prepare()
        let marker = Array("marker \(markers + 1) of the test\n".utf8)
        guard marker.withUnsafeBytes({ sink.write($0) }) == marker.count else { return false }
        markers += 1
        return true
    }

    private func waitForMarker() throws {
        while try !log(of: "marker").contains("marker \(markers) of the test") {
            try #require(process.isRunning)
            usleep(2000)
        }
    }

    /// What the daemon has written, as a user would look at it; the journal in an output form of journalctl.
    func log(of identifier: String, form: String = "cat") throws -> String {
        guard kind != .rsyslogd else {
            let messages = folder.url.appendingPathComponent("log/messages")
            guard FileManager.default.fileExists(atPath: messages.path) else { return "" }
            let text = try String(contentsOf: messages, encoding: .utf8)
            return text.split(separator: "\n").filter { $0.contains(" \(identifier)[") }.joined(separator: "\n")
        }
        let journals = folder.url.appendingPathComponent("log/journal")
        guard let machine = try? FileManager.default.contentsOfDirectory(atPath: journals.path).first else { return "" }
        let journal = journals.appendingPathComponent(machine).path
        return try ProgramRun.run(
            "journalctl", ["--directory", journal, "-t", identifier, "-o", form, "--no-pager", "-q"]
        ).output
    }
}
