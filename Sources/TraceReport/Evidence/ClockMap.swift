import TraceLog

/// When it was, on the wall clock, by a session's monotonic clock: between two `clock` records on a straight line, before the first
/// and after the last at their distance.
struct ClockMap {
    private struct Anchor {
        var monotonic: UInt64
        var wall: UInt64

        /// How far the wall clock is ahead.
        var offset: Int64 { Int64(bitPattern: wall &- monotonic) }
    }

    private var anchors: [Anchor] = []
    /// The least and the greatest distance of the two clocks so far.
    private(set) var offsets: ClosedRange<Int64>?
    /// By how much the clocks moved against each other between two records, at most, where the wall clock was not set.
    private(set) var driftNanoseconds: UInt64 = 0

    /// A clock record every ten seconds for a week.
    private static let mostAnchors = 65_536

    mutating func add(_ clock: ClockRecord) {
        guard anchors.count < Self.mostAnchors else { return }
        let anchor = Anchor(monotonic: clock.monotonicNanoseconds, wall: clock.wallNanoseconds)
        anchors.append(anchor)
        offsets = .union(offsets, anchor.offset...anchor.offset)
    }

    /// Readies the map once all records are in.
    mutating func finish() {
        anchors.sort { $0.monotonic < $1.monotonic }
        for (before, after) in zip(anchors, anchors.dropFirst()) where !Self.isSet(between: before, after) {
            driftNanoseconds = max(driftNanoseconds, (after.offset &- before.offset).magnitude)
        }
    }

    /// The instants of the first and the last record on the wall clock.
    var bounds: ClosedRange<UInt64>? {
        guard let first = anchors.map(\.wall).min(), let last = anchors.map(\.wall).max() else { return nil }
        return first...last
    }

    /// Returns when it was; nil: the wall clock was set meanwhile, or there is no record.
    func wall(ofMonotonic instant: UInt64) -> UInt64? {
        guard let last = anchors.last, let first = anchors.first else { return nil }
        if instant >= last.monotonic { return Self.added(instant, last.offset) }
        if instant <= first.monotonic { return Self.added(instant, first.offset) }
        var (lower, upper) = (0, anchors.count - 1)
        while upper - lower > 1 {
            let middle = (lower + upper) / 2
            if anchors[middle].monotonic <= instant { lower = middle } else { upper = middle }
        }
        let (before, after) = (anchors[lower], anchors[upper])
        guard !Self.isSet(between: before, after) else { return nil }
        let part = Double(instant - before.monotonic) / Double(max(1, after.monotonic - before.monotonic))
        return Self.added(instant, before.offset &+ Int64(Double(after.offset &- before.offset) * part))
    }

    /// Whether the wall clock was set: clocks that are disciplined move by 0.05 % at most (adjtimex(2)), and reading both takes
    /// some time.
    private static func isSet(between before: Anchor, _ after: Anchor) -> Bool {
        (after.offset &- before.offset).magnitude > 1_000_000 + (after.monotonic - before.monotonic) / 1_000
    }

    private static func added(_ instant: UInt64, _ offset: Int64) -> UInt64 { instant &+ UInt64(bitPattern: offset) }
}
