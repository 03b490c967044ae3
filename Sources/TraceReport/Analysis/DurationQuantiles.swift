import TraceLog

/// Quantiles of durations that were counted in buckets, and how well they are known.
package struct DurationQuantiles {
    private let buckets: BucketCounts
    private let count: UInt64
    private let ticksPerSecond: UInt64
    private let longest: UInt64

    /// - Parameters:
    ///   - ticksPerSecond: how many ticks of the histogram a second has, from 1.
    ///   - longest: the longest duration, nanoseconds, which is known exactly.
    init(_ buckets: BucketCounts, ticksPerSecond: UInt64, longest: UInt64) {
        self.buckets = buckets
        count = buckets.buckets.reduce(0) { saturatingSum($0, $1.occurrences) }
        self.ticksPerSecond = ticksPerSecond
        self.longest = longest
    }

    /// Makes quantiles of a whole histogram.
    package init(_ histogram: DurationHistogram, ticksPerSecond: UInt64, longest: UInt64) {
        self.init(BucketCounts(histogram), ticksPerSecond: ticksPerSecond, longest: longest)
    }

    /// Returns the duration in nanoseconds that a share of the durations do not exceed, as
    /// ``DurationHistogram/quantile(_:)`` finds it; nil where there is none.
    package func nanoseconds(_ quantile: Double) -> UInt64? {
        // Double(count) may round above the largest integer.
        let product = (quantile * Double(count)).rounded(.up)
        let rank = product >= Double(count) ? count : max(1, UInt64(max(0, product)))
        return place(ofRank: rank).map { nanoseconds(ticks: ($0.begin + $0.end) / 2) }
    }

    /// Returns the interval in which the quantile of what the durations are a sample of lies, in 95 of 100 cases: between
    /// two of the durations, whose ranks are those of ``RankInterval``. Nil where there are too few to bound it above.
    ///
    /// A duration's place in its bucket is estimated from its rank among those in it; where both bounds are in one bucket,
    /// the interval is the bucket. Assumes that durations do not depend on each other.
    package func interval(_ quantile: Double) -> ClosedRange<UInt64>? {
        guard let ranks = RankInterval(quantile: quantile, of: count), let point = nanoseconds(quantile),
            let lower = place(ofRank: ranks.lower), let upper = place(ofRank: ranks.upper)
        else { return nil }
        let isNarrow = lower.bucket == upper.bucket
        let bounds = (
            nanoseconds(ticks: isNarrow ? lower.begin : lower.value),
            nanoseconds(ticks: isNarrow ? upper.end : upper.value)
        )
        return min(bounds.0, point)...max(bounds.1, point)
    }

    /// Where a duration lies, in ticks.
    private struct Place {
        var bucket: Int
        var begin: Double
        var end: Double
        var value: Double
    }

    /// Returns where the duration of a rank lies, from 1; nil where there are fewer.
    private func place(ofRank rank: UInt64) -> Place? {
        var below: UInt64 = 0
        for (bucket, occurrences) in buckets.buckets {
            if saturatingSum(below, occurrences) >= rank {
                let range = DurationHistogram.range(ofBucket: bucket)
                let begin = Double(range.lower)
                let share = (Double(rank - below) - 0.5) / Double(occurrences)
                // A bucket holds whole ticks, the first and the last one too.
                return Place(
                    bucket: bucket, begin: begin, end: begin + Double(range.width - 1),
                    value: begin + Double(range.width - 1) * share)
            }
            below = saturatingSum(below, occurrences)
        }
        return nil
    }

    private func nanoseconds(ticks: Double) -> UInt64 {
        let value = (ticks * 1e9 / Double(ticksPerSecond)).rounded()
        return value >= Double(longest) ? longest : UInt64(value)
    }
}
