/// Rows of values under named columns: what CSV, Markdown and JSON are written from.
public struct ReportTable: Sendable, Equatable {
    /// A column.
    public struct Column: Sendable, Equatable {
        /// Its name for programs: `self_ns`.
        public var name: String
        /// Its name for people: `self`.
        public var title: String

        /// Makes a column; its title is its name without a unit unless one is given.
        public init(_ name: String, title: String? = nil) {
            self.name = name
            self.title = title ?? (name.hasSuffix("_ns") ? String(name.dropLast(3)) : name)
        }
    }

    /// A value. What is not known is nil.
    public enum Value: Sendable, Equatable {
        /// Text, which may be out of a log.
        case text(String)
        /// A number of things.
        case count(UInt64?)
        /// A number that names something: a line, a process.
        case number(UInt64)
        /// A duration.
        case nanoseconds(UInt64?)
        /// A share, 1 for all of something.
        case share(Double)
        /// An instant, nanoseconds since 1970-01-01T00:00:00Z.
        case instant(UInt64)
        /// Whether something holds.
        case flag(Bool)

        /// Whether it is set to the right.
        var isNumber: Bool {
            switch self {
            case .text, .instant, .flag: false
            case .count, .number, .nanoseconds, .share: true
            }
        }
    }

    /// The columns.
    public let columns: [Column]
    /// The rows; each has a value for each column.
    public private(set) var rows: [[Value]] = []

    /// Makes a table without rows.
    public init(columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row, which must have as many values as there are columns.
    public mutating func append(_ row: [Value]) {
        precondition(row.count == columns.count, "a row has a value for each column")
        rows.append(row)
    }
}

extension FunctionPlace {
    /// The columns that name a function.
    static let tableColumns: [ReportTable.Column] = [.init("name"), .init("function"), .init("file"), .init("line")]

    /// The values of ``tableColumns``.
    var tableValues: [ReportTable.Value] { [.text(name), .text(function), .text(file), .number(line)] }
}
