import TraceLog

/// The spans of a request on lanes: on a lane each span is inside its parent, or nothing is open when it begins. Where
/// children of a span run at once, each but the first has a lane of its own.
struct SpanLanes {
    /// Something that happens on a lane.
    enum Step: Equatable {
        case begin(span: Int)
        case end(span: Int)
    }

    /// What happens on each lane, in order; the root's is the first.
    private(set) var lanes: [[Step]] = []
    private var open: [[Int]] = []
    private var laneOfSpan: [Int: Int] = [:]
    private let spans: [RequestSummary.Span]

    /// Takes time in proportion to the number of spans, times the number of lanes where they overlap.
    init(_ request: RequestSummary) {
        spans = request.spans
        let order = spans.indices.sorted { (spans[$0].startNanoseconds, $0) < (spans[$1].startNanoseconds, $1) }
        for span in order { place(span) }
        for lane in lanes.indices { close(lane, until: .max) }
    }

    /// Where a span ends, nanoseconds after the request's begin.
    private func end(of span: Int) -> UInt64 {
        saturatingSum(spans[span].startNanoseconds, spans[span].durationNanoseconds)
    }

    private mutating func place(_ span: Int) {
        let start = spans[span].startNanoseconds
        let parent = spans[span].parent
        let parentsLane = parent.flatMap { laneOfSpan[$0] }
        if let lane = parentsLane {
            close(lane, until: start)
            if let parent, open[lane].last == parent, end(of: span) <= end(of: parent) { return begin(span, on: lane) }
        }
        for lane in lanes.indices {
            close(lane, until: start)
            if open[lane].isEmpty { return begin(span, on: lane) }
        }
        lanes.append([])
        open.append([])
        begin(span, on: lanes.count - 1)
    }

    private mutating func begin(_ span: Int, on lane: Int) {
        laneOfSpan[span] = lane
        lanes[lane].append(.begin(span: span))
        open[lane].append(span)
    }

    /// Ends what has ended on a lane at a time.
    private mutating func close(_ lane: Int, until time: UInt64) {
        while let last = open[lane].last, end(of: last) <= time {
            lanes[lane].append(.end(span: last))
            open[lane].removeLast()
        }
    }
}
