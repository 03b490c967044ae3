import REDEvents

/// A value of a column.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    /// Both databases take a text as ended by a NUL, so one that holds it would stand for another.
    static func refuseNUL(_ values: [SQLValue]) throws(StatsStoreError) {
        for case .text(let text) in values where text.utf8.contains(0) {
            throw StatsStoreError.invalid("a text holds a NUL, which no name does")
        }
    }
}

/// A connection within a transaction: what SQLite and PostgreSQL have in common, and what each does in its own way.
///
/// Statements name their values `$1`, `$2`… in the order in which they first appear. Calls block.
protocol SQLSession {
    /// The numbers of clients and sources that this connection has seen committed.
    var names: NameCache { get }
    /// Runs a statement; gives its rows.
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [[SQLValue]]
    /// Runs a statement; gives how many rows it changed.
    func change(_ sql: String, _ values: [SQLValue]) throws -> Int

    /// From here to the end of the transaction no other session adds, so that alerts are numbered in the order in which
    /// they are seen, and rollups are read and written by one.
    func lockWriters() throws
    /// Inserts events that are not there yet, and alerts for them.
    ///
    /// - Parameter events: No two have one source and id.
    /// - Returns: Which of them are new, by their places.
    func insert(_ events: [NumberedEvent], makesAlerts: Bool, now: Int64) throws -> [Int]
    /// The rows of the rollups that there are.
    func rollups(_ keys: [RollupKey]) throws -> [RollupKey: RollupRow]
    /// Writes rows of the rollups.
    func write(_ rows: [(key: RollupKey, row: RollupRow)]) throws
    /// Adds up what a query needs, and gives the horizons, of one view of the database.
    func tally(_ query: CountQuery, _ plan: CountPlan) throws -> (tally: CountTally, horizons: Horizons)
    /// The events of an interval of milliseconds: client's number, time and red, piece by piece.
    func eachEvent(in range: Range<Int64>, _ body: ([(client: Int64, time: Int64, red: Int)]) throws -> Void) throws
    /// Removes the events before a moment.
    func removeEvents(before moment: Int64) throws -> Int
    /// Lets others know that there are new alerts, once the transaction is committed.
    func announceAlerts() throws
    /// Takes rows for this transaction that no other one holds: the end of a `SELECT`.
    var skipLocked: String { get }
}

/// An event with the numbers that stand for its client and source in the database.
struct NumberedEvent {
    let event: MeasuredEvent
    let client: Int64
    let source: Int64
}

/// A text as a key: equal where its bytes are, while Swift takes texts as equal that Unicode says are the same.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0 as UInt8)
    }
}

extension SQLSession {
    func rows(_ sql: String) throws -> [[SQLValue]] { try rows(sql, []) }

    /// The one number that a statement gives; nil if it gives no row or null.
    func number(_ sql: String, _ values: [SQLValue] = []) throws -> Int64? {
        guard case .integer(let number)? = try rows(sql, values).first?.first else { return nil }
        return number
    }
}

/// Reads a row's columns in order.
struct SQLColumns {
    private var values: ArraySlice<SQLValue>

    init(_ row: [SQLValue]) { values = row[...] }

    mutating func integer() throws -> Int64 {
        guard let value = try optionalInteger() else { throw ForeignRow() }
        return value
    }

    mutating func text() throws -> String {
        guard let value = try optionalText() else { throw ForeignRow() }
        return value
    }

    mutating func optionalInteger() throws -> Int64? {
        switch values.popFirst() {
        case .integer(let value): value
        case .null: nil
        default: throw ForeignRow()
        }
    }

    mutating func optionalText() throws -> String? {
        switch values.popFirst() {
        case .text(let value): value
        case .null: nil
        default: throw ForeignRow()
        }
    }

    mutating func bytes() throws -> [UInt8] {
        guard case .bytes(let value)? = values.popFirst() else { throw ForeignRow() }
        return value
    }
}

/// A row that this program did not write.
struct ForeignRow: Error, CustomStringConvertible {
    var description: String { "a row of the database has another form than this program writes" }
}
