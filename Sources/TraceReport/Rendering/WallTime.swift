import WallClock

/// An instant in UTC, from nanoseconds since 1970-01-01T00:00:00Z.
struct WallTime: Equatable {
    private let day: CalendarDay
    private let secondOfDay: UInt64
    private let nanosecond: UInt64

    init(nanoseconds: UInt64) {
        nanosecond = nanoseconds % 1_000_000_000
        let seconds = nanoseconds / 1_000_000_000
        secondOfDay = seconds % 86_400
        day = CalendarDay(days: Int64(seconds / 86_400))
    }

    /// `2026-11-24`.
    var date: String { day.text }

    /// `00:14:43`.
    var time: String {
        Quantity.twoDigits(secondOfDay / 3_600) + ":" + Quantity.twoDigits(secondOfDay / 60 % 60) + ":"
            + Quantity.twoDigits(secondOfDay % 60)
    }

    /// `2026-11-24 00:14:43.120`.
    var milliseconds: String {
        let digits = String(nanosecond / 1_000_000)
        return date + " " + time + "." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// RFC 3339 with nanoseconds: `2026-11-24T00:14:43.120000000Z`.
    var rfc3339: String {
        let digits = String(nanosecond)
        return date + "T" + time + "." + String(repeating: "0", count: 9 - digits.count) + digits + "Z"
    }
}
