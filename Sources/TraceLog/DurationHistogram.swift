/// A log-linear histogram of durations in clock ticks: 64 buckets a power of two, so a value read back is at most
/// 1/128 (0.8 %) from the one recorded. Histograms of the same clock merge exactly, by adding buckets.
///
/// The layout is HdrHistogram's (http://hdrhistogram.org) with six bits of precision; `CHoofprint` computes the same
/// bucket index when a span ends, and a test compares the two.
public struct DurationHistogram: Sendable, Equatable {
    /// Values from 2⁴⁹ ticks on (two days at 3 GHz) are counted in the last bucket.
    public static let maximumTicks: UInt64 = (1 << 49) - 1

    /// How many buckets there are.
    public static let bucketCount = 44 * 64

    /// The buckets in use, in order, and their counts: most are empty, and a report keeps many histograms.
    private var used: [UInt16] = []
    private var counts: [UInt64] = []

    /// How many values were recorded.
    public private(set) var count: UInt64 = 0

    /// Makes an empty histogram.
    public init() {}

    /// Returns the bucket of a duration.
    @inlinable
    public static func bucket(ofTicks ticks: UInt64) -> Int {
        let clamped = min(ticks, maximumTicks)
        let octave = 57 - (clamped | 64).leadingZeroBitCount
        return octave &<< 6 &+ Int(truncatingIfNeeded: clamped &>> UInt64(octave))
    }

    /// Returns the smallest duration of a bucket and the number of ticks it spans.
    public static func range(ofBucket bucket: Int) -> (lower: UInt64, width: UInt64) {
        guard bucket >= 128 else { return (UInt64(bucket), 1) }
        let octave = UInt64(bucket >> 6) - 1
        return (UInt64(bucket & 63 | 64) << octave, 1 << octave)
    }

    /// Adds `occurrences` values to a bucket. Indices outside the layout are counted in the last bucket.
    public mutating func add(bucket: Int, occurrences: UInt64) {
        guard occurrences > 0 else { return }
        let index = bucket < 0 || bucket >= Self.bucketCount ? Self.bucketCount - 1 : bucket
        let place = place(of: index)
        if place < used.count, used[place] == index {
            counts[place] = saturatingSum(counts[place], occurrences)
        } else {
            used.insert(UInt16(index), at: place)
            counts.insert(occurrences, at: place)
        }
        count = saturatingSum(count, occurrences)
    }

    /// Adds a duration.
    public mutating func add(ticks: UInt64) {
        add(bucket: Self.bucket(ofTicks: ticks), occurrences: 1)
    }

    /// Adds every value of `other`, which must be of a clock of the same rate. Takes time in proportion to the buckets in use.
    public mutating func merge(_ other: DurationHistogram) {
        guard !used.isEmpty else {
            self = other
            return
        }
        guard let lowest = other.used.first else { return }
        // What lies below the other's first bucket stays where it is.
        let start = place(of: Int(lowest))
        let (above, countsAbove) = (Array(used[start...]), Array(counts[start...]))
        used.removeSubrange(start...)
        counts.removeSubrange(start...)
        var (first, second) = (0, 0)
        while first < above.count || second < other.used.count {
            let mine = first < above.count ? above[first] : .max
            let theirs = second < other.used.count ? other.used[second] : .max
            used.append(min(mine, theirs))
            counts.append(
                saturatingSum(mine <= theirs ? countsAbove[first] : 0, theirs <= mine ? other.counts[second] : 0))
            first += mine <= theirs ? 1 : 0
            second += theirs <= mine ? 1 : 0
        }
        count = saturatingSum(count, other.count)
    }

    /// The buckets that are not empty, in order.
    public var buckets: [(bucket: Int, occurrences: UInt64)] {
        zip(used, counts).map { (Int($0), $1) }
    }

    /// Returns where a bucket is among those in use, or would be.
    private func place(of bucket: Int) -> Int {
        // Buckets mostly come in order.
        guard let last = used.last, last >= bucket else { return used.count }
        var low = 0
        var high = used.count
        while low < high {
            let middle = (low + high) / 2
            if used[middle] < bucket { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Returns the duration in ticks that a share `quantile` (0…1) of the values do not exceed: the middle of the
    /// bucket that holds the value of rank ⌈quantile × count⌉. Nil where the histogram is empty.
    public func quantile(_ quantile: Double) -> Double? {
        guard count > 0 else { return nil }
        // Double(count) may round above the largest integer, so the product is clamped before it is converted.
        let product = (quantile * Double(count)).rounded(.up)
        let rank = product >= Double(count) ? count : max(1, UInt64(max(0, product)))
        var seen: UInt64 = 0
        for (bucket, occurrences) in buckets {
            seen = saturatingSum(seen, occurrences)
            if seen >= rank {
                let range = Self.range(ofBucket: bucket)
                return Double(range.lower) + Double(range.width - 1) / 2
            }
        }
        return nil
    }
}

/// Returns the sum of two counters, the largest number where it would overflow.
public func saturatingSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let sum = left.addingReportingOverflow(right)
    return sum.overflow ? .max : sum.partialValue
}
