import Logging
import Tracing

extension Logger.MetadataProvider {
    /// Puts `trace_id` and `span_id` on every line that is logged inside a span of ``HoofprintTracer``, in the form that W3C
    /// Trace Context has them, so that a program's lines can be found by what another program logged.
    ///
    /// ```swift
    /// LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: .hoofprint)
    /// ```
    ///
    /// Outside of spans it adds nothing. Cost: two short texts a line that is logged.
    public static let hoofprint = Logger.MetadataProvider {
        guard let trace = ServiceContext.current?.hoofprintTrace else { return [:] }
        return ["trace_id": "\(trace.traceID)", "span_id": "\(trace.spanID)"]
    }
}
