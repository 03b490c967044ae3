import TraceLog

/// Writes the spans of a request into a Chrome trace.
struct ChromeSpans {
    private let request: RequestSummary
    private let process: UInt64
    /// The request's begin, nanoseconds after the trace's.
    private let start: UInt64
    /// How long the request waited for each span's own code, nanoseconds.
    private var critical: [UInt64]

    init(request: RequestSummary, process: UInt64, start: UInt64) {
        (self.request, self.process, self.start) = (request, process, start)
        critical = Array(repeating: 0, count: request.spans.count)
        for segment in request.criticalPath
        where segment.endNanoseconds > segment.startNanoseconds && critical.indices.contains(segment.span) {
            let length = segment.endNanoseconds - segment.startNanoseconds
            critical[segment.span] = saturatingSum(critical[segment.span], length)
        }
    }

    /// Writes a span on a thread.
    func writeComplete(_ span: Int, thread: UInt64, to json: inout JSONWriter) {
        var event = event(.complete, span, at: request.spans[span].startNanoseconds)
        (event.thread, event.duration) = (thread, request.spans[span].durationNanoseconds)
        event.write(to: &json) { json in writeArguments(of: span, to: &json) }
    }

    /// Writes the begin or the end of a span on a track that `id` names.
    func writeAsync(_ step: SpanLanes.Step, id: String, to json: inout JSONWriter) {
        switch step {
        case .begin(let span):
            var event = event(.asyncBegin, span, at: request.spans[span].startNanoseconds)
            event.id = id
            event.write(to: &json) { json in writeArguments(of: span, to: &json) }
        case .end(let span):
            let of = request.spans[span]
            var event = event(.asyncEnd, span, at: saturatingSum(of.startNanoseconds, of.durationNanoseconds))
            event.id = id
            event.write(to: &json)
        }
    }

    private func event(_ phase: ChromeEvent.Phase, _ span: Int, at time: UInt64) -> ChromeEvent {
        var event = ChromeEvent(
            phase, request.spans[span].place.name, process: process, time: saturatingSum(start, time))
        event.category = "request"
        return event
    }

    private func writeArguments(of index: Int, to json: inout JSONWriter) {
        let span = request.spans[index]
        if span.parent == nil {
            json.member("request", request.id)
            json.member("reason", request.reason.rawValue)
            if request.isPartial { json.member("partial", "spans are missing") }
        }
        json.member("function", span.place.function)
        if !span.place.file.isEmpty { json.member("place", "\(span.place.file):\(span.place.line)") }
        json.member("self_ns", span.selfNanoseconds)
        json.member("cpu_ns", span.cpuNanoseconds)
        if !request.criticalPath.isEmpty { json.member("critical_ns", critical[index]) }
        json.member("thread", span.thread)
        if span.hasFailed { json.member("error", "failed") }
        if span.outlivesParentNanoseconds > 0 { json.member("outlives_parent_ns", span.outlivesParentNanoseconds) }
    }
}
