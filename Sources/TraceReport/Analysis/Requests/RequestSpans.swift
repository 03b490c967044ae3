import TraceLog

/// The spans of a kept request, put together from the pieces that came.
struct RequestSpans {
    /// A span and its parent's index; the root, which is the first, has none.
    struct Entry {
        var span: TreeRecord.Span
        var parent: Int?
    }

    private(set) var entries: [Entry] = []
    /// Whether spans are missing, or do not say which span they are under.
    private(set) var isPartial: Bool

    init(_ request: KeptRequest) {
        let placed = Self.placed(request)
        let isWhole = UInt64(placed.count) == request.record.spans && placed.count == max(1, request.spanCount)
        isPartial = request.record.isPartial || !isWhole
        var indexOfPosition: [UInt64: Int] = [0: 0]
        entries.reserveCapacity(placed.count + 1)
        entries.append(Entry(span: root(of: request, placed.first), parent: nil))
        for (position, span) in placed where position > 0 {
            var parent = span.parent < position ? indexOfPosition[span.parent] : nil
            if parent == nil {
                // As the program does with spans whose parent it no longer has.
                parent = 0
                isPartial = true
            }
            indexOfPosition[position] = entries.count
            entries.append(Entry(span: span, parent: parent))
        }
    }

    /// Returns the root. The request's own record says how long it took.
    private func root(of request: KeptRequest, _ first: (position: UInt64, span: TreeRecord.Span)?) -> TreeRecord.Span {
        let record = request.record
        if let first, first.position == 0 {
            var span = first.span
            span.startNanoseconds = 0
            span.durationNanoseconds = record.durationNanoseconds
            return span
        }
        return TreeRecord.Span(
            path: record.path, parent: 0, startNanoseconds: 0, durationNanoseconds: record.durationNanoseconds,
            cpuNanoseconds: 0, thread: 0, hasFailed: record.reason == .failed)
    }

    /// Returns the spans that came with their places among the request's. Pieces are counted from both ends; between two
    /// that are missing nobody knows which spans are whose parents, so what lies there is left out.
    private static func placed(_ request: KeptRequest) -> [(position: UInt64, span: TreeRecord.Span)] {
        let record = request.record
        let pieces = request.pieces.sorted { $0.key < $1.key }
        var placed: [(position: UInt64, span: TreeRecord.Span)] = []
        var leading = 0
        for (part, spans) in pieces {
            guard part == UInt64(leading) + 1, UInt64(placed.count + spans.count) <= record.spans else { break }
            for span in spans { placed.append((UInt64(placed.count), span)) }
            leading += 1
        }
        var trailing: [(begin: UInt64, spans: [TreeRecord.Span])] = []
        var end = record.spans
        for (part, spans) in pieces[leading...].reversed() {
            guard UInt64(trailing.count) < record.parts, part == record.parts - UInt64(trailing.count),
                UInt64(spans.count) <= end, end - UInt64(spans.count) >= UInt64(placed.count)
            else { break }
            end -= UInt64(spans.count)
            trailing.append((end, spans))
        }
        for piece in trailing.reversed() {
            for (offset, span) in piece.spans.enumerated() { placed.append((piece.begin + UInt64(offset), span)) }
        }
        return placed
    }
}
