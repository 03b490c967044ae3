import GRDB
import Hoofprint
import Logging
import REDEvents
import Redness

/// A folder of pictures, each there once under the SHA-256 of its bytes, and the records of who sent them, in
/// `records.sqlite`.
///
/// A change is safe on the disk when it returns. Calls that are not `async` block on the disk: none belongs on an event
/// loop or in a task.
final class PictureStore: Sendable {
    private let files: PictureFiles
    private let records: RecordFile
    private let writer: StoreWriter
    private let lock: StoreLock
    /// Where events of new records are written down; nil where nobody wants them.
    let outbox: Outbox?

    /// Opens the store: creates what is missing, locks it, tries whether it can be written to, and repairs what an end
    /// in the middle of something left, see ``StoreRecovery``.
    ///
    /// - Parameter publishesAs: The computer's name, where events are to be written; nil: none are.
    init(
        folder: String, measurer: PictureMeasurer = PictureMeasurer(), publishesAs host: String? = nil, logger: Logger
    ) throws(StoreError) {
        files = try PictureFiles(folder: folder)
        lock = try StoreLock(folder: folder)
        try files.clearIncoming()
        _ = try files.receive().file()
        records = try RecordFile(path: "\(folder)/records.sqlite")
        try StoreRecovery(files: files, records: records, measurer: measurer, logger: logger).run()
        writer = StoreWriter(records, files, logger)
        outbox = host.map { [records] in Outbox(records, host: $0) }
    }

    /// Starts a picture; one that is only measured need not be hashed. Does not block.
    func receive(isHashed: Bool = true) -> IncomingPicture {
        files.receive(isHashed: isHashed)
    }

    /// Keeps a picture: its bytes, unless they are there, and a client's record of it, unless there is one.
    ///
    /// - Parameters:
    ///   - record: What is written down.
    ///   - picture: What was received.
    ///   - isSynchronized: Whether its bytes are safe on the disk; if they turn out to be needed, they are made so.
    ///   - request: What the upload asked for, to be compared with later ones of the same idempotency key.
    ///   - event: Is written down with the record if that is new.
    /// - Returns: The client's record, and whether it is new.
    func keep(
        _ record: PictureRecord, from picture: IncomingPicture, isSynchronized: Bool, request: String,
        event: MeasuredEvent? = nil
    ) async throws -> (record: PictureRecord, isNew: Bool) {
        let kept = try await writer.write { [outbox] batch in
            let kept = try batch.keep(record, from: picture, isSynchronized: isSynchronized)
            if kept.isNew, let event { try outbox?.add(event, batch.database) }
            if let key = record.idempotencyKey {
                try RecordedAnswer.removeOld(batch.database)
                try RecordedAnswer(
                    request: request, id: record.id, status: kept.isNew ? 201 : 200, body: kept.record.answer
                ).insert(key, of: record.client, batch.database)
            }
            return kept
        }
        if kept.isNew { outbox?.announce() }
        return kept
    }

    /// Removes events that the broker has, up to a number.
    func removeEvents(upTo last: Int64) async throws {
        try await writer.write { try Outbox.remove(upTo: last, $0.database) }
    }

    /// Whether the bytes of a picture are there already; another client may be removing them.
    func holds(_ id: PictureID, _ format: PictureFormat) throws(StoreError) -> Bool {
        try files.holds(id, format)
    }

    /// Removes a client's record of a picture, and the bytes with the last record; gives whether there was one.
    func remove(_ id: PictureID, of client: String) async throws -> Bool {
        try await writer.write { try $0.remove(id, of: client) }
    }

    /// Opens a picture; nil if there is none.
    ///
    /// - Parameter client: Whose record there is to be; nil: anybody's.
    func open(_ id: PictureID, of client: String?) throws(StoreError) -> StoredPicture? {
        let record = try records.read { database in
            if let client { return try PictureRecord.find(id, of: client, database) }
            return try PictureRecord.fetchOne(
                database, sql: "SELECT * FROM record WHERE picture = ? ORDER BY received LIMIT 1", arguments: [id.text])
        }
        guard let record else { return nil }
        return try StoredPicture(path: files.path(of: id, record.format), record: record)
    }

    /// What was answered to a client's key before; nil if nothing was.
    func answer(to key: String, of client: String) throws(StoreError) -> RecordedAnswer? {
        try records.read { try RecordedAnswer.find(key, of: client, $0) }
    }

    /// The records that a query asks for.
    func list(_ query: RecordQuery) throws(StoreError) -> [PictureRecord] {
        try records.read { try query.fetch($0) }
    }

    /// Whether the store answers: for `/readyz`.
    func check() throws(StoreError) {
        _ = try records.read { try Int.fetchOne($0, sql: "SELECT 1") }
    }
}
