import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Finds episodes. It says nothing where chance may have made them: a wrong statement costs more than a missing one.
///
/// Programs write what their functions did at every flush, so a timeline is taken in periods: a window in which anything is
/// written, with the empty windows before it.
///
/// **Slower.** Periods in which more than 1 % of the calls took over three times the usual 99th percentile make a
/// stretch. What is usual is then taken from the calls outside of all stretches alone, by an upper bound of their 99th
/// percentile. If calls of the stretch were like those, each would exceed it with a probability of at most 0.01; so many
/// must exceed three times of it that this has a probability below 10⁻⁹, by Chernoff's bound (W. Hoeffding, Probability
/// inequalities for sums of bounded random variables, Journal of the American Statistical Association 58 (1963), (2.1)).
/// The margin is for what the bound does not hold for: the stretch is chosen by what is found in it. With 10⁻⁶, 5 of
/// 11,000 noisy but even timelines were said to have an episode; with 10⁻⁹ none.
///
/// **More calls.** A stretch of periods with three times the median of calls, which must also be ten standard deviations
/// of the other periods' counts away, and for what requests call three times as often a request as well: that a server
/// has more to do is said of its requests. What happens again and again is usual.
struct EpisodeSearch {
    /// How many times the usual an episode is at least.
    static let factor = 3.0
    private static let fewestPeriods = 6
    private static let fewestCalls: UInt64 = 50
    private static let mostStretches = 3
    /// -ln 10⁻⁹.
    private static let evidence = 20.72

    /// A window in which something is written, and the empty ones before it.
    private struct Period {
        let windows: Range<Int>
        /// Its length in windows, where that of the first one is not known but as usual.
        var length: Double
        /// Calls of roots in it.
        var requests: UInt64 = 0
    }

    private let timeline: Timeline
    private let periods: [Period]

    init(_ timeline: Timeline) {
        self.timeline = timeline
        var requests = Array(repeating: UInt64(0), count: timeline.windowCount)
        for series in timeline.functions where series.isRoot {
            for (index, window) in series.windows.prefix(timeline.windowCount).enumerated() {
                requests[index] = saturatingSum(requests[index], window.count)
            }
        }
        var start = 0
        var periods = timeline.activeWindows.map { window in
            defer { start = window + 1 }
            return Period(
                windows: start..<window + 1, length: Double(window + 1 - start), requests: requests[window])
        }
        // What was written first is of as much time as the rest, whether the timeline shows that or not.
        if periods.count > 1 { periods[0].length = periods[1...].map(\.length).median }
        self.periods = periods
    }

    /// Returns a function's episodes: of each kind the one that cost the most time.
    func episodes(of place: FunctionPlace) -> [Episode] {
        guard let series = timeline.functions.first(where: { $0.place == place }) else { return [] }
        return episodes(of: series)
    }

    /// Returns a series' episodes.
    func episodes(of series: Timeline.FunctionSeries) -> [Episode] {
        guard series.windows.count == timeline.windowCount else { return [] }
        // What happened in a period is in its last window.
        let parts = periods.map { series.windows[$0.windows.upperBound - 1] }
        guard parts.count(where: { $0.count > 0 }) >= Self.fewestPeriods else { return [] }
        return [slowest(of: series, parts), mostCalled(of: series, parts)].compactMap { $0 }
    }

    private func windows(of stretch: Range<Int>) -> Range<Int> {
        periods[stretch.lowerBound].windows.lowerBound..<periods[stretch.upperBound - 1].windows.upperBound
    }

    // MARK: Slower

    private func slowest(of series: Timeline.FunctionSeries, _ parts: [Timeline.Window]) -> Episode? {
        guard let middle = Self.weightedMedian(parts) else { return nil }
        let isHigh = parts.map { part in
            Double(part.durations.count(above: Self.factor * Double(middle))) > 0.01 * Double(part.durations.count)
        }
        let stretches = Self.stretches(isHigh, mayPassOver: parts.map { $0.count == 0 })
        let outside = Self.outside(stretches, of: parts)
        guard outside.count >= Self.fewestCalls, let usual = outside.durations.nanoseconds(at: 0.99) else { return nil }
        let bound = Self.upperBoundOfP99(outside.durations)
        let episodes = stretches.compactMap { stretch -> Episode? in
            let inside = Self.sum(parts[stretch])
            let calls = inside.durations.count
            guard calls > 0, calls <= outside.count, 2 * stretch.count <= parts.count,
                let needed = Self.callsNeeded(of: calls), let slow = inside.durations.value(ofLargest: needed),
                slow >= Self.factor * bound
            else { return nil }
            let expected = Double(outside.totalNanoseconds) / Double(outside.count) * Double(inside.count)
            return Episode(
                place: series.place, windows: windows(of: stretch), calls: inside.count,
                change: .slower(nanoseconds: UInt64(slow), usual: usual),
                excessNanoseconds: max(0, Double(inside.totalNanoseconds) - expected))
        }
        return episodes.max { $0.excessNanoseconds < $1.excessNanoseconds }
    }

