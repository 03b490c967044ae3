import Testing
import Tracing

@testable import HoofprintTracing

/// What swift-distributed-tracing demands of a tracer, as its own tests show it (1.7.3: TracerTests, SpanTests,
/// InMemoryTracerTests, TaskLocalInstrumentTests, TracingInstrumentationSystemTests). Recording is off here.
@Suite("A tracer")
struct TracerTests {
    struct Failure: Error, Equatable {}

    private struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }

    let tracer = HoofprintTracer()

    @Test(
        "begins a root span, and a child in its trace",
        arguments: [SpanKind.client, .consumer, .internal, .producer, .server])
    func children(kind: SpanKind) {
        let root = tracer.startSpan("root", context: .topLevel, ofKind: kind)
        let child = tracer.startSpan("child", context: root.context, ofKind: kind)
        #expect(child.trace.traceID == root.trace.traceID && child.trace.spanID != root.trace.spanID)
        let other = tracer.startSpan("root", context: .topLevel)
        #expect(other.trace.traceID != root.trace.traceID)
        for span in [child, root, other] { span.end() }
    }

    @Test("binds a span's context while its body runs, sync and async, and gives back what that returns or throws")
    func bodies() async throws {
        let before = ServiceContext.current?.hoofprintTrace
        #expect(before == nil)
        let value = tracer.withSpan("hello") { span in
            #expect(ServiceContext.current?.hoofprintTrace == span.trace)
            return "world"
        }
        #expect(value == "world")
        let later = await tracer.withSpan("hello") { span in
            await Task.yield()
            #expect(ServiceContext.current?.hoofprintTrace == span.trace)
            return await Task { ServiceContext.current?.hoofprintTrace == span.trace }.value
        }
        #expect(later)
        #expect(throws: Failure()) { try tracer.withSpan("hello") { _ in throw Failure() } }
        await #expect(throws: Failure()) {
            try await tracer.withSpan("hello") { _ in
                await Task.yield()
                throw Failure()
            }
        }
        await #expect(throws: Failure()) {
            try await tracer.withAnySpan("hello") { _ in
                await Task.yield()
                throw Failure()
            }
        }
        #expect(ServiceContext.current?.hoofprintTrace == nil)
    }

    @Test("is found in its scope, by the functions without a tracer and in child tasks, and not beyond")
    func scope() async {
        #expect(!(InstrumentationSystem.tracer is HoofprintTracer))
        await withTracer(tracer) {
            #expect(InstrumentationSystem.tracer is HoofprintTracer)
            withSpan("global") { #expect($0 is HoofprintSpan) }
            await withSpan("global") { span in
                await Task.yield()
                #expect(span is HoofprintSpan)
                async let child = InstrumentationSystem.tracer is HoofprintTracer
                #expect(await child)
                let detached = await Task.detached { InstrumentationSystem.tracer is HoofprintTracer }.value
                #expect(!detached)
            }
            let begun = startSpan("global")
            #expect(begun is HoofprintSpan)
            begun.end()
        }
        #expect(!(InstrumentationSystem.tracer is HoofprintTracer))
    }

    @Test("reads and writes headers in its scope and behind a multiplexer")
    func instruments() {
        let multiplexer = MultiplexInstrument([tracer])
        var context = ServiceContext.topLevel
        multiplexer.extract(["traceparent": HeaderTests.valid], into: &context, using: Headers())
        var headers: [String: String] = [:]
        withTracer(tracer) { InstrumentationSystem.instrument.inject(context, into: &headers, using: Headers()) }
        #expect(headers == ["traceparent": HeaderTests.valid])
    }

    @Test("finds a span by its context until it has ended")
    func active() {
        let span = tracer.startSpan("work", context: .topLevel)
        #expect(tracer.activeSpan(identifiedBy: span.context) === span)
        span.end()
        #expect(tracer.activeSpan(identifiedBy: span.context) == nil)
        #expect(tracer.activeSpan(identifiedBy: .topLevel) == nil)
    }

    @Test("lets a span be renamed and described until it has ended, by whoever holds it")
    func changes() {
        let span = tracer.startSpan("before", context: .topLevel)
        let same = span
        same.operationName = "after"
        same.attributes["key"] = "value"
        span.updateAttributes { $0["count"] = 1 }
        #expect(span.operationName == "after" && span.attributes.count == 2)
        #expect(span.attributes.get("count") == .int64(1) && same.attributes.get("key") == "value")
        span.end()
        span.operationName = "late"
        span.attributes["late"] = true
        #expect(span.operationName == "after" && span.attributes.count == 2)
        #expect(!span.isRecording)
    }

    @Test("takes changes of a span from many threads at once")
    func shared() async {
        let span = tracer.startSpan("shared", context: .topLevel)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<500 {
                        span.operationName = "name \(round % 4)"
                        span.attributes["key \(task)"] = round
                        span.addEvent("event")
                        if task == 0, round == 400 { span.end() }
                    }
                }
            }
        }
        #expect(span.operationName.hasPrefix("name "))
        #expect(tracer.activeSpan(identifiedBy: span.context) == nil)
    }

    @Test("keeps no span alive that nobody holds")
    func released() {
        weak var released: HoofprintSpan?
        do {
            let span = tracer.startSpan("work", context: .topLevel)
            span.addLink(span)
            span.attributes["key"] = "value"
            _ = span.context
            span.end()
            released = span
        }
        #expect(released == nil)
    }
}
