import TraceLog

/// Makes the summaries of requests: their spans with self times, and their critical paths.
struct RequestList {
    private let limits: Limits
    private var requests: [RequestSummary] = []

    init(limits: Limits) {
        self.limits = limits
    }

    /// Adds the requests of one session whose root is selected.
    mutating func add(_ paths: SessionPaths) {
        for request in paths.session.details.requests.kept.values where paths.isSelected(id: request.record.path) {
            requests.append(Self.summary(of: request, in: paths.session))
        }
    }

    /// Returns the requests, the slowest first; of each root over all sessions at most as many as ``Limits`` says.
    consuming func finished() -> [RequestSummary] {
        var keptOfRoot: [Root: Int] = [:]
        let kept = requests.sorted(by: Self.areRanked).filter { request in
            guard let place = request.spans.first?.place else { return false }
            let root = Root(place: place, reason: request.reason)
            keptOfRoot[root, default: 0] += 1
            let maximum = request.reason == .slow ? limits.slowestPerRoot : limits.failedPerRoot
            return keptOfRoot[root, default: 0] <= maximum
        }
        return kept.sorted(by: Self.areInOrder)
    }

    private struct Root: Hashable {
        var place: FunctionPlace
        var reason: RequestSummary.Reason
    }

    /// Whether `left` is kept before `right`: of those that failed the newest.
    private static func areRanked(_ left: RequestSummary, _ right: RequestSummary) -> Bool {
        if left.reason != right.reason { return left.reason == .slow }
        guard left.reason == .failed, left.startWallNanoseconds != right.startWallNanoseconds
        else { return areInOrder(left, right) }
        return left.startWallNanoseconds > right.startWallNanoseconds
    }

    private static func areInOrder(_ left: RequestSummary, _ right: RequestSummary) -> Bool {
        (right.durationNanoseconds, left.startWallNanoseconds, left.session, left.id)
            < (left.durationNanoseconds, right.startWallNanoseconds, right.session, right.id)
    }

    private static func summary(of request: KeptRequest, in session: SessionModel) -> RequestSummary {
        let record = request.record
        var summary = RequestSummary(
            session: session.tag, id: record.id, reason: record.reason == .slow ? .slow : .failed,
            startWallNanoseconds: session.wallNanoseconds(at: record.startNanoseconds),
            durationNanoseconds: record.durationNanoseconds)
        summary.trace = record.trace
        let spans = RequestSpans(request)
        summary.isPartial = spans.isPartial
        let tree = SpanTree(
            spans.entries.map { entry in
                let begin = entry.span.startNanoseconds
                return SpanTree.Interval(
                    begin: begin, end: saturatingSum(begin, entry.span.durationNanoseconds), parent: entry.parent)
            })
        var place = Array(repeating: 0, count: spans.entries.count)
        for index in tree.preorder() {
            place[index] = summary.spans.count
            let parent = tree.intervals[index].parent.map { place[$0] }
            var span = RequestSummary.Span(
                place: session.place(ofPath: spans.entries[index].span.path), parent: parent,
                depth: parent.map { summary.spans[$0].depth + 1 } ?? 0,
                startNanoseconds: tree.intervals[index].begin,
                durationNanoseconds: tree.intervals[index].end - tree.intervals[index].begin,
                selfNanoseconds: tree.selfNanoseconds(of: index))
            span.cpuNanoseconds = spans.entries[index].span.cpuNanoseconds
            span.thread = spans.entries[index].span.thread
            span.hasFailed = spans.entries[index].span.hasFailed
            if let parent = tree.intervals[index].parent.map({ tree.intervals[$0] }) {
                span.outlivesParentNanoseconds = tree.intervals[index].end - min(tree.intervals[index].end, parent.end)
            }
            summary.spans.append(span)
        }
        summary.criticalPath = tree.criticalPath().map { segment in
            var segment = segment
            segment.span = place[segment.span]
            return segment
        }
        return summary
    }
}

extension SessionModel {
    /// Returns the wall time of an instant, given in nanoseconds of the monotonic clock since the session's start: from the
    /// nearest of the first and the last flush and the start, since the wall clock may be stepped.
    func wallNanoseconds(at monotonic: UInt64) -> UInt64 {
        var anchors: [(wall: UInt64, monotonic: UInt64)] = []
        if let start = announcement?.startWallNanoseconds { anchors.append((start, 0)) }
        for clock in [firstClock, lastClock] {
            if let clock { anchors.append((clock.wallNanoseconds, clock.monotonicNanoseconds)) }
        }
        func distance(_ anchor: (wall: UInt64, monotonic: UInt64)) -> UInt64 {
            max(anchor.monotonic, monotonic) - min(anchor.monotonic, monotonic)
        }
        guard let anchor = anchors.min(by: { distance($0) < distance($1) }) else { return monotonic }
        guard anchor.monotonic > monotonic else { return saturatingSum(anchor.wall, distance(anchor)) }
        return anchor.wall > distance(anchor) ? anchor.wall - distance(anchor) : 0
    }
}
