import Logging
import Testing
import Tracing

@testable import HoofprintTracing

/// Headers, in a dictionary.
private struct Headers: Extractor, Injector {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
}

@Suite("A trace")
struct PropagationTests {
    let tracer = HoofprintTracer()
    static let parent = HeaderTests.valid

    private func extracted(_ headers: [String: String], into context: ServiceContext = .topLevel) -> ServiceContext {
        var context = context
        tracer.extract(headers, into: &context, using: Headers())
        return context
    }

    private func injected(_ context: ServiceContext) -> [String: String] {
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, using: Headers())
        return headers
    }

    @Test("goes from one program's headers to the next one's: the same trace, a new span, the rest unchanged")
    func throughout() {
        let context = extracted(["traceparent": Self.parent, "tracestate": "rojo=1, congo=2"])
        let span = tracer.startSpan("work", context: context)
        defer { span.end() }
        let headers = injected(span.context)
        #expect(headers["tracestate"] == "rojo=1, congo=2")
        #expect(headers["traceparent"] == "00-\(span.trace.traceID)-\(span.trace.spanID)-01")
        #expect(span.trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" && span.trace.spanID != "00f067aa0ba902b7")
    }

    @Test("keeps the flag that it is not sampled")
    func unsampled() {
        let span = tracer.startSpan("work", context: extracted(["traceparent": Self.parent.dropLast(2) + "00"]))
        defer { span.end() }
        #expect(injected(span.context)["traceparent"]?.hasSuffix("-00") == true)
    }

    @Test("goes through a program that opens no span of its own")
    func withoutSpan() {
        let headers = ["traceparent": Self.parent, "tracestate": "rojo=1"]
        #expect(injected(extracted(headers)) == headers)
    }

    @Test("begins anew where a header is none, without the state; where there is no header the context stays as it is")
    func malformed() {
        let outer = tracer.startSpan("outer", context: .topLevel)
        defer { outer.end() }
        let anew = tracer.startSpan(
            "work", context: extracted(["traceparent": "00-0-0-0", "tracestate": "rojo=1"], into: outer.context))
        defer { anew.end() }
        #expect(anew.trace.traceID != outer.trace.traceID && anew.trace.state == nil && anew.trace.isSampled)
        let child = tracer.startSpan("work", context: extracted(["tracestate": "rojo=1"], into: outer.context))
        defer { child.end() }
        #expect(child.trace.traceID == outer.trace.traceID && child.trace.state == nil)
        let stateless = extracted(["traceparent": Self.parent, "tracestate": "ROJO=1"])
        #expect(injected(stateless) == ["traceparent": Self.parent])
    }

    @Test("is not written from a context that is in none")
    func none() {
        #expect(injected(.topLevel).isEmpty)
        #expect(extracted([:]).isEmpty)
    }

    @Test("has numbers that are never 0 and never come again")
    func numbers() async {
        let numbers = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<4 { group.addTask { (0..<15_000).map { _ in RandomNumbers.next() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(numbers.count == 60_000 && Set(numbers).count == 60_000 && !numbers.contains(0))
        // Each bit as often as not: 60,000 draws, within six standard deviations.
        for bit in 0..<64 { #expect(abs(numbers.count { $0 >> UInt64(bit) & 1 == 1 } - 30_000) < 735) }
    }

    @Test("is on a line that is logged inside a span, and on none outside")
    func metadata() {
        #expect(Logger.MetadataProvider.hoofprint.get().isEmpty)
        tracer.withSpan("work", context: .topLevel) { span in
            #expect(
                Logger.MetadataProvider.hoofprint.get() == [
                    "trace_id": "\(span.trace.traceID)", "span_id": "\(span.trace.spanID)",
                ])
        }
    }
}
