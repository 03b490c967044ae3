import Foundation
import TestSupport
import Testing
import TraceLog
import TraceReport

@Suite("A span's end")
struct LifecycleTests {
    private static let failure = "hoofprint_tracing_scenarios.Lifecycle.Failure"

    @Test("counts once, on any thread; what comes after it changes nothing")
    func once() throws {
        let log = try SpanLog(scenario: "lifecycle")
        #expect(log["twice"].map(\.error) == [""])
        #expect(log["twice, and late"].isEmpty)
        #expect(log["elsewhere"].count == 2)
        #expect(log.misused == 0)
    }

    @Test("is a failure where an error was thrown, recorded or is the status, if the status is not that all is well")
    func failures() throws {
        let log = try SpanLog(scenario: "lifecycle")
        let once = log.spans.filter { $0.name != "elsewhere" }
        let errors = Dictionary(uniqueKeysWithValues: once.map { ($0.name, $0.error) })
        #expect(
            errors == [
                "twice": "", "forgotten": "(never ended)", "throwing": Self.failure, "throwing.async": Self.failure,
                "cancelled": "Swift.CancellationError", "status.error": "(error status)", "status.ok": "",
                "recorded": Self.failure,
            ])
    }

    @Test("is counted as a failure with its type in mode aggregate, too")
    func aggregate() throws {
        let run = try Scenario.run(["lifecycle"])
        var analyser = LogAnalyser()
        try analyser.read(.bytes(run.standardError, name: "log"))
        let errors = Dictionary(analyser.report().functions.map { ($0.name, $0.errors) }, uniquingKeysWith: +)
        #expect(errors["throwing"] == 1 && errors["twice"] == 0 && errors["status.ok"] == 0 && errors["cancelled"] == 1)
    }

    @Test("that did not come before the process was killed is told by trace-report --open, with its trace")
    func hung() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log").path
        let run = try ProgramRun.run(Scenario.program, ["hung"], ["HOOFPRINT_SINK": "file:\(log)"])
        #expect(run.wasEndedBySignal)
        // The next one to write there tells what was open.
        _ = try Scenario.run(["facts"], ["HOOFPRINT_SINK": "file:\(log)"])
        let trace = run.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(trace.count == 49)
        let report = try ProgramRun.run(
            productsFolder.appendingPathComponent("trace-report").path, [log, "--open"])
        #expect(report.status == 0)
        #expect(report.output.contains("hung.request") && report.output.contains("hung.query"))
        #expect(report.output.contains("trace \(trace.prefix(32))"))
    }
}
