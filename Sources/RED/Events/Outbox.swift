import EventBroker
import GRDB
import REDEvents

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The events that are not with the broker yet: a table beside the records, written in the same transaction, so that each
/// record that is new has its event, and no event is without its record.
final class Outbox: Sendable {
    /// The most events that wait for the broker. Some 500 bytes each.
    static let maximumEvents: Int64 = 1_000_000

    /// Says each time that there are new events.
    let notices: AsyncStream<Void>

    private let source: String
    private let records: RecordFile
    private let maximum: Int64
    private let notice: AsyncStream<Void>.Continuation

    /// An outbox of a server's records.
    ///
    /// - Parameter host: The computer's name, for the events' source.
    init(_ records: RecordFile, host: String, maximum: Int64 = Outbox.maximumEvents) {
        self.records = records
        self.maximum = maximum
        source = "red/\(host.isEmpty ? "localhost" : host)"
        (notices, notice) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        notice.yield()
    }

    /// The event that a picture was measured.
    ///
    /// - Throws: For what is no event: a program's mistake.
    func event(
        _ record: PictureRecord, pixels: Int, traceParent: String
    ) throws -> MeasuredEvent {
        try MeasuredEvent(
            id: MeasuredEvent.makeID(at: record.received), source: source, client: record.client, time: record.received,
            red: record.red,
            image: record.id.text, pixels: pixels, width: record.width, height: record.height, traceParent: traceParent)
    }

    /// Writes an event down, within the transaction of its record.
    ///
    /// - Throws: A ``StoreError`` with the code ENOBUFS where too many wait.
    func add(_ event: MeasuredEvent, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO outbox (id, client, trace, body) VALUES (?, ?, ?, ?)")
            .execute(arguments: [event.id, event.client, event.traceParent, event.json])
        let newest = database.lastInsertedRowID
        let oldest = try Int64.fetchOne(database.cachedStatement(sql: "SELECT min(number) FROM outbox")) ?? newest
        guard newest - oldest < maximum else {
            throw StoreError(
                action: "keep events for the broker in", path: records.path, code: ENOBUFS,
                detail: "\(maximum) wait there already; see to the broker")
        }
    }

    /// Says that events were committed.
    func announce() { notice.yield() }

    /// How many wait, or some more where changes were taken back. Blocks.
    func count() throws(StoreError) -> Int {
        try records.read { database in
            try Int.fetchOne(database, sql: "SELECT coalesce(max(number) - min(number) + 1, 0) FROM outbox") ?? 0
        }
    }

    /// The oldest ones in order, with the number of the last. Blocks.
    func next(_ limit: Int) throws(StoreError) -> (messages: [BrokerMessage], last: Int64) {
        try records.read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT number, id, client, trace, body FROM outbox ORDER BY number LIMIT ?"),
                arguments: [limit])
            let messages = try rows.map { row in
                let body: String = try row.decode(forColumn: "body")
                return BrokerMessage(
                    id: try row.decode(forColumn: "id"), key: try row.decode(forColumn: "client"),
                    body: Array(body.utf8), traceParent: try row.decode(forColumn: "trace"))
            }
            return (messages, try rows.last?.decode(forColumn: "number") ?? 0)
        }
    }

    /// Removes what the broker has: everything up to a number.
    static func remove(upTo last: Int64, _ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM outbox WHERE number <= ?").execute(arguments: [last])
    }
}
