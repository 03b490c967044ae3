import TraceLog

/// A trace in Chrome's JSON, for Perfetto (ui.perfetto.dev) and chrome://tracing.
///
/// It holds the requests whose spans are all known, spans that had not ended, and counters of how often functions were called
/// and how many calls were in their own code at once. A request of sync spans on one thread stands on that thread, as complete
/// events. Any other has tracks of its own, of async events: its first track holds the root, and those below it that nest;
/// where spans run at once each further one begins on another track. Times count from the earliest event, whose instant is
/// in `otherData`.
///
/// Source: Trace Event Format, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
public struct ChromeRenderer: Renderer {
    /// Makes a renderer.
    public init() {}

    /// Returns the trace, one line of JSON.
    public func render(_ report: Report) -> String {
        var trace = ChromeTrace(report)
        var writer = JSONWriter()
        writer.object { json in
            json.array("traceEvents") { json in
                trace.writeNames(to: &json)
                // By begin: a thread is taken by one after the other.
                for index in report.requests.indices.sorted(by: { left, right in
                    (report.requests[left].startWallNanoseconds, left)
                        < (report.requests[right].startWallNanoseconds, right)
                }) { trace.write(report.requests[index], index, to: &json) }
                for (index, span) in report.open.enumerated() { trace.write(span, index, to: &json) }
                ChromeCounters(report).write(for: &trace, to: &json)
            }
            json.member("displayTimeUnit", "ms")
            json.object("otherData") { json in
                json.member("exporter", "trace-report")
                json.member("start", WallTime(nanoseconds: trace.start).rfc3339)
            }
        }
        return writer.text + "\n"
    }
}

/// A Chrome trace while it is written.
struct ChromeTrace {
    /// The earliest instant, nanoseconds since 1970-01-01T00:00:00Z.
    let start: UInt64
    private var processes: ChromeProcesses
    private let asyncPlaces: Set<FunctionPlace>
    /// A thread of a process.
    private struct Thread: Hashable {
        var process: UInt64
        var number: UInt64
    }
    /// How far each thread is taken by requests, nanoseconds after the start.
    private var takenUntil: [Thread: UInt64] = [:]

    init(_ report: Report) {
        let starts = report.requests.map(\.startWallNanoseconds) + report.open.map(\.startWallNanoseconds)
        let timeline = report.timeline.windowCount > 0 ? [report.timeline.startWallNanoseconds] : []
        start = (starts + timeline).min() ?? 0
        processes = ChromeProcesses(report)
        asyncPlaces = Set(report.functions.lazy.filter(\.hasAsyncPaths).map(\.place))
    }

    /// Returns an instant as nanoseconds after the start.
    func time(_ wallNanoseconds: UInt64) -> UInt64 { wallNanoseconds > start ? wallNanoseconds - start : 0 }

    /// Writes the processes' names.
    func writeNames(to json: inout JSONWriter) {
        for (number, name) in processes.names { writeName(name, ofProcess: number, to: &json) }
    }

    /// Returns the number of what concerns all processes, and writes its name where it is new.
    mutating func numberOfAll(to json: inout JSONWriter) -> UInt64 {
        let known = processes.names.count
        let number = processes.numberOfAll()
        for (number, name) in processes.names.dropFirst(known) { writeName(name, ofProcess: number, to: &json) }
        return number
    }

    private func writeName(_ name: String, ofProcess process: UInt64, to json: inout JSONWriter) {
        ChromeEvent(.metadata, "process_name", process: process).write(to: &json) { json in json.member("name", name) }
    }

    /// Writes a request's spans.
    mutating func write(_ request: RequestSummary, _ index: Int, to json: inout JSONWriter) {
        let process = processes.number(ofSession: request.session)
        let lanes = SpanLanes(request).lanes
        let writer = ChromeSpans(request: request, process: process, start: time(request.startWallNanoseconds))
        if lanes.count == 1, let thread = takeThread(for: request, of: process, to: &json) {
            for span in request.spans.indices { writer.writeComplete(span, thread: thread, to: &json) }
            return
        }
        for (lane, steps) in lanes.enumerated() {
            // Of lanes with a name of their own each is a track.
            for step in steps { writer.writeAsync(step, id: "request-\(index)-\(lane)", to: &json) }
        }
    }

    /// Returns the thread on which a request can stand; nil where its spans ran on several, may have been suspended, or
    /// others stand there at the same time.
    private mutating func takeThread(
        for request: RequestSummary, of process: UInt64, to json: inout JSONWriter
    ) -> UInt64? {
        guard let root = request.spans.first, let number = ChromeProcesses.thread(root.thread),
            request.spans.allSatisfy({ $0.thread == root.thread && !asyncPlaces.contains($0.place) })
        else { return nil }
        let start = time(request.startWallNanoseconds)
        let thread = Thread(process: process, number: number)
        if let taken = takenUntil[thread], taken > start { return nil }
        if takenUntil[thread] == nil {
            var event = ChromeEvent(.metadata, "thread_name", process: process)
            event.thread = number
            event.write(to: &json) { json in json.member("name", "thread \(number)") }
        }
        let end = request.spans.reduce(0) { max($0, saturatingSum($1.startNanoseconds, $1.durationNanoseconds)) }
        takenUntil[thread] = saturatingSum(start, end)
        return number
    }

    /// Writes the begin of a span that had no end.
    func write(_ span: OpenSpan, _ index: Int, to json: inout JSONWriter) {
        var event = ChromeEvent(
            .asyncBegin, span.stack.last?.name ?? "(unknown)", process: processes.number(ofSession: span.session),
            time: time(span.startWallNanoseconds))
        (event.category, event.id) = ("open", "open-\(index)")
        event.write(to: &json) { json in
            json.member("age_ns", span.ageNanoseconds)
            json.member("stack", span.stack.map(\.name).joined(separator: " › "))
            json.member("request", span.request)
            json.member("thread", span.thread)
            if let signal = span.crashSignal { json.member("crash_signal", signal) }
        }
    }
}
