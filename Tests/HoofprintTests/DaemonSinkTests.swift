import Foundation
import TestSupport
import Testing
import TraceLog
import TraceReport

@testable import Hoofprint

@Suite("A journal or syslog daemon as the log", .serialized, .timeLimit(.minutes(5)))
struct DaemonSinkTests {
    private static let program = "hoofprint-scenarios"

    @Test("records arrive whole and in order", arguments: DaemonKind.allCases)
    func order(kind: DaemonKind) throws {
        let daemon = try LogDaemon(kind)
        let run = try ScenarioRun.run("flushes", ["HOOFPRINT_SINK": "\(daemon.sinkName),stderr"])
        try daemon.drain()
        let log = DecodedLog(Array(try daemon.log(of: Self.program).utf8))
        #expect(log.damagedLines == 0 && log.foreignLines.isEmpty && run.log.foreignLines.isEmpty)
        #expect(log.records.map(\.record) == run.log.records.map(\.record))
        #expect(log.records.map(\.header) == run.log.records.map(\.header))
        #expect(log.counts["request"] == [20])
        if kind == .journald {
            // The line itself, not what a prefix-tolerant reader makes of it.
            #expect(Data(try daemon.log(of: Self.program).utf8) == Data(run.standardError))
        }
    }

    @Test(
        "a daemon that is stopped and started again: the loss is exact, told once, and records flow again",
        arguments: DaemonKind.allCases)
    func restart(kind: DaemonKind) throws {
        let daemon = try LogDaemon(kind)
        let program = try SteppedScenario(["HOOFPRINT_SINK": daemon.sinkName])
        try program.step()
        try daemon.stop()
        try program.step()
        try program.step()
        try daemon.start()
        try program.step()
        let told = try program.finish()
        try daemon.drain()
        let log = DecodedLog(Array(try daemon.log(of: Self.program).utf8))
        #expect(told.split(separator: "\n").count == 1)
        #expect(told.hasPrefix("hoofprint: cannot reach the "))
        #expect(told.contains(" at '\(daemon.socketPath)': "))
        #expect(told.contains("; records are lost until it can be reached: start it, or name another sink with "))
        try Self.expectExact(log)
        #expect(log.drops.lines > 0)
        #expect(log.counts["request"] == [4])
        // Names that were lost are written again.
        let tables = log.records.count { if case .session = $0.record { true } else { false } }
        #expect(tables == 2)
    }

    @Test("a daemon that is restarted between two flushes costs no record", arguments: DaemonKind.allCases)
    func quickRestart(kind: DaemonKind) throws {
        let daemon = try LogDaemon(kind)
        let program = try SteppedScenario(["HOOFPRINT_SINK": daemon.sinkName])
        try program.step()
        try daemon.stop()
        try daemon.start()
        try program.step()
        #expect(try program.finish() == "")
        try daemon.drain()
        let log = DecodedLog(Array(try daemon.log(of: Self.program).utf8))
        try Self.expectExact(log)
        #expect(log.drops.lines == 0)
    }

    @Test(
        "a daemon that does not read: the wait is bounded, the program goes on, and the loss is exact",
        arguments: DaemonKind.allCases)
    func stalled(kind: DaemonKind) throws {
        let daemon = try LogDaemon(kind)
        let program = try SteppedScenario(["HOOFPRINT_SINK": daemon.sinkName, "HOOFPRINT": "every"])
        try program.step()
        try daemon.pause()
        // More lines than any queue holds, which systemd makes 512 long.
        for _ in 0..<3 { try program.step(requests: 100) }
        daemon.resume()
        try daemon.drain()
        try program.step()
        // A flush that took two seconds would have been told.
        #expect(try program.finish() == "")
        try daemon.drain()
        let log = DecodedLog(Array(try daemon.log(of: Self.program).utf8))
        try Self.expectExact(log)
        #expect(log.drops.lines > 0)
    }

    @Test("a crash is written, with what was open", arguments: DaemonKind.allCases)
    func crash(kind: DaemonKind) throws {
        let daemon = try LogDaemon(kind)
        let run = try ScenarioRun.run("abort", ["HOOFPRINT_SINK": "\(daemon.sinkName),stderr"])
        #expect(run.wasEndedBySignal)
        try daemon.drain()
        let log = DecodedLog(Array(try daemon.log(of: Self.program).utf8))
        #expect(log.damagedLines == 0 && log.foreignLines.isEmpty)
        // The crash's lines are written beside the flush thread's, to one log before the other.
        let inOrder = [log, run.log].map { $0.records.sorted { $0.header.sequence < $1.header.sequence } }
        #expect(inOrder[0].map(\.header) == inOrder[1].map(\.header))
        #expect(inOrder[0].map(\.record) == inOrder[1].map(\.record))
        let isTold = log.records.contains { if case .crash = $0.record { true } else { false } }
        #expect(isTold && !log.open.isEmpty)
    }

    @Test(
        "trace-report ranks what the daemon has written, in every form it is shown in",
        arguments: [
            (DaemonKind.rsyslogd, "file"), (.journald, "short"), (.journald, "short-iso"), (.journald, "json"),
            (.journald, "export"), (.journaldBySyslog, "short"),
        ])
    func report(kind: DaemonKind, form: String) throws {
        let daemon = try LogDaemon(kind)
        _ = try ScenarioRun.run("flushes", ["HOOFPRINT_SINK": daemon.sinkName])
        try daemon.drain()
        let text = try daemon.log(of: Self.program, form: form)
        var analyser = LogAnalyser()
        try analyser.read(.bytes(Array(text.utf8), name: "log"))
        let report = analyser.report()
        #expect(Set(report.functions.map(\.name)) == ["request", "step", "part"])
        #expect(report.functions.first { $0.name == "request" }?.count == 20)
        #expect(report.processes.map(\.hasEnded) == [true])
        let input = try #require(report.inputs.first)
        #expect(input.lost == 0 && input.damaged == 0 && input.forged == 0 && input.skipped == 0)
    }

    /// Whole lines that came, and lines that the log says were lost, are all the lines there were.
    private static func expectExact(_ log: DecodedLog) throws {
        let last = try #require(log.records.last)
        let sequences = log.records.map(\.header.sequence)
        #expect(log.damagedLines == 0 && log.foreignLines.isEmpty)
        #expect(sequences == Array(Set(sequences)).sorted())
        #expect(UInt64(log.records.count) + log.drops.lines == last.header.sequence + 1)
        #expect(log.endReason == "shutdown")
    }
}
