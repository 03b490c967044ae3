import TraceLog

/// The sequence numbers seen of a session, as sorted closed ranges: a log without loss is one range, however long.
struct SequenceSet: Equatable {
    /// More ranges than this are not kept: the two lowest become one, and the gap between them stays lost.
    private let maximumRanges: Int
    /// Without what ``run`` holds.
    private var kept: [ClosedRange<UInt64>] = []
    private var keptCount: UInt64 = 0
    /// Numbers that came one after the other, from one that went into ``kept`` on: empty or right behind one of its ranges.
    private var run: Range<UInt64> = 0..<0
    /// What the run must not reach: the range above it. 0: there is no run.
    private var runLimit: UInt64 = 0

    init(maximumRanges: Int = 16_384) {
        self.maximumRanges = max(1, maximumRanges)
    }

    static func == (left: SequenceSet, right: SequenceSet) -> Bool {
        left.ranges == right.ranges && left.distinct == right.distinct
    }

    /// How many distinct numbers were seen.
    var distinct: UInt64 { keptCount + UInt64(run.count) }

    /// The lowest number seen.
    var lowest: UInt64? { kept.first?.lowerBound }

    /// How many numbers from 0 to the highest seen did not come.
    var missing: UInt64 {
        guard let highest = kept.last.map({ max($0.upperBound, run.isEmpty ? 0 : run.upperBound - 1) }) else {
            return 0
        }
        return highest - (distinct - 1)
    }

    /// The numbers, as sorted ranges that do not touch.
    var ranges: [ClosedRange<UInt64>] {
        var settled = self
        settled.settle()
        return settled.kept
    }

    /// Whether a number was seen.
    func contains(_ number: UInt64) -> Bool {
        if run.contains(number) { return true }
        let index = indexOfFirstRange(endingAtOrAfter: number)
        return index < kept.count && kept[index].contains(number)
    }

    /// Adds a number; false where it was there already.
    @inline(__always)
    mutating func insert(_ number: UInt64) -> Bool {
        if number == run.upperBound, number < runLimit {
            run = run.lowerBound..<(number + 1)
            return true
        }
        return insertElsewhere(number)
    }

