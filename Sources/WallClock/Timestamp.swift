#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A moment in UTC, to the millisecond.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
    package let milliseconds: Int64

    /// A moment by its milliseconds since 1970.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// The system clock's moment.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The day it is in.
    package var day: CalendarDay { CalendarDay(days: floored(milliseconds, 86_400_000).quotient) }

    /// As RFC 3339 has it, with milliseconds: `2026-11-25T18:21:54.120Z`.
    package var text: String {
        let rest = Int(floored(milliseconds, 86_400_000).remainder)
        return "\(day.text)T\(Self.clock(rest / 1_000)).\(padded(rest % 1_000, 3))Z"
    }

    /// As HTTP has it, to the second (RFC 9110, section 5.6.7): `Wed, 25 Nov 2026 18:21:54 GMT`.
    package var httpText: String {
        let day = day
        let second = Int(floored(milliseconds, 86_400_000).remainder) / 1_000
        return "\(Self.weekdays[day.weekday]), \(padded(day.day, 2)) \(Self.months[day.month - 1]) "
            + "\(padded(day.year, 4)) \(Self.clock(second)) GMT"
    }

    /// Reads RFC 3339, as `2026-11-25T18:21:54.12+01:00`, or a date alone, which is its midnight in UTC. Nil for
    /// anything else; digits behind the millisecond are passed over.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        guard let date = Self.numbers(Self.take(&rest, 10), "-", [4, 2, 2]),
            let day = CalendarDay(year: date[0], month: date[1], day: date[2])
        else { return nil }
        if rest.isEmpty {
            self.init(milliseconds: day.days * 86_400_000)
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
        self.init(milliseconds: (day.days * 86_400 + second - offset) * 1_000 + millisecond)
    }

    /// Reads a date of HTTP in any of its three forms (RFC 9110, section 5.6.7); nil for anything else.
    ///
    /// They are `Sun, 06 Nov 1994 08:49:37 GMT`, which alone is sent today, `Sunday, 06-Nov-94 08:49:37 GMT`, whose year
    /// is one of 1970...2069, and `Sun Nov  6 08:49:37 1994`.
    package init?(http text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }
        let order: [Int]
        switch words.count {
        case 6 where words[5] == "GMT": order = [1, 2, 3, 4]
        case 5: order = [2, 1, 4, 3]
        default: return nil
        }
        let (dayWord, monthWord, yearWord) = (words[order[0]], words[order[1]], words[order[2]])
        guard let day = Self.number(dayWord, 1...2), let month = Self.months.firstIndex(of: String(monthWord)),
            var year = Self.number(yearWord, 2...4), let second = Self.second(words[order[3]])
        else { return nil }
        if yearWord.utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
        guard let date = CalendarDay(year: year, month: month + 1, day: day),
            words[0].hasPrefix(Self.weekdays[date.weekday])
        else { return nil }
        self.init(milliseconds: (date.days * 86_400 + second) * 1_000)
    }

    // MARK: Parts

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func clock(_ second: Int) -> String {
        "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
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
    private static func numbers(_ text: Substring, _ separator: Character, _ widths: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == widths.count else { return nil }
        let numbers = zip(parts, widths).compactMap { number($0, $1...$1) }
        return numbers.count == widths.count ? numbers : nil
    }

    /// A decimal number of so many digits.
    private static func number(_ text: Substring, _ width: ClosedRange<Int>) -> Int? {
        guard width.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
