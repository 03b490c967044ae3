import Foundation
import TestSupport
import Testing

/// trace-report's formats for other tools, as a program writes them.
@Suite("Exports of the command trace-report", .serialized)
struct ExportCommandTests {
    private let command: ReportCommand

    init() throws { command = try ReportCommand(log: WrittenLog.watchedPictureService().bytes) }

    @Test("spans are shown where there are no samples, samples where there are any, and it is said")
    func content() throws {
        let spans = try command.report(["--format", "collapsed"])
        #expect(spans.status == 0)
        #expect(spans.error == "trace-report: this is of the self time of spans; see --of\n")
        let stacks = SampleFormats.stacks(ofCollapsed: spans.output)
        #expect(stacks[["POST /images", "image.decode", "image.red.count"]] == 2_400_000_000)
        try command.write(WrittenLog.sampledPictureService().bytes)
        let samples = try command.report(["--format", "collapsed"])
        #expect(samples.error == "trace-report: this is of stack samples; see --of\n")
        #expect(SampleFormats.stacks(ofCollapsed: samples.output).values.reduce(0, +) == 1494)
        let asked = try command.report(["--format", "collapsed", "--of", "spans"])
        #expect(asked.error.isEmpty)
        #expect(SampleFormats.stacks(ofCollapsed: asked.output)[["POST /images", "image.store"]] == 1_800_000_000)
    }

    @Test("each format of stacks is written of spans", arguments: ["flamegraph", "speedscope", "pprof"])
    func spans(format: String) throws {
        let file = command.folder.url.appendingPathComponent("spans")
        let run = try command.report(["--format", format, "--of", "spans", "-o", file.path])
        #expect((run.status, run.error) == (0, ""))
        let bytes = Array(try Data(contentsOf: file))
        let text = String(decoding: bytes, as: UTF8.self)
        let stacks =
            switch format {
            case "flamegraph": try SampleFormats.stacks(ofFlameGraph: text)
            case "speedscope": try SampleFormats.stacks(ofSpeedscope: text)
            default: try PprofProfile(bytes).stacks.mapValues { $0[0] }
            }
        #expect(stacks[["POST /images", "image.decode"]] == 8_000_000_000)
    }

    @Test("requests are written for Perfetto and for OpenTelemetry")
    func requests() throws {
        let chrome = try command.report(["--format", "chrome"])
        #expect((chrome.status, chrome.error) == (0, ""))
        let events = try #require(try SampleFormats.object(chrome.output)["traceEvents"] as? [[String: Any]])
        #expect(events.contains { $0["name"] as? String == "image.store" && $0["ph"] as? String == "b" })
        let otlp = try command.report(["--format", "otlp"])
        #expect((otlp.status, otlp.error) == (0, ""))
        #expect(otlp.output.contains("\"service.name\",\"value\":{\"stringValue\":\"red\"}"))
        #expect(otlp.output.hasSuffix("}\n"))
    }

    @Test("where there is nothing to export: status 1, and what would give some")
    func nothing() throws {
        try command.write(WrittenLog.pictureService().bytes)
        let requests = try command.report(["--format", "otlp"])
        #expect((requests.status, requests.output) == (1, ""))
        #expect(requests.error.contains("HOOFPRINT_SLOWEST"))
        // Counters over time are there without requests.
        let counters = try command.report(["--format", "chrome"])
        #expect(counters.status == 0)
        #expect(counters.output.contains("\"name\":\"POST /images per second\""))
        var empty = WrittenLog()
        empty.writeSession()
        try command.write(empty.bytes)
        let spans = try command.report(["--format", "speedscope"])
        #expect((spans.status, spans.output) == (1, ""))
        #expect(spans.error.contains("no finished span found"))
    }

    @Test(
        "options that do not go together: status 2",
        arguments: [
            ["--format", "json", "--of", "spans"], ["--format", "collapsed", "--of", "spans", "--on-cpu"],
            ["--format", "collapsed", "--of", "spans", "--function", "f"], ["--format", "otlp", "--tree"],
            ["--format", "collapsed", "--of", "wishes"],
        ])
    func usage(arguments: [String]) throws {
        let run = try command.report(arguments)
        #expect((run.status, run.output) == (2, ""))
    }
}
