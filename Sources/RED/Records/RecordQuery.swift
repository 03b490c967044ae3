import GRDB
import WallClock

/// Which records are listed: the latest first.
struct RecordQuery: Sendable, Equatable {
    /// Whose; nil: everybody's.
    var client: String?
    /// Received at this moment or later.
    var from: Timestamp?
    /// Received before this moment.
    var to: Timestamp?
    /// At least so red, in parts per million.
    var minimumRed = 0
    /// The record that the page before ended with.
    var after: PageCursor?
    /// At most so many.
    var limit = Self.defaultLimit

    /// How many records a page has.
    static let defaultLimit = 100
    /// How many records a page has at most.
    static let maximumLimit = 1_000

    /// Reads the records, within the order of one index: time is in the length of the range, memory in ``limit``.
    func fetch(_ database: Database) throws -> [PictureRecord] {
        var conditions = ["red >= ?"]
        var arguments: [any DatabaseValueConvertible] = [minimumRed]
        if let client {
            conditions.append("client = ?")
            arguments.append(client)
        }
        if let from {
            conditions.append("received >= ?")
            arguments.append(from.milliseconds)
        }
        if let to {
            conditions.append("received < ?")
            arguments.append(to.milliseconds)
        }
        if let after {
            conditions.append("(received, number) < (?, ?)")
            arguments += [after.received, after.number] as [any DatabaseValueConvertible]
        }
        return try PictureRecord.fetchAll(
            database,
            sql: """
                SELECT * FROM record WHERE \(conditions.joined(separator: " AND "))
                ORDER BY received DESC, number DESC LIMIT \(limit)
                """,
            arguments: StatementArguments(arguments))
    }
}

/// Where a page ended, as text that clients hand back and do not read.
struct PageCursor: Sendable, Equatable {
    let received: Int64
    let number: Int64

    /// Behind a record.
    init(_ record: PictureRecord) {
        received = record.received.milliseconds
        number = record.number
    }

    /// 32 hexadecimal digits.
    var text: String {
        [received, number].map { value in
            let digits = String(UInt64(bitPattern: value), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Nil for what is not ``text`` of a cursor.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let received = UInt64(text.prefix(16), radix: 16), let number = UInt64(text.dropFirst(16), radix: 16)
        else { return nil }
        self.received = Int64(bitPattern: received)
        self.number = Int64(bitPattern: number)
    }
}
