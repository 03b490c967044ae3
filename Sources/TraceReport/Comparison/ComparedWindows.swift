import TraceLog

/// The windows of one log in which there were requests, for one function after the other.
struct ComparedWindows {
    /// Calls of all root functions, by window.
    private let requests: [UInt64]
    private let seriesOfPlace: [FunctionPlace: Timeline.FunctionSeries]

    /// Calls of all root functions.
    let requestCount: UInt64

    init(_ timeline: Timeline) {
        var requests = Array(repeating: UInt64(0), count: timeline.windowCount)
        for series in timeline.functions where series.isRoot {
            for (index, window) in series.windows.prefix(requests.count).enumerated() {
                requests[index] = saturatingSum(requests[index], window.count)
            }
        }
        self.requests = requests
        requestCount = requests.reduce(0, saturatingSum)
        seriesOfPlace = Dictionary(timeline.functions.map { ($0.place, $0) }, uniquingKeysWith: { one, _ in one })
    }

    /// How many requests a window typically has.
    var typicalRequests: UInt64 { Self.median(requests.filter { $0 > 0 }) }

    /// Returns how many calls of a function a window typically has in which there are any.
    func typicalCalls(of place: FunctionPlace) -> UInt64 {
        Self.median(windows(of: place).map(\.count).filter { $0 > 0 })
    }

    /// Returns quantiles of a function's calls, in nanoseconds, by window; windows that follow each other are joined until
    /// they have so many calls, and what is left at the end is left out.
    func quantiles(_ quantile: Double, of place: FunctionPlace, callsAtLeast least: UInt64) -> [Double] {
        var values: [Double] = []
        var joined = DurationHistogram()
        for window in windows(of: place) where window.durations.count > 0 {
            if joined.count == 0 { joined = window.durations } else { joined.merge(window.durations) }
            guard joined.count >= least else { continue }
            if let value = joined.unbiasedQuantile(quantile) { values.append(value) }
            joined = DurationHistogram()
        }
        return values
    }

    /// Returns what of a function falls to a request, by window; windows that follow each other are joined until they have so
    /// many requests.
    func perRequest(
        _ value: KeyPath<Timeline.Window, UInt64>, of place: FunctionPlace, requestsAtLeast least: UInt64
    ) -> [Double] {
        let windows = windows(of: place)
        guard !windows.isEmpty else { return [] }
        var values: [Double] = []
        var joined: (value: UInt64, requests: UInt64) = (0, 0)
        for (window, requests) in zip(windows, requests) {
            joined.value = saturatingSum(joined.value, window[keyPath: value])
            joined.requests = saturatingSum(joined.requests, requests)
            guard joined.requests >= least, joined.requests > 0 else { continue }
            values.append(Double(joined.value) / Double(joined.requests))
            joined = (0, 0)
        }
        return values
    }

    private func windows(of place: FunctionPlace) -> [Timeline.Window] { seriesOfPlace[place]?.windows ?? [] }

    private static func median(_ values: [UInt64]) -> UInt64 {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}

extension DurationHistogram {
    /// Returns a quantile that does not lie lower for few values than for many: between those of the ranks next to
    /// `quantile × (count + 1)` (Hyndman and Fan, The American Statistician 50, 1996, definition 6).
    fileprivate func unbiasedQuantile(_ quantile: Double) -> Double? {
        let place = min(Double(count), max(1, quantile * (Double(count) + 1)))
        let rank = UInt64(place.rounded(.down))
        var lower: Double?
        var seen: UInt64 = 0
        for (bucket, occurrences) in buckets {
            seen = saturatingSum(seen, occurrences)
            guard seen >= rank else { continue }
            let range = Self.range(ofBucket: bucket)
            let value = Double(range.lower) + Double(range.width - 1) / 2
            guard seen <= rank, seen < count else {
                guard let lower else { return value }
                return lower + (value - lower) * (place - Double(rank))
            }
            lower = value
        }
        return lower
    }
}
