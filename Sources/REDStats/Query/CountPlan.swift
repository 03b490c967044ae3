import WallClock

/// Where the answer to a query is: in the longest intervals that fit, shorter ones beside them, and in the events at the
/// edges that are no whole minutes.
struct CountPlan {
    /// Rollups of a level, in a row.
    struct Slots: Equatable {
        let level: RollupLevel
        var range: Range<Int64>

        /// When they begin, in milliseconds.
        var start: Int64 { level.start(of: range.lowerBound) }
    }

    /// The rollups that are read, whole.
    private(set) var slots: [Slots] = []
    /// The milliseconds in which events are read one by one; each shorter than two minutes.
    private(set) var edges: [Range<Int64>] = []

    /// Where the answer to a query is.
    ///
    /// Cost: a fraction of a microsecond a boundary; there are at most seven ranges and two edges an interval of the answer.
    init(_ query: CountQuery) {
        for (start, end) in zip(query.boundaries, query.boundaries.dropFirst()) { add(start, end) }
    }

    private mutating func add(_ start: Int64, _ end: Int64) {
        let first = RollupLevel.minute.slot(notBefore: start)
        let last = RollupLevel.minute.slot(at: end)
        guard first < last else {
            // Less than a minute may still cross the beginning of one.
            edges.append(start..<end)
            return
        }
        let from = RollupLevel.minute.start(of: first)
        let to = RollupLevel.minute.start(of: last)
        if start < from { edges.append(start..<from) }
        add(.minute, from, to)
        if to < end { edges.append(to..<end) }
    }

    /// Covers an interval that begins and ends with slots of `level`.
    private mutating func add(_ level: RollupLevel, _ start: Int64, _ end: Int64) {
        if let coarser = level.coarser {
            let first = coarser.slot(notBefore: start)
            let last = coarser.slot(at: end)
            if first < last {
                append(level, start, coarser.start(of: first))
                add(coarser, coarser.start(of: first), coarser.start(of: last))
                append(level, coarser.start(of: last), end)
                return
            }
        }
        append(level, start, end)
    }

    private mutating func append(_ level: RollupLevel, _ start: Int64, _ end: Int64) {
        guard start < end else { return }
        let range = level.slot(at: start)..<level.slot(notBefore: end)
        if let last = slots.last, last.level == level, last.range.upperBound == range.lowerBound {
            slots[slots.count - 1].range = last.range.lowerBound..<range.upperBound
        } else {
            slots.append(Slots(level: level, range: range))
        }
    }
}

extension CountPlan {
    /// Rows of the rollups, in a row.
    struct Read {
        let level: RollupLevel
        let chunk: Int
        let range: Range<Int64>
        /// Which minutes of a page are wanted.
        let minutes: Range<Int64>
    }

    /// The rows that are read for a value of red: those of whole intervals, those of the value's own chunks, and the hours'
    /// pages where minutes are wanted. Not all of them exist.
    func reads(above: Int) -> [Read] {
        slots.flatMap { slots in
            let own = ChunkWidth.allCases.map { $0.firstNumber + $0.chunk(of: above) }
            var reads = ([RollupKey.whole] + own).map { chunk in
                Read(level: slots.level, chunk: chunk, range: slots.range, minutes: 0..<0)
            }
            if slots.level == .minute {
                let hours = slots.range.lowerBound / 60..<(slots.range.upperBound + 59) / 60
                reads.append(Read(level: .minute, chunk: RollupKey.page, range: hours, minutes: slots.range))
            }
            return reads
        }
    }
}
