import Foundation
import TestSupport
import Testing
import TraceReport

/// What OpenTelemetry's own classes find in OTLP/JSON of ours.
@Suite("OTLP traces", .serialized)
struct OTLPTests {
    private typealias Span = FormatReader.OTLPSpan

    private func read(_ reports: [Report]) async throws -> [[Span]] {
        try await FormatReader.read(reports.map { OTLPRenderer().encoded($0) }, as: "otlp")
    }

    @Test("each span is there once, under its parent, with its times")
    func spans() async throws {
        let report = try Report.withRequests()
        let spans = try #require(try await read([report]).first)
        #expect(spans.count == report.requests.reduce(0) { $0 + $1.spans.count })
        #expect(Set(spans.map(\.id)).count == spans.count)
        #expect(Set(spans.map(\.trace)).count == report.requests.count)
        for request in report.requests {
            let tag = String(request.session, radix: 16)
            let number = String(request.id, radix: 16)
            let trace =
                String(repeating: "0", count: 16 - tag.count) + tag + String(repeating: "0", count: 16 - number.count)
                + number
            let found = spans.filter { $0.trace == trace }
            #expect(found.map(\.name) == request.spans.map(\.place.name))
            try #require(found.count == request.spans.count)
            for (span, read) in zip(request.spans, found) {
                let start = request.startWallNanoseconds + span.startNanoseconds
                #expect((read.start, read.end) == (start, start + span.durationNanoseconds))
                #expect(read.parent == span.parent.map { found[$0].id } ?? "")
                #expect(read.failed == span.hasFailed)
            }
        }
    }

    @Test("attributes say where a span is from, and the resource whose it is")
    func attributes() async throws {
        let spans = try #require(try await read([try Report.withRequests()]).first)
        let root = try #require(spans.first { $0.name == "POST /images" })
        #expect(
            root.attributes == [
                "code.function": "POST /images(_:)", "code.filepath": "Red/Measure.swift", "code.lineno": "1",
                "thread.id": "7", "hoofprint.self_ns": "20500000", "hoofprint.cpu_ns": "10250000",
                "hoofprint.reason": "slow",
            ])
        #expect(
            root.resource == [
                "service.name": "red", "service.instance.id": "5eb63bbbe01eeed0", "host.name": "web-1",
                "process.pid": "4242",
            ])
        #expect(spans.allSatisfy { $0.scope == "hoofprint" })
        #expect(spans.count { $0.attributes["hoofprint.partial"] == "1" } == 1)
    }

    @Test("ids are the same each time, never zeros alone, and none comes twice")
    func ids() async throws {
        let report = try Report.withRequests()
        #expect(OTLPRenderer().render(report) == OTLPRenderer().render(report))
        var zeros = report
        zeros.processes[0].session = 0
        zeros.requests = [.nested(id: 0, after: 0), .nested(id: 0, after: 5), .nested(id: 1, after: 0)]
        for index in zeros.requests.indices { zeros.requests[index].session = 0 }
        let spans = try #require(try await read([zeros]).first)
        #expect(spans.count == 12)
        #expect(Set(spans.map(\.id)).count == 12)
        #expect(Set(spans.map(\.trace)).count == 2)
        #expect(spans.allSatisfy { $0.id.contains { $0 != "0" } && $0.trace.contains { $0 != "0" } })
    }

    @Test("hostile names come as they are, and the largest numbers saturate")
    func hostile() async throws {
        let reports = try SampleFormats.hostileNames.map { name in
            var found = try Report.withRequests()
            for process in found.processes.indices {
                (found.processes[process].program, found.processes[process].host) = (name, name)
            }
            found.requests = [RequestSummary(id: 1, [(nil, name, 0, .max, .max), (0, name, .max, .max, 8)])]
            return found
        }
        for report in reports { #expect(SampleFormats.isPrintable(OTLPRenderer().render(report))) }
        for (name, spans) in zip(SampleFormats.hostileNames, try await read(reports)) {
            #expect(spans.count == 2)
            #expect(spans.allSatisfy { $0.name == name && $0.end == .max })
            #expect(spans.allSatisfy { $0.resource["service.name"] == (name.isEmpty ? "unknown_service" : name) })
            #expect(spans.first?.attributes["thread.id"] == "\(Int64.max)")
        }
    }

    @Test("no request makes an export of nothing")
    func empty() throws {
        let report = try report(WrittenLog.pictureService().bytes)
        #expect(OTLPRenderer().render(report) == "{\"resourceSpans\":[]}\n")
    }
}
