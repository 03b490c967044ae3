/// By how much the middle of one sample lies above another's, as a share of it.
///
/// The middle is the mean without the fifth of the values at each end: nearly as sharp as the mean, and a stall in one
/// window does not move it.
struct RelativeChange {
    /// The middle of the values before.
    let before: Double
    /// The middle of the values after.
    let after: Double
    /// 0.1: a tenth more. Nil where the middle was 0 before.
    let change: Double?
    /// Where the change lies in 95 of 100 cases; nil where it was not asked for, or where the middle was 0.
    let interval: ClosedRange<Double>?

    /// Compares two samples, each in the order of time and not empty.
    ///
    /// The interval is a bootstrap's over blocks of windows that follow each other (Künsch, Annals of Statistics 17, 1989),
    /// as values of neighbours may be alike. It is the same for the same values.
    ///
    /// - Parameter resamples: how often to draw anew; below 40 there is no interval.
    init(_ before: [Double], _ after: [Double], resamples: Int) {
        let (left, right) = (SortedSample(before), SortedSample(after))
        self.before = left.middle
        self.after = right.middle
        change = left.middle > 0 ? right.middle / left.middle - 1 : nil
        guard resamples >= 40, left.middle > 0 else {
            interval = nil
            return
        }
        var random = SplitMix64(state: 0x5eed)
        var changes: [Double] = []
        changes.reserveCapacity(resamples)
        for _ in 0..<resamples {
            let base = left.middleOfResample(&random)
            let new = right.middleOfResample(&random)
            if base > 0 { changes.append(new / base - 1) }
        }
        guard changes.count >= 40, let point = change else {
            interval = nil
            return
        }
        changes.sort()
        let margin = changes.count / 40
        interval = min(changes[margin], point)...max(changes[changes.count - 1 - margin], point)
    }
}

/// A sample's values by size, and where in the order of time each was.
private struct SortedSample {
    private let values: [Double]
    private let rankOfTime: [Int]

    init(_ sample: [Double]) {
        let order = sample.indices.sorted { sample[$0] < sample[$1] }
        values = order.map { sample[$0] }
        var ranks = Array(repeating: 0, count: sample.count)
        for (rank, time) in order.enumerated() { ranks[time] = rank }
        rankOfTime = ranks
    }

    var middle: Double { middle(counts: Array(repeating: 1, count: values.count)) }

    /// Returns the middle of as many values, drawn in blocks; after the last window comes the first.
    func middleOfResample(_ random: inout SplitMix64) -> Double {
        let size = values.count
        var length = 1
        while length * length * length < size { length += 1 }
        var counts = Array(repeating: 0, count: size)
        var drawn = 0
        while drawn < size {
            let start = Int(random.next() % UInt64(size))
            for offset in 0..<min(length, size - drawn) { counts[rankOfTime[(start + offset) % size]] += 1 }
            drawn += length
        }
        return middle(counts: counts)
    }

    /// The mean of the values, each so many times, without a fifth at each end.
    private func middle(counts: [Int]) -> Double {
        let cut = values.count / 5
        let kept = cut..<values.count - cut
        var (sum, place) = (0.0, 0)
        for (value, count) in zip(values, counts) where count > 0 {
            sum += value * Double((place..<place + count).clamped(to: kept).count)
            place += count
        }
        return sum / Double(kept.count)
    }
}
