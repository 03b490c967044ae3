import CMeasure
import InMemoryTracing
import Tracing

let tracer = InMemoryTracer()

/// Spans under a span. Not in `main.swift`, whose closures belong to the main actor.
func spans(_ count: Int) {
    withSpan("root") { _ in for _ in 0..<count { withSpan("peer") { _ in measure_leaf() } } }
}

/// Spans under a span, forgotten afterwards: otherwise the tracer would keep every one of them for ever.
func spansKeptForNow(_ count: Int) {
    spans(count)
    tracer.clearFinishedSpans()
}
