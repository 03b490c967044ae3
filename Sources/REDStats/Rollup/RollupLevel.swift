import WallClock

/// How long the intervals are that events are counted in. Each level's slots are whole numbers of the level's below.
enum RollupLevel: Int, Sendable, CaseIterable, Comparable {
    case minute, hour, day, month

    static func < (left: RollupLevel, right: RollupLevel) -> Bool { left.rawValue < right.rawValue }

    /// The next longer one; nil for the longest.
    var coarser: RollupLevel? { RollupLevel(rawValue: rawValue + 1) }

    /// The milliseconds of a slot; nil for months, which differ.
    private var length: Int64? {
        switch self {
        case .minute: 60_000
        case .hour: 3_600_000
        case .day: 86_400_000
        case .month: nil
        }
    }

    /// The number of the slot that a moment is in, counted from 1970.
    ///
    /// - Parameter milliseconds: 0 or more.
    func slot(at milliseconds: Int64) -> Int64 {
        if let length { return milliseconds / length }
        let day = CalendarDay(days: milliseconds / 86_400_000)
        return Int64(day.year - 1970) * 12 + Int64(day.month - 1)
    }

    /// The number of the first slot that begins at a moment or after it.
    func slot(notBefore milliseconds: Int64) -> Int64 {
        let slot = slot(at: milliseconds)
        return start(of: slot) == milliseconds ? slot : slot + 1
    }

    /// When a slot begins, in milliseconds since 1970.
    func start(of slot: Int64) -> Int64 {
        if let length { return slot * length }
        let year = Int(slot / 12) + 1970
        // The month behind December 9999, which no day is in, begins where time ends.
        guard let day = CalendarDay(year: year, month: Int(slot % 12) + 1, day: 1) else { return 253_402_300_800_000 }
        return day.days * 86_400_000
    }
}
