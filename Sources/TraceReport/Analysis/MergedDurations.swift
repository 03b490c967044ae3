import TraceLog

/// Durations of a function or of a path over all sessions, whose clocks have rates of their own.
struct MergedDurations {
    /// Durations in ticks of one clock.
    private struct Part {
        var ticksPerSecond: UInt64
        var buckets: BucketCounts
    }

    private var parts: [Part] = []

    /// More clocks than this are not kept apart.
    private static let maximumClocks = 4

    /// Merges durations. Clocks whose rates differ by less than 0.1 % share their buckets, which is far below a
    /// bucket's width; others are counted again in nanoseconds.
    mutating func add(_ buckets: BucketCounts, ticksPerSecond: UInt64) {
        guard ticksPerSecond > 0, buckets.bucketsInUse > 0 else { return }
        let tolerance = ticksPerSecond / 1_000
        for index in parts.indices {
            let rate = parts[index].ticksPerSecond
            if max(rate, ticksPerSecond) - min(rate, ticksPerSecond) <= tolerance {
                parts[index].buckets.merge(buckets)
                return
            }
        }
        guard parts.count < Self.maximumClocks else {
            let rate = parts[0].ticksPerSecond
            parts[0].buckets.merge(buckets.converted(fromTicksPerSecond: ticksPerSecond, to: rate))
            return
        }
        parts.append(Part(ticksPerSecond: ticksPerSecond, buckets: buckets))
    }

    /// Returns what can be asked for quantiles; nil where no duration is known.
    ///
    /// - Parameter longest: the longest duration, nanoseconds, which is known exactly.
    func quantiles(longest: UInt64) -> DurationQuantiles? {
        guard let first = parts.first else { return nil }
        guard parts.count > 1 else {
            return DurationQuantiles(first.buckets, ticksPerSecond: first.ticksPerSecond, longest: longest)
        }
        let rate: UInt64 = 1_000_000_000
        var merged = BucketCounts()
        for part in parts { merged.merge(part.buckets.converted(fromTicksPerSecond: part.ticksPerSecond, to: rate)) }
        return DurationQuantiles(merged, ticksPerSecond: rate, longest: longest)
    }
}
