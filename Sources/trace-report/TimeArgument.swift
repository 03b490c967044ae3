#if Tools
import ArgumentParser
import TraceReport
import WallClock

/// A time as it is given on the command line.
enum TimeArgument: ExpressibleByArgument, Equatable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    case instant(UInt64)
    /// Nanoseconds of the last day that the logs know of, in UTC.
    case timeOfDay(UInt64)
    /// Nanoseconds before the logs' end.
    case beforeEnd(UInt64)

    /// Reads `2026-11-26T14:00:00Z`, `2026-11-26 14:00:00` (in UTC), `2026-11-26`, `14:00`, `14:00:30`, or `-15m` in seconds,
    /// minutes, hours or days.
    init?(argument: String) {
        if let duration = argument.dropPrefix("-") {
            guard let nanoseconds = Self.nanoseconds(duration) else { return nil }
            self = .beforeEnd(nanoseconds)
            return
        }
        let seconds = argument.utf8.count == 5 ? argument + ":00" : argument
        if let time = Timestamp("1970-01-01T\(seconds)Z") {
            self = .timeOfDay(UInt64(time.milliseconds) * 1_000_000)
            return
        }
        let text = argument.replacing(" ", with: "T", maxReplacements: 1)
        guard let time = Timestamp(text) ?? Timestamp(text + "Z"), time.milliseconds >= 0,
            time.milliseconds < Int64.max / 1_000_000
        else { return nil }
        self = .instant(UInt64(time.milliseconds) * 1_000_000)
    }

    /// Whether it takes the logs' end to tell.
    var needsEnd: Bool { if case .instant = self { false } else { true } }

    /// Returns nanoseconds since 1970-01-01T00:00:00Z.
    ///
    /// - Parameter end: The newest time in the logs; nil: there is none, and then any time is as good.
    func wallNanoseconds(end: UInt64?) -> UInt64 {
        let end = end ?? 0
        let day: UInt64 = 86_400 * 1_000_000_000
        switch self {
        case .instant(let nanoseconds): return nanoseconds
        case .timeOfDay(let nanoseconds): return end / day * day + nanoseconds
        case .beforeEnd(let nanoseconds): return end > nanoseconds ? end - nanoseconds : 0
        }
    }

    private static func nanoseconds(_ duration: Substring) -> UInt64? {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = duration.last.flatMap({ units[$0] }), let number = UInt64(duration.dropLast()),
            number <= 1_000_000
        else { return nil }
        return number * unit * 1_000_000_000
    }
}

extension String {
    fileprivate func dropPrefix(_ prefix: Character) -> Substring? { first == prefix ? dropFirst() : nil }
}
#endif
