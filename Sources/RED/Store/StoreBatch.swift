import GRDB
import Hoofprint
import Redness

/// Changes of the store that are committed together: the transaction, and what is to be done to the files with it.
///
/// A file has its name, safely, before the record of it is committed, and loses it after the last record of it is
/// gone: so there is never a record without its file, whenever the process ends. A file without a record is
/// left by an end in between; the next start removes it.
final class StoreBatch {
    let database: Database
    private let files: PictureFiles
    private var changedShards: Set<String> = []
    private var named: [(id: PictureID, format: PictureFormat)] = []
    private var removed: [(id: PictureID, format: PictureFormat)] = []

    /// A batch within a transaction that is open.
    init(_ database: Database, _ files: PictureFiles) {
        self.database = database
        self.files = files
    }

    /// Writes down that a client sent a picture, and gives the file its name if it has none.
    ///
    /// - Parameters:
    ///   - record: The record, which is new unless the client has one of this picture. An approximate measurement gives
    ///     way to an exact one.
    ///   - incoming: What was received.
    ///   - isSynchronized: Whether its bytes are safe on the disk already.
    /// - Returns: The client's record, and whether it is new.
    func keep(
        _ record: PictureRecord, from incoming: IncomingPicture, isSynchronized: Bool
    ) throws -> (record: PictureRecord, isNew: Bool) {
        if try files.name(incoming, record.id, record.format) {
            named.append((record.id, record.format))
            if !isSynchronized { try incoming.synchronize() }
        }
        changedShards.insert(files.shard(of: record.id))
        guard var known = try PictureRecord.find(record.id, of: record.client, database) else {
            var new = record
            new.number = try record.insert(database)
            return (new, true)
        }
        if known.isApproximate, !record.isApproximate {
            known.measurement = record.measurement
            known.red = record.red
            known.isApproximate = false
            try database.cachedStatement(
                sql: "UPDATE record SET measurement = ?, red = ?, approximate = 0 WHERE number = ?"
            ).execute(arguments: [known.measurement, known.red, known.number])
        }
        return (known, false)
    }

    /// Removes a client's record of a picture, and the file if that was the last; gives whether there was one.
    func remove(_ id: PictureID, of client: String) throws -> Bool {
        guard let record = try PictureRecord.find(id, of: client, database) else { return false }
        try database.cachedStatement(sql: "DELETE FROM record WHERE number = ?").execute(arguments: [record.number])
        removed.append((id, record.format))
        return true
    }

    /// Makes the names given so far safe: the last thing before the transaction is committed.
    func synchronize() throws(StoreError) {
        for shard in changedShards {
            try span("image.store.folder") { () throws(StoreError) in try Folder.synchronize(shard) }
        }
    }

    /// Removes files that no record is left of, after the transaction.
    ///
    /// - Parameter hasFailed: Whether a change, or the whole transaction, was taken back.
    func removeFiles(hasFailed: Bool) throws {
        for (id, format) in hasFailed ? removed + named : removed {
            let isRecorded = try Bool.fetchOne(
                database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM record WHERE picture = ?)"),
                arguments: [id.text])
            if isRecorded == false { try files.remove(id, format) }
        }
    }
}
