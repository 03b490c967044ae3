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

    /// Takes the occurrences of buckets that follow each other, `lowest` the first.
    init(_ occurrences: UnsafeBufferPointer<UInt32>, from lowest: Int) {
        entries.reserveCapacity(occurrences.count { $0 > 0 })
        for (offset, count) in occurrences.enumerated() where count > 0 {
            entries.append(Self.entry(lowest + offset, UInt64(count)))
        }
    }

    /// Takes the occurrences of buckets as ``coarse()`` makes them, each of four; `lowest`: the first one's number among them.
    init(coarse occurrences: UnsafeBufferPointer<UInt32>, from lowest: Int) {
        entries.reserveCapacity(occurrences.count { $0 > 0 })
        for (offset, count) in occurrences.enumerated() where count > 0 {
            entries.append(Self.entry((lowest + offset) * 4 + 2, UInt64(count)))
        }
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
        } else if !other.entries.isEmpty {
            entries = Self.merged(entries, other.entries) { $0 &+ $1 }
        }
    }

    /// Takes the occurrences of `other`, an earlier state of the same counters, away.
    mutating func subtract(_ other: BucketCounts) {
        guard !other.entries.isEmpty else { return }
        entries = Self.merged(entries, other.entries) { $0 > $1 ? $0 - $1 : 0 }
        entries.removeAll { $0 & Self.largestCount == 0 }
    }

    private var coarseBucketsInUse: Int {
        var last: UInt64?
        return entries.count { entry in
            defer { last = entry >> (Self.countBits + 2) }
            return last != entry >> (Self.countBits + 2)
        }
    }

    /// Returns the same with buckets four times as wide, 16 a power of two: the middle of one is within 3.1 % of what it holds.
    /// Its buckets are those of the layout that stand in the middle of four.
    func coarse() -> BucketCounts {
        var coarse = BucketCounts()
        coarse.entries.reserveCapacity(coarseBucketsInUse)
        for entry in entries {
            let bucket = entry >> Self.countBits & ~3 | 2
            if let last = coarse.entries.last, last >> Self.countBits == bucket {
                coarse.entries[coarse.entries.count - 1] = Self.entry(
                    Int(bucket), saturatingSum(last & Self.largestCount, entry & Self.largestCount))
            } else {
                coarse.entries.append(Self.entry(Int(bucket), entry & Self.largestCount))
            }
        }
        return coarse
    }

    /// Returns the buckets of both sides with what `combine` makes of their occurrences, 0 where a side has none; sums of two
    /// are below 2⁶⁴. No step is behind a branch that the processor could not foresee.
    @inline(__always)
    private static func merged(
        _ left: ContiguousArray<UInt64>, _ right: ContiguousArray<UInt64>, _ combine: (UInt64, UInt64) -> UInt64
    ) -> ContiguousArray<UInt64> {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: left.count + right.count) { merged in
            var (first, second, count) = (0, 0, 0)
            func append(_ bucket: UInt64, _ mine: UInt64, _ theirs: UInt64) {
                let occurrences = min(combine(mine & largestCount, theirs & largestCount), largestCount)
                merged.initializeElement(at: count, to: bucket << countBits | occurrences)
                count &+= 1
            }
            while first < left.count, second < right.count {
                let (mine, theirs) = (left[first], right[second])
                let (lower, upper) = (mine >> countBits, theirs >> countBits)
                append(min(lower, upper), lower <= upper ? mine : 0, upper <= lower ? theirs : 0)
                first &+= lower <= upper ? 1 : 0
                second &+= upper <= lower ? 1 : 0
            }
            for entry in left[first...] { append(entry >> countBits, entry, 0) }
            for entry in right[second...] { append(entry >> countBits, 0, entry) }
            // As large as it must be: many histograms are kept for long.
            return ContiguousArray(merged[..<count])
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

/// As the distance from the bucket before and the occurrences of each.
extension BucketCounts: Carried {
    static func carried(_ value: BucketCounts?, by carrier: inout PartialCarrier) throws(PartialError) -> BucketCounts {
        let count = try carrier.count(value?.entries.count ?? 0)
        var counts = BucketCounts()
        var last: UInt64 = 0
        for index in 0..<count {
            let entry = value?.entries[index] ?? 0
            let distance = try carrier.number((entry >> countBits) &- last)
            let occurrences = try carrier.number(entry & largestCount)
            guard carrier.isReading else {
                last = entry >> countBits
                continue
            }
            guard distance < DurationHistogram.bucketCount, distance > 0 || index == 0,
                last + distance < DurationHistogram.bucketCount, (1...largestCount).contains(occurrences)
            else { throw carrier.fault("a histogram is not in order") }
            last += distance
            counts.entries.append(Self.entry(Int(last), occurrences))
        }
        return value ?? counts
    }
}
