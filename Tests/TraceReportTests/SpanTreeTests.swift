import SeededRandom
import Testing
import TraceReport

@Suite("The spans of a request")
struct SpanTreeTests {
    /// Ten times 10,000, which run side by side.
    @Test(
        "self times and critical paths are those of counting tick by tick, on 100,000 random trees",
        arguments: 0..<10)
    func bruteForce(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<10_000 {
            let spans = RandomSpans(using: &random)
            let tree = SpanTree(spans.intervals)
            let own = spans.intervals.indices.map(tree.selfNanoseconds(of:))
            guard own == spans.intervals.indices.map(spans.selfTicks(of:)) else {
                Issue.record("self times, seed \(seed), round \(round): \(spans.intervals) gave \(own)")
                return
            }
            let path = tree.criticalPath()
            var ticks: [Int] = []
            for segment in path where segment.startNanoseconds == UInt64(ticks.count) {
                ticks += Array(repeating: segment.span, count: Int(segment.endNanoseconds - segment.startNanoseconds))
            }
            guard ticks == spans.criticalTicks(), path.allSatisfy({ $0.startNanoseconds < $0.endNanoseconds }) else {
                Issue.record("critical path, seed \(seed), round \(round): \(spans.intervals) gave \(path)")
                return
            }
        }
    }

    @Test("children at once cover the union of their intervals, once")
    func union() {
        let tree = SpanTree([
            SpanTree.Interval(begin: 0, end: 100, parent: nil), SpanTree.Interval(begin: 10, end: 60, parent: 0),
            SpanTree.Interval(begin: 30, end: 80, parent: 0), SpanTree.Interval(begin: 70, end: 130, parent: 0),
        ])
        #expect(tree.selfNanoseconds(of: 0) == 10)
        #expect(tree.selfNanoseconds(of: 3) == 60, "a child that outlives its parent keeps its own time")
    }

    @Test("the critical path goes through the child that ended last, and not through one that nobody awaited")
    func criticalPath() {
        let tree = SpanTree([
            SpanTree.Interval(begin: 0, end: 100, parent: nil), SpanTree.Interval(begin: 10, end: 40, parent: 0),
            SpanTree.Interval(begin: 10, end: 70, parent: 0), SpanTree.Interval(begin: 70, end: 90, parent: 0),
            SpanTree.Interval(begin: 50, end: 300, parent: 0),
        ])
        let path = tree.criticalPath().map { [UInt64($0.span), $0.startNanoseconds, $0.endNanoseconds] }
        #expect(path == [[0, 0, 10], [2, 10, 70], [3, 70, 90], [0, 90, 100]])
    }

    @Test("a chain of 100,000 spans, and a span with as many children, are walked without recursion")
    func deep() {
        let count = 100_000
        let root = [SpanTree.Interval(begin: 0, end: UInt64.max, parent: nil)]
        let chain = SpanTree(
            root + (1...count).map { SpanTree.Interval(begin: UInt64($0), end: .max, parent: $0 - 1) })
        #expect(chain.criticalPath().count == count + 1)
        #expect(chain.preorder() == Array(0...count))
        let fan = SpanTree(
            root + (1...count).map { SpanTree.Interval(begin: UInt64($0), end: UInt64($0) + 1, parent: 0) })
        #expect(fan.criticalPath().count == count + 2)
        #expect(fan.selfNanoseconds(of: 0) == .max - UInt64(count))
    }
}
