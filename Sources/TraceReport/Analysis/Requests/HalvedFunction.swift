import TraceLog

/// What the 99th percentile of a root's requests would be at most, were the own code of a function twice as fast.
///
/// Of kept requests it is known how long the function's own code kept them waiting: half of that goes. No other request is
/// taken to be any faster, so the percentile is an upper bound: it says much where the slowest 1 % are kept, and nothing, so
/// that there is none, where they are not. Only requests whose spans ran one after the other count as faster: elsewhere
/// another task may become what is waited for.
struct HalvedFunction {
    /// The root.
    let root: FunctionPlace
    /// The 99th percentile of its requests, nanoseconds.
    let before: UInt64
    /// What it would be at most, nanoseconds; smaller by a twentieth at least.
    let atMost: UInt64

    /// With fewer requests, the percentile is the slowest one.
    private static let leastRequests: UInt64 = 100
    /// What is less is not worth a word.
    private static let leastShare = 0.95
    /// How far a duration may lie above what a window's histogram says.
    private static let histogramError = 1.04

    /// Finds the bound; nil where it is not known, or hardly smaller. Takes time in proportion to the root's kept requests
    /// and windows.
    init?(_ place: FunctionPlace, under root: FunctionPlace, in report: Report) {
        // Requests of a stretch of time are not told apart as exactly as its sums.
        guard report.stretch == TimeStretch(),
            let node = report.tree.nodes.first(where: { $0.parent == nil && report.tree.functions[$0.function] == root }
            ),
            let before = node.p99Nanoseconds, node.count >= Self.leastRequests,
            let series = report.timeline.functions.first(where: { $0.place == root })
        else { return nil }
        let durations = series.sum(of: 0..<report.timeline.windowCount).durations
        guard durations.count == node.count else { return nil }
        let changes = report.requests.compactMap { Self.change(of: $0, place, root) }
        // The percentile is the duration of rank ⌈0.99 n⌉: so many may take longer.
        let longer = node.count - UInt64((0.99 * Double(node.count)).rounded(.up))
        guard let bound = Self.bound(durations, changes, longer: longer),
            Double(bound) < Self.leastShare * Double(before)
        else { return nil }
        (self.root, self.before, atMost) = (root, before, bound)
    }

    /// A request's duration now, and with the function twice as fast.
    private struct Change {
        let before: UInt64
        let after: UInt64
    }

    private static func change(of request: RequestSummary, _ place: FunctionPlace, _ root: FunctionPlace) -> Change? {
        guard request.spans.first?.place == root, isSequential(request) else { return nil }
        let own = CriticalPath(of: request).parts.first { $0.place == place }?.nanoseconds ?? 0
        return Change(
            before: request.durationNanoseconds,
            after: request.durationNanoseconds - min(request.durationNanoseconds, own / 2))
    }

    /// Whether all spans are there, no span began before its elder sibling had ended, and none outlived its parent.
    private static func isSequential(_ request: RequestSummary) -> Bool {
        var ends = Array(repeating: UInt64(0), count: request.spans.count)
        for span in request.spans {
            guard span.outlivesParentNanoseconds == 0 else { return false }
            guard let parent = span.parent else { continue }
            guard span.startNanoseconds >= ends[parent] else { return false }
            ends[parent] = saturatingSum(span.startNanoseconds, span.durationNanoseconds)
        }
        return !request.isPartial
    }

    /// Returns the smallest duration known that at most `longer` requests would exceed; nil where there is none.
    private static func bound(_ durations: DurationHistogram, _ changes: [Change], longer: UInt64) -> UInt64? {
        // What lies above a duration now lies in a bucket that ends above it.
        let ends = durations.buckets.map { bucket, occurrences in
            let range = DurationHistogram.range(ofBucket: bucket)
            return (end: UInt64(Double(range.lower + range.width / 2) * histogramError), occurrences: occurrences)
        }
        return (ends.map(\.end) + changes.map(\.after)).filter { duration in
            let above = ends.reduce(0) { $1.end > duration ? saturatingSum($0, $1.occurrences) : $0 }
            let faster = UInt64(changes.count { $0.before > duration && $0.after <= duration })
            return above - min(above, faster) <= longer
        }.min()
    }
}
