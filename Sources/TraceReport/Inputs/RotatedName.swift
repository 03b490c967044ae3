/// A log's file name without what rotating it added: `server.log.3.gz`, `server.log-20261126.zst`, `server-20261126.log`.
struct RotatedName: Sendable, Comparable {
    /// The name of the log that is written now.
    let base: String
    private let age: Age

    private enum Age: Sendable, Equatable {
        /// `.3`: the larger, the older.
        case numbered(UInt64)
        /// The digits of a date, a time or a number of seconds: the larger, the younger.
        case dated(String)
        case current
    }

    init(_ name: String) {
        var name = name[...]
        for packed in [".gz", ".zst", ".zstd"] where name.hasSuffix(packed) && name.count > packed.count {
            name = name.dropLast(packed.count)
        }
        if let (base, suffix) = Self.split(name) {
            let digits = suffix.filter(\.isNumber)
            if digits.count >= Self.shortestDate {
                (self.base, age) = (String(base), .dated(digits))
                return
            }
            if name.dropFirst(base.count).first == ".", let number = UInt64(suffix) {
                (self.base, age) = (String(base), .numbered(number))
                return
            }
        }
        // logrotate's `extension`: the date stands before it.
        if let dot = name.lastIndex(of: "."), let (base, suffix) = Self.split(name[..<dot]) {
            let digits = suffix.filter(\.isNumber)
            if digits.count >= Self.shortestDate {
                (self.base, age) = (String(base + name[dot...]), .dated(digits))
                return
            }
        }
        (base, age) = (String(name), .current)
    }

    /// Year, month and day.
    private static let shortestDate = 8

    /// Returns what is before a `.` or `-` that nothing but digits and what parts dates and times follows, and that.
    private static func split(_ name: Substring) -> (base: Substring, suffix: Substring)? {
        for index in name.indices.dropFirst() where name[index] == "." || name[index] == "-" {
            let suffix = name[name.index(after: index)...]
            let isNumeric = suffix.allSatisfy { $0.isASCII && $0.isNumber || "-_T:".contains($0) }
            if isNumeric, let first = suffix.first, first.isNumber { return (name[..<index], suffix) }
        }
        return nil
    }

    /// Whether it comes first: by the log's name, and of one log the oldest.
    static func < (left: RotatedName, right: RotatedName) -> Bool {
        guard left.base == right.base else { return isBefore(left.base, right.base) }
        return switch (left.age, right.age) {
        case (.numbered(let left), .numbered(let right)): left > right
        case (.dated(let left), .dated(let right)): left < right
        case (.numbered, .dated), (.numbered, .current), (.dated, .current): true
        default: false
        }
    }

    /// Whether a name comes before another, numbers by their value: `web-2.log` before `web-10.log`.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        var (left, right) = (Substring(left), Substring(right))
        while let first = left.first, let other = right.first {
            let (digits, others) = (left.prefix(while: \.isNumber), right.prefix(while: \.isNumber))
            if let number = UInt64(digits), let otherNumber = UInt64(others) {
                if number != otherNumber { return number < otherNumber }
                (left, right) = (left.dropFirst(digits.count), right.dropFirst(others.count))
            } else {
                if first != other { return first < other }
                (left, right) = (left.dropFirst(), right.dropFirst())
            }
        }
        return left.isEmpty && !right.isEmpty
    }
}
