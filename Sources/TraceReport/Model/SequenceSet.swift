/// The sequence numbers seen of a session, as sorted closed ranges: a log without loss is one range, however long.
struct SequenceSet {
    /// More ranges than this are not kept: the two lowest become one, and the gap between them stays lost.
    private let maximumRanges: Int
    private var ranges: [ClosedRange<UInt64>] = []
    /// How many distinct numbers were seen.
    private(set) var distinct: UInt64 = 0

    init(maximumRanges: Int = 16_384) {
        self.maximumRanges = max(1, maximumRanges)
    }

    /// The lowest number seen.
    var lowest: UInt64? { ranges.first?.lowerBound }

    /// How many numbers from 0 to the highest seen did not come.
    var missing: UInt64 {
        guard let highest = ranges.last?.upperBound else { return 0 }
        return highest - (distinct - 1)
    }

    /// Adds a number; false where it was there already.
    mutating func insert(_ number: UInt64) -> Bool {
        if let last = ranges.last, last.upperBound < number {
            if last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                append(number...number, at: ranges.count)
            }
            distinct += 1
            return true
        }
        let index = indexOfFirstRange(endingAtOrAfter: number)
        if index < ranges.count, ranges[index].contains(number) { return false }
        distinct += 1
        let joinsLower = index > 0 && ranges[index - 1].upperBound + 1 == number
        let joinsUpper = index < ranges.count && number + 1 == ranges[index].lowerBound
        switch (joinsLower, joinsUpper) {
        case (true, true):
            ranges[index - 1] = ranges[index - 1].lowerBound...ranges[index].upperBound
            ranges.remove(at: index)
        case (true, false): ranges[index - 1] = ranges[index - 1].lowerBound...number
        case (false, true): ranges[index] = number...ranges[index].upperBound
        case (false, false): append(number...number, at: index)
        }
        return true
    }

    private mutating func append(_ range: ClosedRange<UInt64>, at index: Int) {
        ranges.insert(range, at: index)
        guard ranges.count > maximumRanges else { return }
        ranges[0] = ranges[0].lowerBound...ranges[1].upperBound
        ranges.remove(at: 1)
    }

    private func indexOfFirstRange(endingAtOrAfter number: UInt64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
