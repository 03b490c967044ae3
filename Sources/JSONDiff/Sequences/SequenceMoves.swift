extension SequenceComparison {
    /// Elements outside of the matches that are in both, paired each old one with one new one: they were moved.
    ///
    /// Sorted by new index. Of equal elements, the first old one is paired with the first new one, the second with
    /// the second, until one side has no more. Time: linear. Memory: 36 bytes for each element outside of the
    /// matches on the side that has fewer of them, and the result.
    ///
    /// - Parameter matches: Of the same two sequences, as ``matches(_:_:)`` returns them.
    static func moves(
        _ old: UnsafeBufferPointer<UInt64>, _ new: UnsafeBufferPointer<UInt64>, outside matches: [SequenceMatch]
    ) -> [(old: Int, new: Int)] {
        let matched = matches.reduce(0) { $0 + $1.count }
        let (oldCount, newCount) = (old.count - matched, new.count - matched)
        var pairs: [(old: Int, new: Int)] = []
        if oldCount == 0 || newCount == 0 { return pairs }
        if oldCount <= newCount {
            var waiting = PositionQueues(count: oldCount)
            forEachPosition(outside: matches, end: old.count, start: { $0.old }) { waiting.add($0, key: old[$0]) }
            forEachPosition(outside: matches, end: new.count, start: { $0.new }) { position in
                guard let ordinal = waiting.takeFirst(key: new[position]) else { return }
                pairs.append((old: waiting.position(ordinal), new: position))
            }
        } else {
            var waiting = PositionQueues(count: newCount)
            var partners = [UInt32](repeating: HashIndex.none, count: newCount)
            forEachPosition(outside: matches, end: new.count, start: { $0.new }) { waiting.add($0, key: new[$0]) }
            forEachPosition(outside: matches, end: old.count, start: { $0.old }) { position in
                guard let ordinal = waiting.takeFirst(key: old[position]) else { return }
                partners[ordinal] = UInt32(truncatingIfNeeded: position)
            }
            for ordinal in 0..<newCount where partners[ordinal] != HashIndex.none {
                pairs.append((old: Int(partners[ordinal]), new: waiting.position(ordinal)))
            }
        }
        return pairs
    }

    /// Calls `body` with each index below `end` that is in no match, in order.
    @inline(__always)
    private static func forEachPosition(
        outside matches: [SequenceMatch], end: Int, start: (SequenceMatch) -> Int, _ body: (Int) -> Void
    ) {
        var position = 0
        for match in matches {
            let matchStart = start(match)
            while position < matchStart {
                body(position)
                position &+= 1
            }
            position = matchStart + match.count
        }
        while position < end {
            body(position)
            position &+= 1
        }
    }
}
