/// Finds for each element of the shorter of two sequences its partner in the longer.
///
/// A box of the edit graph loses its common ends; then it is compared exactly if it is small, split at the
/// elements that are unique on both sides if there are any (patience), and given to Myers' algorithm otherwise.
/// Memory: for each element of `first` 28 bytes, and of both sequences 8 bytes, the latter only for large boxes.
struct SequenceAlignment: ~Copyable {
    private let first: UnsafeBufferPointer<UInt64>
    private let second: UnsafeBufferPointer<UInt64>
    private let limits: SequenceLimits
    /// For each element of `first` the index of the equal one in `second`, or ``HashIndex/none``.
    private let partners: UnsafeMutablePointer<UInt32>
    private var index: HashIndex
    private var exact = BitParallelComparison()
    private var scratch = WorkMemory<UInt32>()
    /// Boxes that are too large to be compared exactly, in no order.
    private var pending: [EditBox] = []

    /// `first` is the shorter; neither is empty. Both are borrowed until the alignment ends.
    init(_ first: UnsafeBufferPointer<UInt64>, _ second: UnsafeBufferPointer<UInt64>, limits: SequenceLimits) {
        precondition(first.count <= second.count && second.count < 1 << 31)
        self.first = first
        self.second = second
        self.limits = limits
        partners = .allocate(capacity: first.count)
        partners.initialize(repeating: HashIndex.none, count: first.count)
        index = HashIndex(keys: first.count)
    }

    deinit { partners.deallocate() }

    mutating func run() {
        enter(
            EditBox(
                start: EditPoint(first: 0, second: 0), end: EditPoint(first: first.count, second: second.count),
                unevenSplits: limits.unevenSplits))
        while let box = pending.popLast() {
            indexElements(of: box)
            if box.unevenSplits > 0, keepAnchors(in: box) {
                enterGaps(of: box)
            } else {
                compareFiltered(box)
            }
        }
    }

    /// Calls `body` with the indices of each matched pair, in order.
    func forEachMatch(_ body: (_ first: Int, _ second: Int) -> Void) {
        for position in 0..<first.count where partners[position] != HashIndex.none {
            body(position, Int(partners[position]))
        }
    }

    /// Takes the common ends off a box and compares it if it is small; keeps it for later otherwise.
    private mutating func enter(_ whole: EditBox) {
        if whole.isEmpty { return }
        var box = whole
        let (prefix, suffix) = box.trim(first.baseAddress.unsafelyUnwrapped, second.baseAddress.unsafelyUnwrapped)
        match(whole.start, count: prefix)
        match(box.end, count: suffix)
        if box.isEmpty { return }
        if limits.isExact(box) { compareExactly(box) } else { pending.append(box) }
    }

    private func match(_ start: EditPoint, count: Int) {
        for offset in 0..<count {
            partners[start.first &+ offset] = UInt32(truncatingIfNeeded: start.second &+ offset)
        }
    }

    private mutating func compareExactly(_ box: EditBox) {
        let (start, partners) = (box.start, partners)
        let firstRange = UnsafeBufferPointer(rebasing: first[start.first..<box.end.first])
        let secondRange = UnsafeBufferPointer(rebasing: second[start.second..<box.end.second])
        if box.firstCount <= box.secondCount {
            exact.compare(columns: firstRange, rows: secondRange, index: &index) {
                partners[start.first &+ $0] = UInt32(truncatingIfNeeded: start.second &+ $1)
            }
        } else {
            exact.compare(columns: secondRange, rows: firstRange, index: &index) {
                partners[start.first &+ $1] = UInt32(truncatingIfNeeded: start.second &+ $0)
            }
        }
    }

    // MARK: Patience

    /// For each different element of the box's first range: where it is on both sides, or that it is there often.
    private mutating func indexElements(of box: EditBox) {
        index.reset(keys: box.firstCount)
        let entries = index.entries
        for position in box.start.first..<box.end.first {
            let slot = index.slot(of: first[position])
            let isNew = entries[slot].first == HashIndex.none
            entries[slot].key = first[position]
            entries[slot].first = isNew ? UInt32(truncatingIfNeeded: position) : HashIndex.many
        }
        for position in box.start.second..<box.end.second {
            let slot = index.slot(of: second[position])
            guard entries[slot].first != HashIndex.none else { continue }
            let isNew = entries[slot].second == HashIndex.none
            entries[slot].second = isNew ? UInt32(truncatingIfNeeded: position) : HashIndex.many
        }
    }

    /// Makes partners of the most unique elements that are in the same order on both sides.
    private mutating func keepAnchors(in box: EditBox) -> Bool {
        var candidates = 0
        for slot in 0..<index.capacity {
            let entry = index.entries[slot]
            guard entry.first < HashIndex.many, entry.second < HashIndex.many else { continue }
            partners[Int(entry.first)] = entry.second
            candidates += 1
        }
        guard candidates > 0 else { return false }
        let length = IncreasingSubsequence.keepLongest(
            partners + box.start.first, count: box.firstCount, candidates: candidates,
            memory: scratch.reserve(scratchCount))
        return length > 0
    }

    /// Goes on with what lies between the anchors.
    private mutating func enterGaps(of box: EditBox) {
        let half = (box.firstCount + box.secondCount) / 2
        var start = box.start
        for position in box.start.first...box.end.first {
            let isEnd = position == box.end.first
            guard isEnd || partners[position] != HashIndex.none else { continue }
            let end = isEnd ? box.end : EditPoint(first: position, second: Int(partners[position]))
            var gap = EditBox(start: start, end: end, unevenSplits: box.unevenSplits)
            if gap.firstCount + gap.secondCount > half { gap.unevenSplits -= 1 }
            enter(gap)
            start = EditPoint(first: end.first + 1, second: end.second + 1)
        }
    }

    // MARK: Myers

    /// Room for two numbers for each element, enough for every box.
    private var scratchCount: Int { 2 * (first.count + second.count) }

    /// Gives Myers' algorithm the elements that both sides have; the others cannot match.
    private mutating func compareFiltered(_ box: EditBox) {
        let memory = scratch.reserve(scratchCount)
        var firstSide = MyersComparison.Side(numbers: memory, positions: memory + box.firstCount)
        let rest = memory + 2 * box.firstCount
        var secondSide = MyersComparison.Side(numbers: rest, positions: rest + box.secondCount)
        for position in box.start.first..<box.end.first {
            let slot = index.slot(of: first[position])
            if index.entries[slot].second != HashIndex.none { firstSide.append(slot, position) }
        }
        for position in box.start.second..<box.end.second {
            let slot = index.slot(of: second[position])
            if index.entries[slot].first != HashIndex.none { secondSide.append(slot, position) }
        }
        if firstSide.count == 0 { return }
        var myers = MyersComparison(firstSide, secondSide, partners: partners, limits: limits)
        myers.run(exact: &exact, index: &index)
    }
}

extension MyersComparison.Side {
    @inline(__always)
    fileprivate mutating func append(_ number: Int, _ position: Int) {
        numbers[count] = UInt32(truncatingIfNeeded: number)
        positions[count] = UInt32(truncatingIfNeeded: position)
        count &+= 1
    }
}
