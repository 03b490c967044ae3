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
    /// The spans that are open on each lane, innermost last.
    private var open: [[Int]] = []
    private var laneOfSpan: [Int: Int] = [:]
    /// For each lane, when the outermost span on it ends.
    private var free = LaneQueue()
    private let spans: [RequestSummary.Span]

    /// Takes time in proportion to n log n for n spans.
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
        if let parent = spans[span].parent, let lane = laneOfSpan[parent] {
            close(lane, until: start)
            if open[lane].last == parent, end(of: span) <= end(of: parent) { return begin(span, on: lane) }
        }
        if let lane = free.removeFirst(until: start) {
            close(lane, until: start)
            begin(span, on: lane)
        } else {
            lanes.append([])
            open.append([])
            begin(span, on: lanes.count - 1)
        }
        free.insert(LaneQueue.Element(end: end(of: span), lane: laneOfSpan[span] ?? 0))
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

/// Lanes by the time from which on they are free: a binary heap.
struct LaneQueue {
    /// A lane and when it is free.
    struct Element {
        var end: UInt64
        var lane: Int

        fileprivate func precedes(_ other: Element) -> Bool { (end, lane) < (other.end, other.lane) }
    }

    private var elements: [Element] = []

    /// Adds a lane.
    mutating func insert(_ element: Element) {
        elements.append(element)
        var place = elements.count - 1
        while place > 0, elements[place].precedes(elements[(place - 1) / 2]) {
            elements.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Removes the lane that is free first; nil where none is until a time.
    mutating func removeFirst(until time: UInt64) -> Int? {
        guard let first = elements.first, first.end <= time else { return nil }
        elements.swapAt(0, elements.count - 1)
        elements.removeLast()
        var place = 0
        while true {
            let children = (2 * place + 1)...(2 * place + 2)
            guard
                let least = children.filter({ $0 < elements.count })
                    .min(by: { elements[$0].precedes(elements[$1]) }),
                elements[least].precedes(elements[place])
            else { return first.lane }
            elements.swapAt(place, least)
            place = least
        }
    }
}
