import CMeasure
import Hoofprint
import HoofprintTracing
import InMemoryTracing
import Tracing

/// Spans of swift-distributed-tracing: with Hoofprint's tracer, with the package's own that keeps them in memory, with none.
///
/// They are not among the other rows, since a tracer of Hoofprint's has every async span look for spans of it.
func makeTracingRows() -> [Row] {
    let tracer = HoofprintTracer()
    let memory = InMemoryTracer(recordInjections: false, recordExtractions: false)
    let none = NoOpTracer()
    return [
        Row("two counter reads (the floor)") { count in
            for _ in 0..<count {
                let start = counter_read()
                leaf()
                keep(counter_read() &- start)
            }
        },
        Row("Hoofprint's async span", operations: 50_000) { count in
            for _ in 0..<count { await span("own") { await asyncLeaf() } }
        },
        Row("Hoofprint's async span in a tracer's span", operations: 50_000) { count in
            await tracer.withSpan("root", context: .topLevel) { _ in
                for _ in 0..<count { await span("own") { await asyncLeaf() } }
            }
        },
        Row("HoofprintTracer", operations: 50_000) { count in
            for _ in 0..<count { await tracer.withSpan("traced") { _ in await asyncLeaf() } }
        },
        Row("HoofprintTracer, in a tracer's span", operations: 50_000) { count in
            await tracer.withSpan("root", context: .topLevel) { _ in
                for _ in 0..<count { await tracer.withSpan("traced") { _ in await asyncLeaf() } }
            }
        },
        Row("HoofprintTracer, recording switched off", operations: 50_000, isRecording: false) { count in
            for _ in 0..<count { await tracer.withSpan("traced") { _ in await asyncLeaf() } }
        },
        Row("InMemoryTracer", operations: 10_000) { count in
            for _ in 0..<count { await memory.withSpan("traced") { _ in await asyncLeaf() } }
            memory.clearFinishedSpans()
        },
        Row("InMemoryTracer, in a tracer's span", operations: 10_000) { count in
            await memory.withSpan("root", context: .topLevel) { _ in
                for _ in 0..<count { await memory.withSpan("traced") { _ in await asyncLeaf() } }
            }
            memory.clearFinishedSpans()
        },
        Row("no tracer", operations: 50_000) { count in
            for _ in 0..<count { await none.withSpan("traced") { _ in await asyncLeaf() } }
        },
    ]
}
