import Foundation
import TestSupport
import Testing
import TraceLog
import TraceReport

@Suite("Recording as a service of a group")
struct ServiceTests {
    private func run(
        _ scenario: String, _ environment: [String: String] = [:], watch: ProgramRun.Watch? = nil
    ) throws -> ProgramRun {
        try ProgramRun.run(
            productsFolder.appendingPathComponent("hoofprint-server-scenarios").path, [scenario], environment,
            watch: watch)
    }

    @Test("SIGTERM stops the group, and the log is whole: the others' last spans and metrics, then its end")
    func graceful() throws {
        let run = try run("group", ["HOOFPRINT_FLUSH": "3600"], watch: .ready(SIGTERM))
        #expect(!run.wasEndedBySignal && run.status == 0)
        #expect(run.output == "ready\nreturned\n")
        let records = run.error.split(separator: "\n").map { RecordDecoder.decode(Array($0.utf8)) }
        guard case .record(_, .end(let end)) = records.last else {
            Issue.record("the log ends in \(run.error.suffix(300))")
            return
        }
        #expect(end.reason == "shutdown")
        let report = try Self.report(run.error)
        #expect(Set(report.functions.map(\.name)) == ["work", "last"])
        #expect(report.processes.map(\.hasEnded) == [true])
        let finished = report.resources.counters.first { $0.probe == "counter:jobs.finished" }
        #expect(finished?.last == 1)
    }

    @Test("a service that fails ends the group, and the log too")
    func failure() throws {
        let run = try run("failure", ["HOOFPRINT_FLUSH": "3600"])
        #expect(!run.wasEndedBySignal && run.status == 0)
        #expect(run.output == "Failure()\n")
        let report = try Self.report(run.error)
        #expect(report.functions.map(\.name) == ["work"])
        #expect(report.processes.map(\.hasEnded) == [true])
    }

    @Test("a second recording in a process is an error that says what to do, and the first goes on")
    func twice() throws {
        let run = try run("twice")
        #expect(run.status == 0)
        #expect(
            run.output
                == "HoofprintService cannot start recording: this process has called HoofprintSystem.bootstrap, or made a "
                + "HoofprintService, before; keep one of them\n")
        #expect(try Self.report(run.error).processes.map(\.hasEnded) == [true])
    }

    @Test("switched off it writes nothing, and the group stops as ever")
    func off() throws {
        let run = try run("off", watch: .ready(SIGTERM))
        #expect(!run.wasEndedBySignal && run.status == 0)
        #expect(run.output == "ready\nreturned\n")
        #expect(run.error.isEmpty)
    }

    private static func report(_ log: String) throws -> Report {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(Array(log.utf8), name: "log"))
        return analyser.report()
    }
}
