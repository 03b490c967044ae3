import Hoofprint
import Synchronization
import Tracing

/// A span of ``HoofprintTracer``.
///
/// It may be ended on any thread, in any task. Ending it again, and changing it after its end, does nothing. One that is
/// given up without an end has ended in the error `(never ended)`; until then `trace-report --open` shows it.
public final class HoofprintSpan: Tracing.Span {
    /// Where in its trace the span is.
    public let trace: TraceContext

    private let kind: SpanKind
    private let place: CodePlace
    private let surroundings: ServiceContext
    private let parentSpanID: String?
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var facts: SpanFacts
        var operation = OperationSpan()
        let isRecorded = OperationSpan.isRecording
        var hasEnded = false
    }

    init(_ name: String, _ kind: SpanKind, at place: CodePlace, under surroundings: ServiceContext) {
        let parent = surroundings[SpanReference.self]
        self.kind = kind
        self.place = place
        self.surroundings = surroundings
        parentSpanID = parent?.trace.spanID
        trace = parent?.trace.child() ?? .new()
        state = Mutex(State(facts: SpanFacts(name: name)))
        guard OperationSpan.isRecording else { return }
        let outer = parent?.span
        state.withLock { state in
            state.operation.begin(
                at: OperationNames.place(name, at: place), inside: { context in outer?.join(&context) })
            state.operation.setTrace(trace.identity)
        }
    }

    deinit { end(because: "(never ended)") }

    /// The context that it was begun in, and the span itself: what children are begun in.
    public var context: ServiceContext {
        var context = surroundings
        context[SpanReference.self] = SpanReference(trace: trace, span: self)
        return context
    }

    /// The span's name. Under the last one the span itself is counted; what was begun inside it stays under the one that the
    /// span had then.
    public var operationName: String {
        get { state.withLock { $0.facts.name } }
        set {
            let place = OperationNames.place(newValue, at: place)
            change { state in
                state.facts.name = newValue
                state.operation.rename(to: place)
            }
        }
    }

    /// Facts about the span. They are written in mode `every`, those whose keys the configuration lets through.
    public var attributes: Tracing.SpanAttributes {
        get { state.withLock { $0.facts.attributes } }
        set { change { $0.facts.attributes = newValue } }
    }

    /// Whether the span is recorded, and has not ended.
    public var isRecording: Bool { state.withLock { $0.isRecorded && !$0.hasEnded } }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Sets how the span ends. `error` makes it count as failed; `ok` as not, whatever errors were recorded.
    public func setStatus(_ status: SpanStatus) { change { $0.facts.status = status } }

    /// Notes an event: its name is written as part of the attribute `events`.
    public func addEvent(_ event: SpanEvent) { change { $0.facts.add(event) } }

    /// Links another span: its numbers are written as part of the attribute `links`.
    public func addLink(_ link: SpanLink) { change { $0.facts.add(link) } }

    /// Makes the span count as failed, with the error's type. Of several errors the last one counts. Its attributes and the
    /// instant are not kept.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: Tracing.SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        let type = String(reflecting: type(of: error))
        change { $0.facts.errorType = type }
    }

    /// Ends the span now; the instant is not asked.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) { end(because: nil) }

    /// Replaces a context by this span's, unless what it names is inside the span.
    func join(_ context: inout OperationContext) {
        state.withLock { $0.operation.join(&context) }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { if !$0.hasEnded { body(&$0) } }
    }

    private func end(because error: String?) {
        let facts = state.withLock { state -> SpanFacts? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state.operation.isWritten ? state.facts : SpanFacts(failureOf: state.facts)
        }
        guard let facts else { return }
        // Outside the lock: a value's description is the program's own code, and may open spans.
        let texts = facts.texts
        state.withLock { state in
            if state.operation.isWritten {
                writeIdentity(to: state.operation)
                for text in texts { state.operation.write(text.key, text.value, isHarmless: text.isHarmless) }
            }
            if let type = error ?? facts.failure { state.operation.fail(type: type) }
            state.operation.end()
        }
    }

    private func writeIdentity(to operation: borrowing OperationSpan) {
        operation.write("trace_id", trace.traceID, isHarmless: true)
        operation.write("span_id", trace.spanID, isHarmless: true)
        if let parentSpanID { operation.write("parent_span_id", parentSpanID, isHarmless: true) }
        operation.write("span_kind", kind.text, isHarmless: true)
    }
}