    /// The median of the periods' 99th percentiles, each as often as it has calls.
    private static func weightedMedian(_ parts: [Timeline.Window]) -> UInt64? {
        let percentiles = parts.compactMap { part in
            part.durations.nanoseconds(at: 0.99).map { (value: $0, weight: Double(part.durations.count)) }
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

    private func mostCalled(of series: Timeline.FunctionSeries, _ parts: [Timeline.Window]) -> Episode? {
        let rates = zip(parts, periods).map { Double($0.count) / $1.length }
        let median = rates.median
        guard median > 0 else { return nil }
        let isHigh = rates.map { $0 >= Self.factor * median }
        let stretches = Self.stretches(isHigh)
        guard stretches.count <= Self.mostStretches else { return nil }
        let others = rates.indices.filter { !isHigh[$0] }
        let mean = others.reduce(0) { $0 + rates[$1] } / Double(others.count)
        let variance = others.reduce(0) { $0 + (rates[$1] - mean) * (rates[$1] - mean) } / Double(others.count)
        let bound = max(Self.factor * mean, mean + 10 * variance.squareRoot())
        let usualRequests = others.reduce(0) { saturatingSum($0, periods[$1].requests) }
        let usualCalls = others.reduce(0.0) { $0 + Double(parts[$1].count) }
        let episodes = stretches.compactMap { stretch -> Episode? in
            guard others.count >= max(Self.fewestPeriods, 2 * stretch.count) else { return nil }
            let inside = Self.sum(parts[stretch])
            let calls = Double(inside.count)
            let length = periods[stretch].reduce(0) { $0 + $1.length }
            guard inside.count >= Self.fewestCalls, (calls - 4 * calls.squareRoot()) / length >= bound else {
                return nil
            }
            var times = calls / length / mean
            let requests = periods[stretch].reduce(0) { saturatingSum($0, $1.requests) }
            if !series.isRoot, requests > 0, usualRequests > 0 {
                times = min(times, calls / Double(requests) / (usualCalls / Double(usualRequests)))
            }
            guard times >= Self.factor else { return nil }
            return Episode(
                place: series.place, windows: windows(of: stretch), calls: inside.count,
                change: .moreCalls(times: times),
                excessNanoseconds: Double(inside.totalNanoseconds) * (1 - 1 / times))
        }
        return episodes.max { $0.excessNanoseconds < $1.excessNanoseconds }
    }

    // MARK: Stretches

    /// Returns the runs of periods that are high. One that is not, and any number of those that may be passed over, may lie
    /// between two.
    private static func stretches(_ isHigh: [Bool], mayPassOver: [Bool]? = nil) -> [Range<Int>] {
        var stretches: [Range<Int>] = []
        for index in isHigh.indices where isHigh[index] {
            if let last = stretches.last {
                let gap = last.upperBound..<index
                let isBridged = mayPassOver.map { empty in gap.count { !empty[$0] } <= 1 } ?? gap.isEmpty
                if isBridged {
                    stretches[stretches.count - 1] = last.lowerBound..<index + 1
                    continue
                }
            }
            stretches.append(index..<index + 1)
        }
        return stretches
    }

    private static func outside(_ stretches: [Range<Int>], of parts: [Timeline.Window]) -> Timeline.Window {
        sum(parts.indices.filter { index in !stretches.contains { $0.contains(index) } }.map { parts[$0] })
    }

    private static func sum(_ parts: some Sequence<Timeline.Window>) -> Timeline.Window {
        parts.reduce(into: Timeline.Window()) { $0.add($1) }
    }
}

extension [Double] {
    /// The median; the higher of the two in the middle; 0 of none.
    fileprivate var median: Double { isEmpty ? 0 : sorted()[count / 2] }
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
