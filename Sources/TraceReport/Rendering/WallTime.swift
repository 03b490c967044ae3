/// An instant in UTC, from nanoseconds since 1970-01-01T00:00:00Z.
struct WallTime: Equatable {
    let year: UInt64
    let month: UInt64
    let day: UInt64
    let secondOfDay: UInt64
    let nanosecond: UInt64

    /// The day is found as in http://howardhinnant.github.io/date_algorithms.html#civil_from_days.
    init(nanoseconds: UInt64) {
        nanosecond = nanoseconds % 1_000_000_000
        let seconds = nanoseconds / 1_000_000_000
        secondOfDay = seconds % 86_400
        let shifted = seconds / 86_400 + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + shifted / 146_097 * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026-11-24`.
    var date: String { "\(year)-" + Quantity.twoDigits(month) + "-" + Quantity.twoDigits(day) }

    /// `00:14:43`.
    var time: String {
        Quantity.twoDigits(secondOfDay / 3_600) + ":" + Quantity.twoDigits(secondOfDay / 60 % 60) + ":"
            + Quantity.twoDigits(secondOfDay % 60)
    }

    /// RFC 3339 with nanoseconds: `2026-11-24T00:14:43.120000000Z`.
    var rfc3339: String {
        let digits = String(nanosecond)
        return date + "T" + time + "." + String(repeating: "0", count: 9 - digits.count) + digits + "Z"
    }
}
