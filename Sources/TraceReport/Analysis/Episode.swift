import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A stretch of time in which a function was much slower, or called much more often, than it usually is.
struct Episode: Equatable {
    /// The function.
    let place: FunctionPlace
    /// When, by places of windows in the timeline.
    let windows: Range<Int>
    /// The calls that ended then.
    let calls: UInt64
    /// What was unusual.
    let change: Change
    /// The time that its calls took beyond what they usually take, nanoseconds.
    let excessNanoseconds: Double

    /// Whether it was slower, not called more often.
    var isSlower: Bool {
        if case .slower = change { true } else { false }
    }

    /// What was unusual.
    enum Change: Equatable {
        /// 1 call in 100 took at least `nanoseconds`, at least three times what is usual.
        case slower(nanoseconds: UInt64, usual: UInt64)
        /// So many times as many calls in the same time, at least three.
        case moreCalls(times: Double)
    }
}

/// Finds episodes. It says nothing where chance may have made them: a wrong statement costs more than a missing one.
///
/// **Slower.** Windows in which more than 1 % of the calls took over three times the usual 99th percentile make a
/// stretch. What is usual is then taken from the calls outside of all stretches alone, by an upper bound of their 99th
/// percentile. If calls of the stretch were like those, each would exceed it with a probability of at most 0.01; so many
/// must exceed three times of it that this has a probability below 10⁻⁹, by Chernoff's bound (W. Hoeffding, Probability
/// inequalities for sums of bounded random variables, Journal of the American Statistical Association 58 (1963), (2.1)).
///
/// **More calls.** A stretch of windows with three times the median of calls, which must also be ten standard deviations
/// of the other windows' counts away, and for what requests call three times as often a request as well: that a server
/// has more to do is said of its requests.
struct EpisodeSearch {
    /// How many times the usual an episode is at least.
    static let factor = 3.0
    private static let fewestWindows = 6
    private static let fewestCalls: UInt64 = 50
    /// -ln 10⁻⁹.
    private static let evidence = 20.72

    private let timeline: Timeline
    /// Calls of roots in each window.
    private let requests: [UInt64]

    init(_ timeline: Timeline) {
        self.timeline = timeline
        var requests = Array(repeating: UInt64(0), count: timeline.windowCount)
        for series in timeline.functions where series.isRoot {
            for (index, window) in series.windows.prefix(timeline.windowCount).enumerated() {
                requests[index] = saturatingSum(requests[index], window.count)
            }
        }
        self.requests = requests
    }

    /// Returns a function's episodes: for each kind the one with the most calls beyond the usual.
    func episodes(of place: FunctionPlace) -> [Episode] {
        guard let series = timeline.functions.first(where: { $0.place == place }) else { return [] }
        return episodes(of: series)
    }

    /// Returns a series' episodes.
    func episodes(of series: Timeline.FunctionSeries) -> [Episode] {
        let called = series.windows.count { $0.count > 0 }
        guard series.windows.count == timeline.windowCount, called >= Self.fewestWindows else { return [] }
        return [slowest(of: series), mostCalled(of: series)].compactMap { $0 }
    }

    // MARK: Slower

    private func slowest(of series: Timeline.FunctionSeries) -> Episode? {
        guard let middle = Self.weightedMedian(series.windows) else { return nil }
        let isHigh = series.windows.map { window in
            Double(window.durations.count(above: Self.factor * Double(middle))) > 0.01 * Double(window.durations.count)
        }
        let stretches = Self.stretches(isHigh) { series.windows[$0].count == 0 || !isHigh[$0] }
        let outside = Self.outside(stretches, of: series)
        guard outside.count >= Self.fewestCalls, let usual = outside.durations.nanoseconds(at: 0.99) else { return nil }
        let bound = Self.upperBoundOfP99(outside.durations)
        let episodes = stretches.compactMap { windows -> Episode? in
            let inside = series.sum(of: windows)
            let calls = inside.durations.count
            guard calls > 0, calls <= outside.count, 2 * windows.count <= series.windows.count,
                let needed = Self.callsNeeded(of: calls), let slow = inside.durations.value(ofLargest: needed),
                slow >= Self.factor * bound
            else { return nil }
            let expected = Double(outside.totalNanoseconds) / Double(outside.count) * Double(inside.count)
            return Episode(
                place: series.place, windows: windows, calls: inside.count,
                change: .slower(nanoseconds: UInt64(slow), usual: usual),
                excessNanoseconds: max(0, Double(inside.totalNanoseconds) - expected))
        }
        return episodes.max { $0.excessNanoseconds < $1.excessNanoseconds }
    }

    /// The median of the windows' 99th percentiles, each as often as it has calls.
    private static func weightedMedian(_ windows: [Timeline.Window]) -> UInt64? {
        let percentiles = windows.compactMap { window in
            window.durations.nanoseconds(at: 0.99).map { (value: $0, weight: Double(window.durations.count)) }
        }.sorted { $0.value < $1.value }
        let all = percentiles.reduce(0) { $0 + $1.weight }
        var seen = 0.0
        return percentiles.first { entry in
            seen += entry.weight
            return seen >= all / 2
        }?.value
    }

