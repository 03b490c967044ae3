/// The spans of a request as intervals of time, and what follows from these alone.
///
/// Spans may overlap as tasks do: children run at once, begin before their parent by an error of the clock, or outlive it.
package struct SpanTree {
    /// When a span ran, nanoseconds after the request's begin.
    package struct Interval: Sendable, Equatable {
        /// Its begin.
        package var begin: UInt64
        /// Its end, not before its begin.
        package var end: UInt64
        /// Its parent's index, lower than its own; nil for the root, which is the first.
        package var parent: Int?

        /// Makes an interval.
        package init(begin: UInt64, end: UInt64, parent: Int?) {
            self.begin = begin
            self.end = max(begin, end)
            self.parent = parent
        }
    }

    package let intervals: [Interval]
    /// The children of each span, by begin, longest first.
    private let children: [[Int]]

    /// Makes a tree of spans, the root first and parents before their children; from one span on.
    package init(_ intervals: [Interval]) {
        var children = Array(repeating: [Int](), count: intervals.count)
        for (index, interval) in intervals.enumerated() {
            if let parent = interval.parent { children[parent].append(index) }
        }
        for index in children.indices where children[index].count > 1 {
            children[index].sort { left, right in
                let (first, second) = (intervals[left], intervals[right])
                return (first.begin, second.end, left) < (second.begin, first.end, right)
            }
        }
        self.intervals = intervals
        self.children = children
    }

    /// Returns the spans' indices, each right before those below it, siblings by begin.
    package func preorder() -> [Int] {
        var order: [Int] = []
        var pending = intervals.indices.prefix(1).map { $0 }
        while let next = pending.popLast() {
            order.append(next)
            pending += children[next].reversed()
        }
        return order
    }

    /// Returns the time in a span that none of its children covers, nanoseconds.
    package func selfNanoseconds(of span: Int) -> UInt64 {
        let end = intervals[span].end
        // Up to here the children looked at so far cover what they can.
        var covered = intervals[span].begin
        var own = end - covered
        for child in children[span] {
            let from = max(intervals[child].begin, covered)
            let to = min(intervals[child].end, end)
            guard to > from else { continue }
            own -= to - from
            covered = to
        }
        return own
    }

    /// Returns the stretches of the root's time and the span that each waited for, in order of time and without gaps.
    ///
    /// Walks back from the root's end: a span waited for the child that ended last, and before that one's begin for the
    /// child that had ended last by then. A child that goes on after its parent, or after the child that is waited for has
    /// begun, was not waited for. Where several end at once, the longest counts. Takes time in proportion to the number of
    /// spans and its logarithm.
    package func criticalPath() -> [RequestSummary.Segment] {
        guard let root = intervals.first else { return [] }
        var segments: [RequestSummary.Segment] = []
        var open = [Visit(span: 0, begin: root.begin, cursor: root.end, children: childrenByEnd(of: 0))]
        func add(_ span: Int, _ begin: UInt64, _ end: UInt64) {
            if begin < end {
                segments.append(RequestSummary.Segment(span: span, startNanoseconds: begin, endNanoseconds: end))
            }
        }
        while var visit = open.popLast() {
            guard let child = visit.takeChild(intervals) else {
                add(visit.span, visit.begin, visit.cursor)
                continue
            }
            let begin = max(intervals[child].begin, visit.begin)
            let end = intervals[child].end
            add(visit.span, end, visit.cursor)
            visit.cursor = begin
            open.append(visit)
            open.append(Visit(span: child, begin: begin, cursor: end, children: childrenByEnd(of: child)))
        }
        return segments.reversed()
    }

    /// Returns a span's children, last end first, of those the longest.
    private func childrenByEnd(of span: Int) -> [Int] {
        children[span].sorted { left, right in
            let (first, second) = (intervals[left], intervals[right])
            return (second.end, first.begin, left) < (first.end, second.begin, right)
        }
    }

    /// A span on the way back through time.
    private struct Visit {
        let span: Int
        /// Where its part of the path begins.
        let begin: UInt64
        /// What comes after this is settled.
        var cursor: UInt64
        let children: [Int]
        private var next = 0

        init(span: Int, begin: UInt64, cursor: UInt64, children: [Int]) {
            self.span = span
            self.begin = begin
            self.cursor = cursor
            self.children = children
        }

        /// Returns the child that ended last before the cursor, each once; nil where none is left that took any time.
        mutating func takeChild(_ intervals: [Interval]) -> Int? {
            while next < children.count {
                let child = children[next]
                next += 1
                let interval = intervals[child]
                if interval.end <= cursor, interval.end > max(interval.begin, begin) { return child }
            }
            return nil
        }
    }
}
