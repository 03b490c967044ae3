import CLogScan
import TraceLog

/// The tables of the sessions of a stretch of a log.
struct SpanTables: ~Copyable {
    /// Why adding spans stopped.
    enum Stop {
        /// All were added.
        case end
        /// The next one came before, and is not added.
        case duplicate
        /// The table must be emptied before the next one is added.
        case full
        /// The next one is counted as seen, and goes into the model by itself.
        case notHere
    }

    /// Spans of further sessions go into the model one by one.
    private static let mostSessions = 64
    /// How many paths are kept at once, of all sessions.
    private static let mostPaths = 512

    private let tables = UnsafeMutablePointer<SpanTable>.allocate(capacity: mostSessions)
    private var count = 0
    private var indexOfSession: [Int: Int] = [:]
    private var room = mostPaths

    deinit {
        tables.deinitialize(count: count)
        tables.deallocate()
    }

    /// Adds spans of a session from `index` on, and moves it to the one that it stopped at.
    mutating func add(
        _ spans: UnsafeBufferPointer<hp_log_span>, from index: inout Int, session: Int, to model: inout LogModel,
        input: Int
    ) -> Stop {
        let table = table(ofSession: session)
        let bounds = model.sessions[session].bounds
        var outside: UInt64 = 0
        defer { model.countOutside(outside, session: session, input: input) }
        return model.withSequences(ofSession: session) { sequences in
            var next = index
            defer { index = next }
            while next < spans.count {
                let span = spans[next]
                if let table, table.pointee.isFull(for: span) { return .full }
                guard sequences.insert(span.sequence) else { return .duplicate }
                guard bounds.lower <= span.sequence, span.sequence < bounds.upper else {
                    outside &+= 1
                    next &+= 1
                    continue
                }
                guard let table, table.pointee.add(span, &room) else { return .notHere }
                next &+= 1
            }
            return .end
        }
    }

    /// Puts what the spans of a session add up to in this window into the model.
    mutating func takeOutWindow(ofSession session: Int, into model: inout LogModel, input: Int) {
        guard let index = indexOfSession[session] else { return }
        tables[index].takeOutWindow { path, counters, durations, first in
            let spans = PathSpans(counters: counters, durations: nil, coarseDurations: durations, firstSequence: first)
            model.add(spans, path: path, session: session, input: input)
        }
    }

    /// Puts all that the spans of a session add up to into the model.
    mutating func takeOut(ofSession session: Int, into model: inout LogModel, input: Int) {
        takeOutWindow(ofSession: session, into: &model, input: input)
        guard let index = indexOfSession[session] else { return }
        tables[index].takeOutDurations { model.add($1, path: $0, session: session) }
    }

    /// Puts everything into the model.
    mutating func takeOut(into model: inout LogModel, input: Int) {
        for session in indexOfSession.keys.sorted() { takeOut(ofSession: session, into: &model, input: input) }
    }

    private mutating func table(ofSession session: Int) -> UnsafeMutablePointer<SpanTable>? {
        if let known = indexOfSession[session] { return tables + known }
        guard count < Self.mostSessions else { return nil }
        (tables + count).initialize(to: SpanTable())
        indexOfSession[session] = count
        count += 1
        return tables + (count - 1)
    }
}
