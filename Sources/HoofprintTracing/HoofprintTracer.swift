import Hoofprint
import Tracing

/// Records the spans of swift-distributed-tracing, and so those of every library that opens some, in the program's log.
///
/// ```swift
/// HoofprintSystem.bootstrap()
/// InstrumentationSystem.bootstrap(HoofprintTracer())
/// ```
///
/// Its spans and Hoofprint's own are one tree: each becomes the child of the innermost one, of either kind, wherever a task
/// inherits its context. Between programs it speaks W3C Trace Context (`traceparent`, `tracestate`).
///
/// Without `HoofprintSystem.bootstrap()`, and where `HOOFPRINT=off`, nothing is recorded, and traces are handed on all
/// the same. All tracers of a process are one: they have no state of their own.
public struct HoofprintTracer: Tracer {
    /// Makes the tracer. From then on spans of Hoofprint's own that are the outermost of their thread, or async, look for a
    /// span of the tracer around them: a task-local value and, where there is one, a look-up in a dictionary.
    public init() {
        OperationSpan.ask { context in
            ServiceContext.current?[SpanReference.self]?.span?.join(&context)
        }
    }

    /// Begins a span. End it once, anywhere; `withSpan` does.
    ///
    /// - Parameters:
    ///   - operationName: The span's name, of a small set: `GET /users/{id}`. Beyond ``OperationNames/maximumNames``, spans of
    ///     new names count as `(other operations)`.
    ///   - context: Whose child the span is: the trace and, in this program, the span.
    ///   - kind: Written with the span in mode `every`.
    ///   - instant: Not asked: the recorder's clock measures.
    ///   - function: The callsite's function.
    ///   - fileID: The callsite's file.
    ///   - line: The callsite's line.
    /// - Returns: The span. What it costs is told in <doc:HoofprintTracing>.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> HoofprintSpan {
        let place = CodePlace(file: fileID, line: UInt32(clamping: line), function: function)
        return HoofprintSpan(operationName, kind, at: place, under: context())
    }

    /// Writes what was recorded so far, and waits for it: at most two seconds, where a sink blocks.
    public func forceFlush() { HoofprintSystem.flush() }

    /// Returns the span that a context names, as long as it has not ended.
    public func activeSpan(identifiedBy context: ServiceContext) -> HoofprintSpan? {
        context[SpanReference.self]?.span.flatMap { $0.hasEnded ? nil : $0 }
    }

    /// Reads `traceparent` and `tracestate`. What is no trace context of the standard begins a new trace.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: TraceParent.header, from: carrier) else { return }
        guard var trace = TraceParent.read(parent) else {
            context[SpanReference.self] = nil
            return
        }
        trace.state = extractor.extract(key: TraceState.header, from: carrier).flatMap(TraceState.checked)
        context[SpanReference.self] = SpanReference(trace: trace, span: nil)
    }

    /// Writes `traceparent` and, where the trace has one, `tracestate`. A context that is part of no trace has neither.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context[SpanReference.self]?.trace else { return }
        injector.inject(TraceParent.text(of: trace), forKey: TraceParent.header, into: &carrier)
        if let state = trace.state { injector.inject(state, forKey: TraceState.header, into: &carrier) }
    }
}
