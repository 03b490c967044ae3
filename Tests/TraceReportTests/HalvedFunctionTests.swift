import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

@Suite("What would be gained, were a function twice as fast")
struct HalvedFunctionTests {
    private static let root = FunctionPlace(name: "POST /red", function: "handle(_:)", file: "R.swift", line: 1)
    private static let slow = FunctionPlace(name: "store", function: "store(_:)", file: "S.swift", line: 2)
    private static let other = FunctionPlace(name: "decode", function: "decode(_:)", file: "D.swift", line: 3)

    /// A request: the store's own time in two calls, and that of the decoder between them, nanoseconds.
    private struct Call {
        var store: UInt64
        var decode: UInt64
        var duration: UInt64 { store + decode }
        var halved: UInt64 { duration - store / 2 }
    }

    /// Requests of which one in 40 waits long in the store.
    private static func calls(_ count: Int, _ random: inout SeededGenerator) -> [Call] {
        (0..<count).map { _ in
            let isLong = Int.random(in: 0..<40, using: &random) == 0
            let store = UInt64.random(in: 5_000_000...20_000_000, using: &random) * (isLong ? 10 : 1)
            return Call(store: store / 2 * 2, decode: UInt64.random(in: 5_000_000...30_000_000, using: &random))
        }
    }

    private static func request(_ call: Call, atOnce: Bool = false) -> RequestSummary {
        var request = RequestSummary(
            session: 1, id: 1, reason: .slow, startWallNanoseconds: WrittenLog.start, durationNanoseconds: call.duration
        )
        let half = call.store / 2
        let begins = [0, half, atOnce ? half : half + call.decode]
        let times = [half, call.decode, half]
        request.spans = [
            .init(
                place: root, parent: nil, depth: 0, startNanoseconds: 0, durationNanoseconds: call.duration,
                selfNanoseconds: 0)
        ]
        for (index, place) in [slow, other, slow].enumerated() {
            request.spans.append(
                .init(
                    place: place, parent: 0, depth: 1, startNanoseconds: begins[index],
                    durationNanoseconds: times[index], selfNanoseconds: times[index]))
        }
        let tree = SpanTree(
            request.spans.map {
                .init(begin: $0.startNanoseconds, end: $0.startNanoseconds + $0.durationNanoseconds, parent: $0.parent)
            })
        request.criticalPath = tree.criticalPath()
        return request
    }

    private static func report(_ calls: [Call], kept: Int, atOnce: Bool = false) -> Report {
        var report = Report(sortKey: .selfTime)
        let sorted = calls.sorted { $0.duration > $1.duration }
        report.requests = sorted.prefix(kept).map { request($0, atOnce: atOnce) }
        report.tree.functions = [root]
        var node = CallingContextTree.Node(parent: nil, function: 0, depth: 0)
        node.count = UInt64(calls.count)
        node.p99Nanoseconds = percentile(calls.map(\.duration))
        report.tree.nodes = [node]
        var windows = Array(repeating: Timeline.Window(), count: 3)
        for (index, call) in calls.enumerated() {
            // As coarse as the reader keeps windows.
            let bucket = DurationHistogram.bucket(ofTicks: call.duration) / 4 * 4 + 2
            windows[index % 3].durations.add(bucket: bucket, occurrences: 1)
            windows[index % 3].count += 1
        }
        report.timeline.windowCount = 3
        report.timeline.functions = [.init(place: root, isRoot: true, windows: windows)]
        return report
    }

    private static func percentile(_ durations: [UInt64]) -> UInt64 {
        let rank = Int((0.99 * Double(durations.count)).rounded(.up))
        return durations.sorted()[rank - 1]
    }

    @Test("never less than what it would be, whatever is kept", arguments: 0..<60 as Range<UInt64>)
    func bound(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let calls = Self.calls(Int.random(in: 100...1_500, using: &random), &random)
        let report = Self.report(calls, kept: Int.random(in: 0...15, using: &random))
        guard let found = HalvedFunction(Self.slow, under: Self.root, in: report) else { return }
        #expect(found.atMost >= Self.percentile(calls.map(\.halved)), "seed \(seed)")
        #expect(found.atMost < found.before && found.before == Self.percentile(calls.map(\.duration)))
    }

    @Test("and close to it where the slowest are kept")
    func closeness() throws {
        var found = 0
        for seed in 0..<20 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let calls = Self.calls(600, &random)
            guard let halved = HalvedFunction(Self.slow, under: Self.root, in: Self.report(calls, kept: 10)) else {
                continue
            }
            found += 1
            // The ten as they would be, and the others as they are.
            let sorted = calls.sorted { $0.duration > $1.duration }
            let known = Self.percentile(sorted.prefix(10).map(\.halved) + sorted.dropFirst(10).map(\.duration))
            #expect(Double(halved.atMost) < 1.08 * Double(known), "seed \(seed)")
        }
        #expect(found > 10, "\(found)")
    }

    @Test("nothing is said where little is known")
    func nothing() {
        var random = SeededGenerator(seed: 3)
        let calls = Self.calls(600, &random)
        func halved(_ report: Report, _ place: FunctionPlace = Self.slow) -> HalvedFunction? {
            HalvedFunction(place, under: Self.root, in: report)
        }
        let whole = Self.report(calls, kept: 10)
        #expect(halved(whole) != nil)
        #expect(halved(Self.report(calls, kept: 0)) == nil)
        #expect(halved(Self.report(Self.calls(99, &random), kept: 10)) == nil)
        // Another task may be waited for then.
        #expect(halved(Self.report(calls, kept: 10, atOnce: true)) == nil)
        #expect(halved(whole, FunctionPlace(name: "x", function: "", file: "", line: 0)) == nil)
        var partial = whole
        for index in partial.requests.indices { partial.requests[index].isPartial = true }
        #expect(halved(partial) == nil)
        var other = whole
        other.tree.nodes[0].count += 1
        #expect(halved(other) == nil, "the timeline is of other calls")
    }

    @Test("it is said among what to fix first")
    func words() throws {
        var random = SeededGenerator(seed: 3)
        var report = Self.report(Self.calls(600, &random), kept: 10)
        var function = FunctionSummary(name: "store", function: "store(_:)", file: "S.swift", line: 2)
        (function.count, function.selfNanoseconds, function.share) = (600, 9, 1)
        report.functions = [function]
        report.tree.functions.append(Self.slow)
        var node = CallingContextTree.Node(parent: 0, function: 1, depth: 1)
        node.selfNanoseconds = 9
        report.tree.nodes.append(node)
        let text = TextRenderer(width: 300).render(report)
        #expect(text.contains(/Twice as fast, 99 of 100 POST \/red would take [\d.]+ms at most, not [\d.]+ms\./))
        let explained = ViewRenderer(view: ExplainView([Self.slow]), layout: TextLayout(width: 100)).render(report)
        #expect(explained.contains("Twice as fast, 99 of"))
    }
}
