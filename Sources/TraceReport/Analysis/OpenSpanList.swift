import TraceLog

/// Makes the list of spans that had not ended when the log did.
struct OpenSpanList {
    private var spans: [OpenSpan] = []

    /// Adds the spans of one session that were open at its last flush, or when it crashed, under selected roots. A session
    /// that was shut down has none.
    mutating func add(_ paths: SessionPaths) {
        let session = paths.session
        guard session.end?.reason != Self.orderly else { return }
        let model = session.details.openSpans
        for span in model.spans where paths.isSelected(id: span.path) {
            var open = OpenSpan(
                session: session.tag, pid: session.announcement?.pid ?? 0, stack: paths.stack(ofPath: span.path),
                request: span.request, thread: span.thread,
                startWallNanoseconds: session.wallNanoseconds(at: span.startNanoseconds),
                ageNanoseconds: span.ageNanoseconds, crashSignal: model.crash?.record.signal)
            open.trace = span.trace
            spans.append(open)
        }
    }

    /// Returns the spans, the oldest first.
    consuming func finished() -> [OpenSpan] {
        spans.enumerated().sorted { left, right in
            (right.element.ageNanoseconds, left.element.session, left.offset)
                < (left.element.ageNanoseconds, right.element.session, right.offset)
        }.map(\.element)
    }

    /// Why a session ended that the program itself ended. A signal, and a kill, leave spans open.
    private static let orderly = "shutdown"
}
