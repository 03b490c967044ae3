import WallClock

/// How long the intervals are that an answer is split into: whole minutes, or whole months. They begin where the
/// calendar of UTC has them begin, the first and the last are cut by the query's own bounds.
package enum CountStep: Sendable, Equatable {
    /// So many minutes, counted from 1970-01-01T00:00Z; whole weeks from a Monday.
    case minutes(Int64)
    /// So many months, counted from January 1970.
    case months(Int64)

    private static let week: Int64 = 7 * 1_440

    /// Reads a duration of ISO 8601 with one unit: `PT1M`, `PT15M`, `PT1H`, `P1D`, `P1W`, `P1M`, `P1Y`. Nil for anything
    /// else, and for less than a minute or more than a hundred years.
    package init?(_ text: String) {
        let isTime = text.hasPrefix("PT")
        let digits = text.dropFirst(isTime ? 2 : 1).dropLast()
        guard text.hasPrefix("P"), digits.utf8.count <= 6, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int64(digits), count > 0
        else { return nil }
        switch (isTime, text.utf8.last) {
        case (true, UInt8(ascii: "M")): self = .minutes(count)
        case (true, UInt8(ascii: "H")): self = .minutes(count * 60)
        case (false, UInt8(ascii: "D")): self = .minutes(count * 1_440)
        case (false, UInt8(ascii: "W")): self = .minutes(count * Self.week)
        case (false, UInt8(ascii: "M")): self = .months(count)
        case (false, UInt8(ascii: "Y")): self = .months(count * 12)
        default: return nil
        }
        let minutes: Int64 = if case .minutes(let minutes) = self { minutes } else { 0 }
        let months: Int64 = if case .months(let months) = self { months } else { 0 }
        guard minutes <= 100 * 366 * 1_440, months <= 1_200 else { return nil }
    }

    /// When the first interval begins that begins after a moment.
    ///
    /// - Parameter milliseconds: 0 or more.
    func next(after milliseconds: Int64) -> Int64 {
        switch self {
        case .minutes(let count):
            // 1970-01-01 was a Thursday; the first Monday came four days later.
            let origin: Int64 = count % Self.week == 0 ? 4 * 86_400_000 : 0
            let length = count * 60_000
            return origin + (((milliseconds - origin + length) / length)) * length
        case .months(let count):
            return RollupLevel.month.start(of: (RollupLevel.month.slot(at: milliseconds) / count + 1) * count)
        }
    }
}
