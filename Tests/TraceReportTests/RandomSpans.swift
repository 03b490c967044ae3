import SeededRandom
import TraceReport

/// A request of a few spans that run at once, outlive each other and begin early, on a clock of at most 64 ticks; and what
/// it says of them tick by tick.
struct RandomSpans {
    let intervals: [SpanTree.Interval]

    init(using random: inout SeededGenerator) {
        var intervals = [SpanTree.Interval(begin: 0, end: .random(in: 0...48, using: &random), parent: nil)]
        for index in 1..<(2 + Int(random.next() % 9)) {
            let parent = Int(random.next() % UInt64(index))
            let above = intervals[parent]
            // A third begins where a sibling or the parent begins or ends: off-by-one errors are at home there.
            let edges = [above.begin, above.end, intervals[index - 1].begin, intervals[index - 1].end]
            let first = above.begin > 2 ? above.begin - 2 : 0
            let isOnEdge = random.next() % 3 == 0
            let anywhere = min(63, first + random.next() % (above.end - first + 3))
            let begin = isOnEdge ? edges[Int(random.next() % 4)] : anywhere
            intervals.append(
                SpanTree.Interval(begin: begin, end: min(63, begin + random.next() % 16), parent: parent))
        }
        self.intervals = intervals
    }

    /// The ticks that a span covers, as bits.
    private func ticks(_ span: Int) -> UInt64 {
        (intervals[span].begin..<intervals[span].end).reduce(0) { $0 | 1 << $1 }
    }

    /// Returns how many ticks of a span no child covers.
    func selfTicks(of span: Int) -> UInt64 {
        let covered = intervals.indices.filter { intervals[$0].parent == span }.reduce(0) { $0 | ticks($1) }
        return UInt64((ticks(span) & ~covered).nonzeroBitCount)
    }

    /// Returns the span that each tick of the root waited for, by a walk back from its end, a tick at a time: where the span
    /// at hand has a child that ends here, the child is entered, the longest of several; where a span begins, or the part
    /// of its parent that it is in, it is left.
    func criticalTicks() -> [Int] {
        var owner = Array(repeating: -1, count: Int(intervals[0].end))
        var stack = [(span: 0, begin: UInt64(0))]
        var tick = intervals[0].end
        while tick > 0 {
            var isSettled = false
            while !isSettled {
                let top = stack[stack.count - 1]
                let ending = intervals.indices.filter {
                    intervals[$0].parent == top.span && intervals[$0].end == tick
                        && max(intervals[$0].begin, top.begin) < tick
                }
                if let longest = ending.min(by: { (intervals[$0].begin, $0) < (intervals[$1].begin, $1) }) {
                    stack.append((longest, max(intervals[longest].begin, top.begin)))
                } else if top.begin == tick, stack.count > 1 {
                    stack.removeLast()
                } else {
                    isSettled = true
                }
            }
            tick -= 1
            owner[Int(tick)] = stack[stack.count - 1].span
        }
        return owner
    }
}
