import CHoofprint
import TraceLog

/// The spans of a store that have not ended.
struct OpenSpans {
    private let store: Store

    /// How many are written at once, at most: the oldest.
    private static let maximum = 64

    init(_ store: Store) {
        self.store = store
    }

    /// Writes those that began at or before `begunBy`; `now` and it are ticks. Of a process that is no more, `now` is its last
    /// flush; what began later tells that it lived longer.
    func write(begunBy: UInt64, now: UInt64, _ scale: TickScale, to writer: inout RecordWriter) {
        var spans = Array(repeating: hp_open_span(), count: 16 * Self.maximum)
        let count = hp_open_spans(store.memory, begunBy, &spans, spans.count)
        let now = spans[..<count].reduce(now) { max($0, $1.start) }
        for span in spans[..<count].sorted(by: { $0.start < $1.start }).prefix(Self.maximum) {
            var record = OpenRecord(
                path: UInt64(span.path), request: span.request, thread: UInt64(span.thread),
                startNanoseconds: scale.sinceStart(span.start),
                ageNanoseconds: scale.nanoseconds(now > span.start ? now - span.start : 0))
            record.trace = TraceIdentity(span.trace)
            writer.write(.open(record))
        }
    }
}
