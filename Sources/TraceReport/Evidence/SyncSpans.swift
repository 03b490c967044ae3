/// The sync spans of logs by thread, each thread's in order of begin: which one was innermost at an instant.
struct SyncSpans {
    /// A span on the wall clock.
    struct Interval {
        var start: UInt64
        var end: UInt64
        /// Which of ``SyncSpans/paths``.
        var path: UInt32
        /// Which of ``SyncSpans/threads``.
        var thread: UInt32
    }

    /// A path of a session.
    struct Path: Hashable {
        var session: UInt64
        var path: UInt64
    }

    /// All spans, by thread, by begin, the longer first.
    private(set) var intervals: [Interval] = []
    private(set) var paths: [Path] = []
    /// By thread number: where its spans are; empty: they cannot be told from those of another process.
    private(set) var threads: [UInt64: Range<Int>] = [:]
    /// The main thread of the log's only process; nil: there are several.
    private(set) var mainThread: UInt64?
    /// When the log says anything.
    private(set) var bounds: ClosedRange<UInt64>?
    /// What was found that cannot be joined.
    private(set) var omissions: Evidence.Omissions

    init(
        _ unsorted: consuming [Interval], paths: [Path], threads numbers: [UInt64], mainThread: UInt64?,
        bounds: ClosedRange<UInt64>?, omissions: Evidence.Omissions
    ) {
        intervals = unsorted
        self.paths = paths
        self.mainThread = mainThread
        self.bounds = bounds
        self.omissions = omissions
        intervals.sort { ($0.thread, $0.start, ~$0.end, $0.path) < ($1.thread, $1.start, ~$1.end, $1.path) }
        removeDoubles()
        var start = 0
        while start < intervals.count {
            let thread = intervals[start].thread
            var end = start + 1
            while end < intervals.count, intervals[end].thread == thread { end += 1 }
            let isOfOne = isOfOneProcess(start..<end)
            if !isOfOne { self.omissions.ambiguousThreads += 1 }
            threads[numbers[Int(thread)]] = isOfOne ? start..<end : start..<start
            start = end
        }
    }

    /// A log that is read twice has its spans twice, and one that was long open comes at every flush: the longest counts.
    private mutating func removeDoubles() {
        var kept = 0
        for index in intervals.indices {
            let span = intervals[index]
            if kept > 0 {
                let last = intervals[kept - 1]
                if (last.thread, last.start, last.path) == (span.thread, span.start, span.path) { continue }
            }
            intervals[kept] = span
            kept += 1
        }
        intervals.removeSubrange(kept...)
    }

    /// Whether spans of a thread that overlap are of one session: hosts and containers number their threads alike.
    private func isOfOneProcess(_ range: Range<Int>) -> Bool {
        var latest = intervals[range.lowerBound]
        for index in range.dropFirst() {
            let span = intervals[index]
            let isOfOther = paths[Int(span.path)].session != paths[Int(latest.path)].session
            if isOfOther, span.start < latest.end { return false }
            if isOfOther || span.end > latest.end { latest = span }
        }
        return true
    }
}

/// Goes along a thread's time, and tells which span is innermost.
struct SpanSweep {
    private var next: Int
    private let end: Int
    /// The spans that are open, outermost first: their paths, and when they end, none after the one around it.
    private var open: [(path: UInt32, end: UInt64)] = []
    private(set) var position: UInt64 = 0

    init(_ spans: Range<Int>) {
        next = spans.lowerBound
        end = spans.upperBound
    }

    /// Calls `body` for each part of `start ..< end` with the path of the innermost span; nil: none is open. An instant has one
    /// part, of no length. What lies before what was asked for last is passed over.
    mutating func forEachPart(
        of spans: SyncSpans, from start: UInt64, to end: UInt64,
        _ body: (_ path: UInt32?, _ nanoseconds: UInt64) -> Void
    ) {
        position = max(position, start)
        settle(spans)
        if position >= end { return body(open.last?.path, 0) }
        while position < end {
            var stop = min(end, open.last?.end ?? end)
            if next < self.end { stop = min(stop, spans.intervals[next].start) }
            body(open.last?.path, stop - position)
            position = stop
            if position < end { settle(spans) }
        }
    }

    /// Opens and closes spans up to the position: a span holds its first instant and not its last.
    private mutating func settle(_ spans: SyncSpans) {
        while next < end, spans.intervals[next].start <= position {
            let span = spans.intervals[next]
            next += 1
            close(at: span.start)
            // One that would end after the one around it is no sync span of this thread: clocks err, logs lie.
            let limit = min(span.end, open.last?.end ?? .max)
            if limit > position { open.append((span.path, limit)) }
        }
        close(at: position)
    }

    private mutating func close(at instant: UInt64) {
        while let last = open.last, last.end <= instant { open.removeLast() }
    }
}