    /// Adds the numbers of another set, none of which is here.
    mutating func formUnion(_ other: SequenceSet) {
        settle()
        let added = other.ranges
        var merged: [ClosedRange<UInt64>] = []
        merged.reserveCapacity(kept.count + added.count)
        for range in (kept + added).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, last.upperBound != .max, last.upperBound + 1 == range.lowerBound {
                merged[merged.count - 1] = last.lowerBound...range.upperBound
            } else {
                merged.append(range)
            }
        }
        if merged.count > maximumRanges {
            let surplus = merged.count - maximumRanges
            merged.replaceSubrange(0...surplus, with: [merged[0].lowerBound...merged[surplus].upperBound])
        }
        kept = merged
        keptCount += other.distinct
    }

    /// Whether some number is in both sets.
    func overlaps(_ other: SequenceSet) -> Bool {
        let (left, right) = (ranges, other.ranges)
        var (mine, theirs) = (0, 0)
        while mine < left.count, theirs < right.count {
            if left[mine].overlaps(right[theirs]) { return true }
            if left[mine].upperBound < right[theirs].lowerBound { mine += 1 } else { theirs += 1 }
        }
        return false
    }

    /// Returns the numbers that another set does not hold.
    func subtracting(_ other: SequenceSet) -> SequenceSet {
        var left = SequenceSet()
        var others = other.ranges[...]
        for range in ranges {
            var lower = range.lowerBound
            while let first = others.first, first.upperBound < lower { others.removeFirst() }
            var isCovered = false
            for hole in others.prefix(while: { $0.lowerBound <= range.upperBound }) {
                if hole.lowerBound > lower { left.append(lower...(hole.lowerBound - 1)) }
                isCovered = hole.upperBound >= range.upperBound
                if !isCovered { lower = hole.upperBound + 1 }
            }
            if !isCovered { left.append(lower...range.upperBound) }
        }
        return left
    }

    private mutating func append(_ range: ClosedRange<UInt64>) {
        kept.append(range)
        keptCount = saturatingSum(keptCount, saturatingSum(range.upperBound - range.lowerBound, 1))
    }

    /// Whether it holds every number of another set.
    func isSuperset(of other: SequenceSet) -> Bool {
        guard let lowest, let others = other.lowest, lowest <= others, other.distinct <= distinct else {
            return other.distinct == 0
        }
        let mine = ranges[...]
        var index = 0
        return other.ranges.allSatisfy { range in
            while index < mine.count, mine[index].upperBound < range.lowerBound { index += 1 }
            return index < mine.count && mine[index].lowerBound <= range.lowerBound
                && range.upperBound <= mine[index].upperBound
        }
    }

    @inline(never)
    private mutating func insertElsewhere(_ number: UInt64) -> Bool {
        settle()
        let index = indexOfFirstRange(endingAtOrAfter: number)
        if index < kept.count, kept[index].contains(number) { return false }
        keptCount += 1
        let joinsLower = index > 0 && kept[index - 1].upperBound + 1 == number
        let joinsUpper = index < kept.count && number + 1 == kept[index].lowerBound
        switch (joinsLower, joinsUpper) {
        case (true, true):
            kept[index - 1] = kept[index - 1].lowerBound...kept[index].upperBound
            kept.remove(at: index)
        case (true, false): kept[index - 1] = kept[index - 1].lowerBound...number
        case (false, true): kept[index] = number...kept[index].upperBound
        case (false, false): kept.insert(number...number, at: index)
        }
        if kept.count > maximumRanges {
            kept[0] = kept[0].lowerBound...kept[1].upperBound
            kept.remove(at: 1)
        }
        beginRun(after: number)
        return true
    }

    /// The run goes on behind the range that `number` ends, if there is room.
    private mutating func beginRun(after number: UInt64) {
        guard number < .max - 1 else { return }
        let next = indexOfFirstRange(endingAtOrAfter: number + 1)
        guard next == kept.count || kept[next].lowerBound > number + 1 else { return }
        run = (number + 1)..<(number + 1)
        // One number is left to the way that joins ranges.
        runLimit = next == kept.count ? .max - 1 : kept[next].lowerBound - 1
    }

    /// Puts the run where it belongs.
    private mutating func settle() {
        if !run.isEmpty {
            let index = indexOfFirstRange(endingAtOrAfter: run.lowerBound - 1)
            kept[index] = kept[index].lowerBound...(run.upperBound - 1)
            keptCount += UInt64(run.count)
        }
        (run, runLimit) = (0..<0, 0)
    }

    private func indexOfFirstRange(endingAtOrAfter number: UInt64) -> Int {
        var low = 0
        var high = kept.count
        while low < high {
            let middle = (low + high) / 2
            if kept[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// As the distance from the range before and the length of each.
extension SequenceSet: Carried {
    static func carried(_ value: SequenceSet?, by carrier: inout PartialCarrier) throws(PartialError) -> SequenceSet {
        let ranges = value?.ranges ?? []
        let count = try carrier.count(ranges.count)
        let distinct = try carrier.number(value?.distinct ?? 0)
        var set = SequenceSet()
        set.keptCount = distinct
        var next: UInt64 = 0
        var numbers: UInt64 = 0
        for index in 0..<count {
            let lower = ranges.isEmpty ? 0 : ranges[index].lowerBound
            let distance = try carrier.number(lower &- next)
            let length = try carrier.number(ranges.isEmpty ? 0 : ranges[index].upperBound - lower)
            guard carrier.isReading else {
                next = ranges[index].upperBound &+ 1
                continue
            }
            let first = next.addingReportingOverflow(distance)
            let last = first.partialValue.addingReportingOverflow(length)
            guard !first.overflow, !last.overflow, index == 0 || distance > 0 && next > 0 else {
                throw carrier.fault("sequence numbers are not in order")
            }
            set.kept.append(first.partialValue...last.partialValue)
            next = last.partialValue &+ 1
            numbers = saturatingSum(numbers, saturatingSum(length, 1))
        }
        // So many that no sum of two sets' overflows.
        try carrier.require(
            count <= set.maximumRanges && UInt64(count) <= distinct && distinct <= min(numbers, .max / 2),
            "sequence numbers are counted wrong")
        return value ?? set
    }
}
