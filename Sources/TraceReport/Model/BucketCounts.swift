import TraceLog

/// A histogram that holds only the buckets in use, eight bytes each: a log may name very many paths, and few of them
/// have more than some dozen buckets. The layout is ``DurationHistogram``'s.
struct BucketCounts: Equatable {
    /// Bucket in the upper 12 bits, occurrences in the lower 52, sorted by bucket.
    private var entries: ContiguousArray<UInt64> = []

    private static let countBits: UInt64 = 52
    private static let largestCount: UInt64 = (1 << countBits) - 1

    init() {}

    init(_ histogram: DurationHistogram) {
        entries = ContiguousArray(histogram.buckets.map { Self.entry($0.bucket, $0.occurrences) })
    }

    /// How many buckets are in use.
    var bucketsInUse: Int { entries.count }

    /// The buckets and their occurrences, in order.
    var buckets: some Sequence<(bucket: Int, occurrences: UInt64)> {
        entries.lazy.map { (Int($0 >> Self.countBits), $0 & Self.largestCount) }
    }

    /// Adds occurrences to a bucket.
    mutating func add(bucket: Int, occurrences: UInt64) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if Int(entries[middle] >> Self.countBits) < bucket { low = middle + 1 } else { high = middle }
        }
        if low < entries.count, Int(entries[low] >> Self.countBits) == bucket {
            let sum = saturatingSum(entries[low] & Self.largestCount, occurrences)
            entries[low] = Self.entry(bucket, sum)
        } else {
            entries.insert(Self.entry(bucket, occurrences), at: low)
        }
    }

    /// Adds every bucket of `other`.
    mutating func merge(_ other: BucketCounts) {
        if entries.isEmpty {
            entries = other.entries
        } else {
            for (bucket, occurrences) in other.buckets { add(bucket: bucket, occurrences: occurrences) }
        }
    }

    /// Returns the histogram in full.
    var histogram: DurationHistogram {
        var histogram = DurationHistogram()
        for (bucket, occurrences) in buckets { histogram.add(bucket: bucket, occurrences: occurrences) }
        return histogram
    }

    /// Returns the same durations counted in ticks of another clock: each bucket's middle, converted.
    func converted(fromTicksPerSecond from: UInt64, to: UInt64) -> BucketCounts {
        guard from != to, from > 0 else { return self }
        var converted = BucketCounts()
        for (bucket, occurrences) in buckets {
            let range = DurationHistogram.range(ofBucket: bucket)
            let middle = Double(range.lower) + Double(range.width - 1) / 2
            let ticks = min(middle * Double(to) / Double(from), Double(DurationHistogram.maximumTicks))
            converted.add(bucket: DurationHistogram.bucket(ofTicks: UInt64(ticks.rounded())), occurrences: occurrences)
        }
        return converted
    }

    private static func entry(_ bucket: Int, _ occurrences: UInt64) -> UInt64 {
        UInt64(bucket) << countBits | min(occurrences, largestCount)
    }
}
