import Foundation
import SeededRandom
import TestSupport
import Testing
import TraceReport

/// What Perfetto's trace processor finds in Chrome traces of ours.
@Suite("Chrome traces", .serialized)
struct ChromeTests {
    private typealias Trace = FormatReader.ChromeTrace

    /// A span as a line that is the same for what was written and for what was read.
    private static func line(
        _ name: String, _ start: Int64, _ duration: Int64, thread: String?, own: String?
    ) -> String {
        "\(name) \(start)+\(duration) on \(thread ?? "?") self \(own ?? "?")"
    }

    private static func lines(of report: Report, from start: UInt64) -> [String] {
        report.requests.flatMap { request in
            request.spans.map { span in
                line(
                    span.place.name, Int64(request.startWallNanoseconds - start + span.startNanoseconds),
                    Int64(span.durationNanoseconds), thread: "\(span.thread)", own: "\(span.selfNanoseconds)")
            }
        }.sorted()
    }

    private static func lines(of slices: [Trace.Slice]) -> [String] {
        slices.map { slice in
            line(
                slice.name, slice.start, slice.duration, thread: slice.arguments["thread"],
                own: slice.arguments["self_ns"])
        }.sorted()
    }

    /// What is found in `Report.withRequests`, for all tests that ask.
    private static let known = Task { try #require(try await read([try Report.withRequests()]).first) }

    private static func read(_ reports: [Report]) async throws -> [Trace] {
        try await FormatReader.read(reports.map { ChromeRenderer().encoded($0) }, as: "chrome")
    }

    @Test("each span is there once, to the nanosecond, and Perfetto has nothing to complain of")
    func spans() async throws {
        let report = try Report.withRequests()
        let trace = try await Self.known.value
        #expect(trace.problems.map(\.name) == [])
        let ended = trace.slices.filter { $0.duration >= 0 }
        #expect(Self.lines(of: ended) == Self.lines(of: report, from: WrittenLog.start))
        let roots = ended.filter { $0.arguments["reason"] != nil }
        #expect(roots.count == report.requests.count)
        #expect(roots.count { $0.arguments["reason"] == "failed" && $0.arguments["error"] == "failed" } == 1)
        #expect(roots.count { $0.arguments["partial"] != nil } == 1)
        #expect(ended.contains { $0.name == "log" && $0.arguments["outlives_parent_ns"] == "1500" })
        #expect(ended.contains { $0.arguments["place"] == "Red/Measure.swift:3" })
    }

    @Test("a request of one thread stands on it, one that overlaps has tracks of its own, on which spans nest")
    func tracks() async throws {
        let trace = try await Self.known.value
        let nested = trace.slices.filter { $0.name == "parse" }
        // Of four such requests two are at once on one thread of a process.
        #expect(nested.count == 4)
        #expect(nested.count { $0.thread == 7 && $0.threadName == "thread 7" } == 3)
        #expect(Set(nested.map(\.process)) == ["red 4242 on web-1"])
        #expect(Set(nested.map(\.pid)).count == 2)
        func parent(of name: String) -> String? {
            let slice = trace.slices.first { $0.name == name && $0.thread == nil }
            return trace.slices.first { $0.id == slice?.parent }?.name
        }
        #expect(parent(of: "image.decode") == "POST /images")
        #expect(parent(of: "image.red.count") == "image.decode")
        #expect(parent(of: "answer") == "POST /images")
        // It began while image.decode was open, and its child ended after it.
        #expect(trace.slices.contains { $0.name == "image.store" && $0.parent == nil })
        #expect(trace.slices.contains { $0.name == "disk.sync" && $0.parent == nil })
    }

    @Test("a span that did not end has no end, and says where it is open")
    func open() async throws {
        let trace = try await Self.known.value
        let open = trace.slices.filter { $0.duration < 0 }
        #expect(open.map(\.name) == ["lock"])
        #expect(open.first?.start == 3_000_000_000)
        #expect(open.first?.arguments["stack"] == "POST /images › lock")
        #expect(open.first?.arguments["age_ns"] == "7000000000")
    }

    @Test("what functions did over time is in counters")
    func counters() async throws {
        let trace = try await Self.known.value
        func values(_ name: String) -> [Double] { trace.counters.filter { $0.name == name }.map(\.value) }
        #expect(values("POST /images per second calls") == [3, 5])
        #expect(values("POST /images per second errors") == [0, 0.5])
        #expect(values("image.decode in own code calls") == [0.4, 2.5])
        #expect(Set(trace.counters.map(\.ts)) == [0, 10_000_000_000])
        #expect(Set(trace.counters.map(\.pid)).count == 1)
    }

    @Test("random trees of spans are read as they are, whatever overlaps")
    func random() async throws {
        var random = SeededGenerator(seed: 10)
        let log = try report(WrittenLog.pictureService().bytes)
        let reports = (0..<12).map { _ in
            var found = log
            found.requests = (1...10).map { RequestSummary.random(id: $0, &random) }
            return found
        }
        for (report, trace) in zip(reports, try await Self.read(reports)) {
            let start = try #require(report.requests.map(\.startWallNanoseconds).min())
            #expect(trace.problems.map(\.name) == [])
            #expect(Self.lines(of: trace.slices) == Self.lines(of: report, from: start))
        }
    }

    @Test("hostile names come as they are, or escaped")
    func hostileNames() async throws {
        let names = SampleFormats.hostileNames
        let reports = try names.map { name in
            var found = try Report.withRequests()
            found.requests = [RequestSummary(id: 1, [(nil, name, 0, 10, 7), (0, name, 2, 3, 8)])]
            found.open[0].stack = [FunctionPlace(name: name)]
            found.timeline.functions[0].place.name = name
            return found
        }
        for report in reports { #expect(SampleFormats.isPrintable(ChromeRenderer().render(report))) }
        for (name, trace) in zip(names, try await Self.read(reports)) {
            #expect(trace.problems.map(\.name) == [])
            #expect(trace.slices.count == 3)
            let shown = Self.asPerfettoReads(name)
            #expect(trace.slices.allSatisfy { $0.name == (name.isEmpty ? "[No name]" : shown) })
            #expect(trace.slices.count { $0.arguments["function"] == shown + "(_:)" } == 2)
        }
    }

    /// Perfetto 52 shows `\n`, `\uXXXX` and their like as they stand, and decodes `\"` and `\\`.
    private static func asPerfettoReads(_ name: String) -> String {
        let short: [Unicode.Scalar: String] = ["\n": "\\n", "\r": "\\r", "\t": "\\t"]
        return name.unicodeScalars.map { scalar in
            if let escape = short[scalar] { return escape }
            guard SafeText.escaped(String(scalar)).hasPrefix("\\u") else { return String(scalar) }
            return String(scalar).utf16.map { String(format: "\\u%04x", $0) }.joined()
        }.joined()
    }

    @Test("50,000 spans at once have 50,000 tracks")
    func manyAtOnce() throws {
        var report = try Report.withRequests()
        let children = (1...50_000 as ClosedRange<UInt64>).map { number in
            (parent: Int?(0), name: "one", start: number, duration: 100_000 as UInt64, thread: number)
        }
        report.requests = [RequestSummary(id: 1, [(nil, "all", 0, 200_000, 7)] + children)]
        let events = try #require(
            try SampleFormats.object(ChromeRenderer().render(report))["traceEvents"] as? [[String: Any]])
        let ids = events.filter { $0["name"] as? String == "one" }
            .compactMap { ($0["id2"] as? [String: String])?["local"] }
        #expect(ids.count == 100_000)
        #expect(Set(ids).count == 50_000)
    }

    @Test("the largest numbers, ids that many have, and nothing at all make valid JSON")
    func extremes() async throws {
        var report = try Report.withRequests()
        for index in report.requests.indices {
            report.requests[index].startWallNanoseconds = index.isMultiple(of: 2) ? 0 : .max
            for span in report.requests[index].spans.indices {
                report.requests[index].spans[span].startNanoseconds = .max - UInt64(span)
                report.requests[index].spans[span].durationNanoseconds = .max
                report.requests[index].spans[span].thread = .max
            }
        }
        for index in report.processes.indices { report.processes[index].pid = .max }
        report.timeline.windowNanoseconds = .max
        let json = ChromeRenderer().render(report)
        let events = try #require(try SampleFormats.object(json)["traceEvents"] as? [[String: Any]])
        let pids = Set(events.filter { $0["name"] as? String == "process_name" }.compactMap { $0["pid"] as? Int64 })
        #expect(pids == [1, 2, 3])
        report.requests = []
        report.open = []
        report.timeline = Timeline()
        report.processes = []
        #expect(try SampleFormats.object(ChromeRenderer().render(report))["traceEvents"] as? [String] == [])
    }
}
