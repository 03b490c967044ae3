import TraceLog

/// Adds the windows of all sessions up by function.
///
/// A session counts its windows from its own start; in the report's windows each lies where its begin does.
struct TimelineTotals {
    /// What a function did in a window of a session.
    private struct Stretch {
        var counters = PathCounters()
        var durations = BucketCounts()
    }

    private struct Key: Hashable {
        var function: Int
        var startWallNanoseconds: UInt64
        var ticksPerSecond: UInt64
    }

    private var stretches: [Key: Stretch] = [:]
    private var roots: Set<Int> = []
    private var width: UInt64 = 0
    private var flushNanoseconds: UInt64 = 0

    /// The most functions times windows.
    private static let mostCells = 20_000

    /// Adds one session.
    mutating func add(_ paths: SessionPaths) {
        let session = paths.session
        guard let first = session.windows.first, let announcement = session.announcement else { return }
        width = max(width, session.windows.width)
        flushNanoseconds = max(
            flushNanoseconds, announcement.flushMilliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
        var openCount: [Int: Int] = [:]
        var depth = 0
        paths.walk { step in
            switch step {
            case .enter(let index):
                let function = paths.functions[index]
                if depth == 0 { roots.insert(function) }
                if let path = session.paths[paths.tree.ids[index]] {
                    let rate = path.isFromSpans ? 1_000_000_000 : session.lastClock?.ticksPerSecond ?? 0
                    for (window, stretch) in Self.stretches(of: path, isWhole: session.sequences.lowest == 0) {
                        let number = UInt64(max(0, window < 0 ? first : window))
                        let since = number.multipliedReportingOverflow(by: session.windows.width).partialValue
                        let wall = saturatingSum(announcement.startWallNanoseconds, since)
                        let key = Key(function: function, startWallNanoseconds: wall, ticksPerSecond: rate)
                        add(stretch, to: key, isOutermost: openCount[function, default: 0] == 0)
                    }
                }
                openCount[function, default: 0] += 1
                depth += 1
            case .leave(let index):
                openCount[paths.functions[index], default: 1] -= 1
                depth -= 1
            }
        }
    }

    /// Returns the timeline, in at most as many windows as a session may have.
    consuming func finished(_ functions: FunctionTable) -> Timeline {
        var timeline = Timeline()
        guard let first = stretches.keys.map(\.startWallNanoseconds).min(), width > 0,
            let last = stretches.keys.map(\.startWallNanoseconds).max()
        else { return timeline }
        // Windows begin where the clock shows whole ones.
        var scale = SessionWindows(width: width)
        let functionCount = Set(stretches.keys.map(\.function)).count
        let mostWindows = min(SessionWindows.maximumCount, max(2, Self.mostCells / functionCount))
        while scale.window(of: last) - scale.window(of: first) >= mostWindows
            || scale.width < min(flushNanoseconds, last - first)
        {
            scale.widen()
        }
        let start = scale.window(of: first)
        timeline.windowNanoseconds = scale.width
        timeline.startWallNanoseconds = UInt64(start) * scale.width
        timeline.windowCount = scale.window(of: last) - start + 1
        var seriesOfFunction: [Int: [Timeline.Window]] = [:]
        let none = Array(repeating: Timeline.Window(), count: timeline.windowCount)
        var nanoseconds = NanosecondBuckets()
        for (key, stretch) in stretches {
            let window = scale.window(of: key.startWallNanoseconds) - start
            Self.add(
                stretch, nanoseconds.of(key.ticksPerSecond), to: &seriesOfFunction[key.function, default: none][window])
        }
        timeline.functions = seriesOfFunction.sorted { $0.key < $1.key }.map { function, windows in
            Timeline.FunctionSeries(
                place: functions.places[function], isRoot: roots.contains(function), windows: windows)
        }
        return timeline
    }

    private mutating func add(_ stretch: Stretch, to key: Key, isOutermost: Bool) {
        var added = stretch
        if !isOutermost { (added.counters.totalNanoseconds, added.counters.cpuNanoseconds) = (0, 0) }
        stretches[key, default: Stretch()].counters.add(added.counters)
        stretches[key, default: Stretch()].durations.merge(added.durations)
    }

    /// Returns what a path did in each window. Counters that go on since the session's start are taken from those of the window
    /// before; where the log begins later than the session, what the first of them holds is of unknown age and left out.
    private static func stretches(of path: PathModel, isWhole: Bool) -> [(window: Int, Stretch)] {
        guard !path.isFromSpans else {
            return path.windows.map { ($0.window, Stretch(counters: $0.counters, durations: $0.durations)) }
        }
        var before = isWhole ? Stretch() : nil
        if let base = path.base { before = Stretch(counters: base.counters, durations: base.durations) }
        return path.windows.compactMap { window in
            let now = Stretch(counters: window.counters, durations: window.durations)
            defer { before = now }
            guard let before else { return nil }
            var stretch = now
            stretch.counters.subtract(before.counters)
            stretch.durations.subtract(before.durations)
            return (window.window, stretch)
        }
    }

    private static func add(_ stretch: Stretch, _ nanoseconds: [UInt16], to window: inout Timeline.Window) {
        window.count = saturatingSum(window.count, stretch.counters.count)
        window.totalNanoseconds = saturatingSum(window.totalNanoseconds, stretch.counters.totalNanoseconds)
        window.selfNanoseconds = saturatingSum(window.selfNanoseconds, stretch.counters.selfNanoseconds)
        window.cpuNanoseconds = saturatingSum(window.cpuNanoseconds, stretch.counters.cpuNanoseconds)
        window.errors = saturatingSum(window.errors, stretch.counters.errors)
        guard !nanoseconds.isEmpty else { return }
        for (bucket, occurrences) in stretch.durations.buckets {
            window.durations.add(bucket: Int(nanoseconds[bucket]), occurrences: occurrences)
        }
    }
}

/// The bucket of nanoseconds that the middle of a bucket of ticks lies in, for each clock rate that was asked for.
private struct NanosecondBuckets {
    private var tables: [UInt64: [UInt16]] = [:]

    /// Returns the table of a rate; empty for the rate 0, of a clock that is not known.
    mutating func of(_ ticksPerSecond: UInt64) -> [UInt16] {
        guard ticksPerSecond > 0 else { return [] }
        if let known = tables[ticksPerSecond] { return known }
        let table = (0..<DurationHistogram.bucketCount).map { bucket in
            let range = DurationHistogram.range(ofBucket: bucket)
            let middle = (Double(range.lower) + Double(range.width - 1) / 2) * 1e9 / Double(ticksPerSecond)
            let clamped = min(middle, Double(DurationHistogram.maximumTicks))
            return UInt16(DurationHistogram.bucket(ofTicks: UInt64(clamped.rounded())))
        }
        tables[ticksPerSecond] = table
        return table
    }
}
