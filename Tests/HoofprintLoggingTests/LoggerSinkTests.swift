import Foundation
import Hoofprint
import HoofprintLogging
import Logging
import Synchronization
import TestSupport
import Testing
import TraceLog
import TraceReport

@Suite("Records in the program's own log")
struct LoggerSinkTests {
    private func run(_ scenario: String) throws -> ProgramRun {
        let run = try ProgramRun.run(
            productsFolder.appendingPathComponent("hoofprint-logging-scenarios").path, [scenario])
        #expect(!run.wasEndedBySignal && run.status == 0)
        return run
    }

    @Test("stand among its other lines, whole and in order")
    func stream() throws {
        let run = try run("stream")
        try Self.expectWhole(run.error, foreignLines: 200)
        #expect(run.output.isEmpty)
        let record = run.error.split(separator: "\n").first { $0.contains("~hp1 session") }
        #expect(record?.contains(" info hoofprint:") == true)
        #expect(record?.contains("service=red") == true)
    }

    @Test("go to each of several handlers")
    func multiplex() throws {
        let run = try run("multiplex")
        try Self.expectWhole(run.error, foreignLines: 200)
        try Self.expectWhole(run.output, foreignLines: 200)
    }

    @Test("that its logger throws away for their level are told once")
    func filtered() throws {
        let run = try run("filtered")
        let told = run.error.split(separator: "\n").filter { !$0.contains(" of task ") }
        #expect(
            told == [
                "hoofprint: the logger 'hoofprint' has level 'warning' and throws records of level 'info' away; lower its "
                    + "level, or give LoggerSink a higher one"
            ])
    }

    @Test("come even where the handler opens spans, or waits for itself")
    func careless() throws {
        let run = try run("careless")
        let isTold = run.error.contains("hoofprint: a log sink has blocked for two seconds")
        #expect(isTold)
        let report = try Self.report(run.error)
        #expect(report.functions.first { $0.name == "request" }?.count == 200)
        #expect((report.functions.first { $0.name == "log" }?.count ?? 0) > 200)
        #expect(report.inputs.first?.lost == 0)
    }

    @Test(
        "have the level they were given, and are read out of a JSON handler's lines", arguments: Logger.Level.allCases)
    func json(level: Logger.Level) throws {
        let output = Output()
        let sink = LoggerSink(Logger(label: "hoofprint") { _ in JSONHandler(output: output) }, level: level)
        let records = (0..<50).map { number in
            Record.callsite(
                CallsiteRecord(id: number, name: "GET /\"\\ \u{e9}", function: "f(_:)", file: "M/F.swift", line: 1))
        }
        let lines = records.enumerated().flatMap { number, record in
            record.encoded(RecordHeader(session: 7, sequence: UInt64(number)))
        }
        #expect(lines.withUnsafeBytes { sink.write($0) } == lines.count)
        let written = output.text.withLock { $0 }.split(separator: "\n")
        #expect(written.allSatisfy { $0.contains("\"level\":\"\(level)\"") })
        let decoded = written.map { RecordDecoder.decode(Array($0.utf8)) }
        #expect(
            decoded
                == records.enumerated().map { .record(RecordHeader(session: 7, sequence: UInt64($0)), $1) })
    }

    @Test("below their logger's level are not taken")
    func notTaken() throws {
        let output = Output()
        var logger = Logger(label: "hoofprint") { _ in JSONHandler(output: output) }
        logger.logLevel = .error
        let line = Record.end(EndRecord(reason: "shutdown")).encoded(RecordHeader(session: 7, sequence: 0))
        #expect(line.withUnsafeBytes { LoggerSink(logger, level: .warning).write($0) } == 0)
        #expect(line.withUnsafeBytes { LoggerSink(logger, level: .error).write($0) } == line.count)
        #expect(output.text.withLock { $0 }.split(separator: "\n").count == 1)
    }

    private static func expectWhole(_ log: String, foreignLines: Int) throws {
        let lines = log.split(separator: "\n").map { RecordDecoder.decode(Array($0.utf8)) }
        #expect(lines.count { $0 == .foreign } == foreignLines)
        #expect(!lines.contains(.damaged))
        let sequences = lines.compactMap { if case .record(let header, _) = $0 { header.sequence } else { nil } }
        #expect(sequences == Array(0..<UInt64(sequences.count)))
        let report = try report(log)
        #expect(Set(report.functions.map(\.name)) == ["request", "step"])
        #expect(report.functions.map(\.count) == [200, 200])
        #expect(report.processes.map(\.hasEnded) == [true])
    }

    private static func report(_ log: String) throws -> Report {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(Array(log.utf8), name: "log"))
        return analyser.report()
    }
}

/// What a handler wrote.
private final class Output: Sendable {
    let text = Mutex("")
}

/// Writes a message as programs in containers do, a JSON object a line.
private struct JSONHandler: LogHandler {
    let output: Output
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    init(output: Output) {
        self.output = output
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = ["level": "\(event.level)", "message": "\(event.message)", "source": event.source]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A line that is not written is missed by the test.
        guard let line = try? encoder.encode(fields) else { return }
        output.text.withLock { $0 += String(decoding: line, as: UTF8.self) + "\n" }
    }
}
