import WallClock

/// Adds up what a plan's rows say, interval by interval of the answer.
struct CountTally {
    private let boundaries: [Int64]
    private let above: Int
    private var images: [Int]
    private var imagesAbove: [Int]
    private var place = 0

    init(_ query: CountQuery) {
        boundaries = query.boundaries
        above = query.above
        images = Array(repeating: 0, count: boundaries.count - 1)
        imagesAbove = images
    }

    /// Adds a row of the rollups.
    ///
    /// - Parameters:
    ///   - read: What it is a row of.
    ///   - bytes: The row's, see ``RollupRow``.
    mutating func add(
        _ read: CountPlan.Read, slot: Int64, count: Int, bytes: UnsafeRawBufferPointer
    ) throws(DamagedRollup) {
        switch read.chunk {
        case RollupKey.whole:
            let bucket = bucket(at: read.level.start(of: slot))
            images[bucket] += count
            imagesAbove[bucket] += try IntervalCounts.count(bytes, above: above)
        case RollupKey.page: try add(page: slot, bytes, read.minutes)
        default:
            let bucket = bucket(at: read.level.start(of: slot))
            imagesAbove[bucket] += try RedHistogram.count(bytes, above: above).above
        }
    }

    /// Adds the minutes that are wanted of an hour's page.
    private mutating func add(
        page hour: Int64, _ bytes: UnsafeRawBufferPointer, _ minutes: Range<Int64>
    ) throws(DamagedRollup) {
        guard let first = bytes.first else { throw DamagedRollup() }
        // The minutes have rows of their own.
        if first == 1 { return }
        try RedHistogram.forEach(bytes.dropFirst()) { value, count in
            let (minute, red) = HourPage.parts(value)
            let slot = hour * 60 + minute
            guard minutes.contains(slot) else { return }
            let bucket = bucket(at: RollupLevel.minute.start(of: slot))
            images[bucket] += count
            if red > above { imagesAbove[bucket] += count }
        }
    }

    /// Adds the events of an edge.
    mutating func add(edge start: Int64, count: Int, above: Int) {
        let bucket = bucket(at: start)
        images[bucket] += count
        imagesAbove[bucket] += above
    }

    /// The answer.
    var result: CountResult {
        let buckets = zip(boundaries, zip(images, imagesAbove)).map { start, counts in
            CountResult.Bucket(from: Timestamp(milliseconds: start), images: counts.0, imagesAbove: counts.1)
        }
        return CountResult(
            images: images.reduce(0, +), imagesAbove: imagesAbove.reduce(0, +), buckets: buckets)
    }

    /// The interval that a moment is in. Rows come mostly in order, so it is mostly that of the row before.
    private mutating func bucket(at start: Int64) -> Int {
        if boundaries[place] <= start, start < boundaries[place + 1] { return place }
        var low = 0
        var high = images.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if boundaries[middle] <= start { low = middle } else { high = middle - 1 }
        }
        place = low
        return low
    }
}