    /// An upper bound of the 99th percentile: two standard deviations of its rank above it.
    private static func upperBoundOfP99(_ durations: DurationHistogram) -> Double {
        let count = Double(durations.count)
        let rank = (0.99 * count + 2 * (0.0099 * count).squareRoot()).rounded(.up)
        return durations.quantile(min(1, rank / count)) ?? 0
    }

    /// How many of `calls` must be slow so that chance is no explanation; nil: there are too few calls.
    private static func callsNeeded(of calls: UInt64) -> UInt64? {
        let count = Double(calls)
        func isEvidence(_ slow: UInt64) -> Bool {
            let share = Double(slow) / count
            let rest = share < 1 ? (1 - share) * log((1 - share) / 0.99) : 0
            return count * (share * log(share / 0.01) + rest) >= evidence
        }
        var (low, high) = (UInt64(count * 0.01), calls)
        guard isEvidence(calls) else { return nil }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if isEvidence(middle) { high = middle } else { low = middle }
        }
        return high
    }

    // MARK: More calls

    private func mostCalled(of series: Timeline.FunctionSeries) -> Episode? {
        let counts = series.windows.map(\.count)
        let median = Double(counts.sorted()[counts.count / 2])
        guard median >= 1 else { return nil }
        let isHigh = counts.map { Double($0) >= Self.factor * median }
        // What follows windows without calls may be theirs: a flush that came late.
        let stretches = Self.stretches(isHigh) { _ in false }.map { windows in
            let empty = counts[..<windows.lowerBound].reversed().prefix { $0 == 0 }.count
            return windows.lowerBound - empty..<windows.upperBound
        }
        let episodes = stretches.compactMap { episode(of: series, counts, stretches, $0) }
        return episodes.max { $0.calls < $1.calls }
    }

    private func episode(
        of series: Timeline.FunctionSeries, _ counts: [UInt64], _ stretches: [Range<Int>], _ windows: Range<Int>
    ) -> Episode? {
        let others = counts.indices.filter { index in !stretches.contains { $0.contains(index) } }
        let values = others.map { Double(counts[$0]) }
        guard values.count >= max(Self.fewestWindows, 2 * windows.count) else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        let calls = counts[windows].reduce(0, saturatingSum)
        let rate = (Double(calls) - 4 * Double(calls).squareRoot()) / Double(windows.count)
        guard calls >= Self.fewestCalls, rate >= Self.factor * mean, rate >= mean + 10 * spread else { return nil }
        var times = Double(calls) / Double(windows.count) / mean
        let inside = requests[windows].reduce(0, saturatingSum)
        let outside = others.reduce(0) { saturatingSum($0, requests[$1]) }
        if !series.isRoot, inside > 0, outside > 0 {
            let perRequest = Double(calls) / Double(inside)
            let usual = mean * Double(values.count) / Double(outside)
            guard perRequest >= Self.factor * usual else { return nil }
            times = min(times, perRequest / usual)
        }
        let total = series.windows[windows].reduce(0.0) { $0 + Double($1.totalNanoseconds) }
        return Episode(
            place: series.place, windows: windows, calls: calls, change: .moreCalls(times: times),
            excessNanoseconds: total * (1 - 1 / times))
    }

    // MARK: Stretches

    /// Returns the runs of windows that are high. One window between two may be passed over where `mayBeBetween` says so.
    private static func stretches(_ isHigh: [Bool], mayBeBetween: (Int) -> Bool) -> [Range<Int>] {
        var stretches: [Range<Int>] = []
        for index in isHigh.indices where isHigh[index] {
            if let last = stretches.last {
                let gap = last.upperBound..<index
                if gap.isEmpty || (gap.count == 1 && mayBeBetween(gap.lowerBound)) {
                    stretches[stretches.count - 1] = last.lowerBound..<index + 1
                    continue
                }
            }
            stretches.append(index..<index + 1)
        }
        return stretches
    }

    private static func outside(_ stretches: [Range<Int>], of series: Timeline.FunctionSeries) -> Timeline.Window {
        var outside = Timeline.Window()
        for (index, window) in series.windows.enumerated() where !stretches.contains(where: { $0.contains(index) }) {
            outside.add(window)
        }
        return outside
    }
}

extension DurationHistogram {
    /// Returns how many values are in buckets that lie above `ticks`.
    fileprivate func count(above ticks: Double) -> UInt64 {
        buckets.reduce(0) { sum, entry in
            Double(Self.range(ofBucket: entry.bucket).lower) > ticks ? saturatingSum(sum, entry.occurrences) : sum
        }
    }

    /// Returns a lower bound of the value that is the `rank`th largest, from 1.
    fileprivate func value(ofLargest rank: UInt64) -> Double? {
        var seen: UInt64 = 0
        for (bucket, occurrences) in buckets.reversed() {
            seen = saturatingSum(seen, occurrences)
            if seen >= rank { return Double(Self.range(ofBucket: bucket).lower) }
        }
        return nil
    }
}
