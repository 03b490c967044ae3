#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A moment in UTC, to the millisecond.
struct Timestamp: Sendable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
    let milliseconds: Int64

    /// A moment by its milliseconds since 1970.
    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// The system clock's moment.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// As RFC 3339 has it, with milliseconds: `2026-11-25T18:21:54.120Z`.
    var text: String {
        let (date, second, millisecond) = parts
        return "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
            + "T\(Self.clock(second)).\(Self.padded(millisecond, 3))Z"
    }

    /// As HTTP has it, to the second (RFC 9110, section 5.6.7): `Wed, 25 Nov 2026 18:21:54 GMT`.
    var httpText: String {
        let (date, second, _) = parts
        return "\(Self.weekdays[date.weekday]), \(Self.padded(date.day, 2)) \(Self.months[date.month - 1]) "
            + "\(Self.padded(date.year, 4)) \(Self.clock(second)) GMT"
    }

    /// Reads RFC 3339, as `2026-11-25T18:21:54.12+01:00`, or a date alone, which is its midnight in UTC. Nil for
    /// anything else; digits behind the millisecond are passed over.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        guard let date = Date(Self.take(&rest, 10)) else { return nil }
        if rest.isEmpty {
            self.init(milliseconds: date.days * 86_400_000)
            return
        }
        guard rest.first == "T" || rest.first == "t" else { return nil }
        rest.removeFirst()
        guard let second = Self.second(Self.take(&rest, 8)) else { return nil }
        var millisecond: Int64 = 0
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard let value = Int64(digits.prefix(3) + "000".dropFirst(digits.prefix(3).count)), !digits.isEmpty
            else { return nil }
            millisecond = value
            rest = rest[digits.endIndex...]
        }
        guard let offset = Self.offset(rest) else { return nil }
        self.init(milliseconds: (date.days * 86_400 + second - offset) * 1_000 + millisecond)
    }

    /// Reads HTTP's preferred form of a date, the only one that is sent today; nil for anything else.
    init?(http text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 6, words[5] == "GMT", let month = Self.months.firstIndex(of: String(words[2])),
            let date = Date("\(words[3])-\(Self.padded(month + 1, 2))-\(words[1])"), let second = Self.second(words[4]),
            words[0] == "\(Self.weekdays[date.weekday]),"
        else { return nil }
        self.init(milliseconds: (date.days * 86_400 + second) * 1_000)
    }

    // MARK: Parts

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private var parts: (date: Date, second: Int64, millisecond: Int) {
        let (days, rest) = Self.floored(milliseconds, 86_400_000)
        return (Date(days: days), rest / 1_000, Int(rest % 1_000))
    }

    /// Quotient and remainder, the latter never negative.
    private static func floored(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func clock(_ second: Int64) -> String {
        [second / 3_600, second / 60 % 60, second % 60].map { padded(Int($0), 2) }.joined(separator: ":")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func take(_ text: inout Substring, _ count: Int) -> Substring {
        defer { text = text.dropFirst(count) }
        return text.prefix(count)
    }

    /// The second of the day in `18:21:54`.
    private static func second(_ text: Substring) -> Int64? {
        guard let numbers = numbers(text, ":", [2, 2, 2]), numbers[0] < 24, numbers[1] < 60, numbers[2] <= 60
        else { return nil }
        return Int64(numbers[0] * 3_600 + numbers[1] * 60 + numbers[2])
    }

    /// Seconds east of Greenwich in `Z` or `+01:00`.
    private static func offset(_ text: Substring) -> Int64? {
        if text == "Z" || text == "z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-", let numbers = numbers(text.dropFirst(), ":", [2, 2]),
            numbers[0] < 24, numbers[1] < 60
        else { return nil }
        return Int64(numbers[0] * 3_600 + numbers[1] * 60) * (sign == "-" ? -1 : 1)
    }

    /// Decimal numbers of fixed widths with a separator between them.
    fileprivate static func numbers(_ text: Substring, _ separator: Character, _ widths: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == widths else { return nil }
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil }
        return numbers.count == widths.count ? numbers : nil
    }

    /// A day of the proleptic Gregorian calendar.
    private struct Date {
        /// Days since 1970-01-01.
        let days: Int64
        let year: Int
        let month: Int
        let day: Int
        /// From 0, a Sunday.
        var weekday: Int { Int(Timestamp.floored(days + 4, 7).1) }

        /// From the days since 1970-01-01: eras of 400 years, each begun on a 1 March.
        init(days: Int64) {
            let (era, dayOfEra) = Timestamp.floored(days + 719_468, 146_097)
            let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let monthFromMarch = (5 * dayOfYear + 2) / 153
            self.days = days
            day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
            month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
            year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        }

        /// From `2026-11-25`; nil if there is no such day.
        init?(_ text: some StringProtocol) {
            guard let numbers = Timestamp.numbers(Substring(text), "-", [4, 2, 2]) else { return nil }
            let year = Int64(numbers[0] - (numbers[1] <= 2 ? 1 : 0))
            let (era, yearOfEra) = Timestamp.floored(year, 400)
            let monthFromMarch = Int64((numbers[1] + 9) % 12)
            let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(numbers[2]) - 1
            self.init(days: era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
            guard self.year == numbers[0], month == numbers[1], day == numbers[2] else { return nil }
        }
    }
}
