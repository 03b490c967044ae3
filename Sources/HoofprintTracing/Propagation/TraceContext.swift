import TraceLog
import Tracing

/// Where in a trace of several programs a span is: W3C Trace Context, https://www.w3.org/TR/trace-context/.
public struct TraceContext: Sendable, Hashable {
    /// The numbers of the trace and of the span. Neither is 0.
    var identity: TraceIdentity
    /// The flag `sampled`, as the trace's first program set it. Recording does not depend on it.
    public internal(set) var isSampled: Bool
    /// What other tracers have to say of the trace: the header `tracestate`, unchanged.
    public internal(set) var state: String?

    /// The trace's number, 32 hexadecimal digits, lower case.
    public var traceID: String { identity.traceText }
    /// The span's number, 16 hexadecimal digits, lower case.
    public var spanID: String { identity.spanText }

    /// Begins a trace.
    static func new() -> TraceContext {
        let identity = TraceIdentity(
            traceHigh: RandomNumbers.next(), traceLow: RandomNumbers.next(), span: RandomNumbers.next())
        return TraceContext(identity: identity, isSampled: true)
    }

    /// Returns a child's: the same trace, another span.
    func child() -> TraceContext {
        var child = self
        child.identity.span = RandomNumbers.next()
        return child
    }
}

/// The key of a trace's place, and of the span in this program, in a context.
struct SpanReference: Sendable, ServiceContextKey {
    typealias Value = SpanReference
    static let nameOverride: String? = "hoofprint-span"

    var trace: TraceContext
    /// The span of this program; nil: the context came from another one.
    var span: HoofprintSpan?
}

extension ServiceContext {
    /// Where in a trace the code runs that has this context; nil: in none that ``HoofprintTracer`` knows.
    public var hoofprintTrace: TraceContext? { self[SpanReference.self]?.trace }
}
