import Foundation
import GRDB
import Logging
import Redness
import WallClock

/// Brings files and records together when a store is opened.
///
/// A folder of pictures without records, from before there were any or after they were lost, is taken in: each picture
/// is measured and recorded as the anonymous client's. From then on a file without a record is one whose upload, or
/// removal, was cut off, and is removed. A record whose file is gone, which no end of the process leaves
/// behind, is told in the log.
struct StoreRecovery {
    let files: PictureFiles
    let records: RecordFile
    let measurer: PictureMeasurer
    let logger: Logger

    /// Goes through all folders of the store. Blocks: 256 folders are read.
    func run() throws(StoreError) {
        try RecordFile.mapped(records.path) {
            try records.connections.write { database in
                let isTakenIn = try Int.fetchOne(database, sql: "PRAGMA user_version") != 0
                for digits in PictureFiles.shards {
                    let pictures = try files.pictures(in: digits)
                    if isTakenIn {
                        try compare(pictures, digits, database)
                    } else {
                        for (id, format) in pictures { try takeIn(id, format, database) }
                    }
                }
                if !isTakenIn { try database.execute(sql: "PRAGMA user_version = 1") }
            }
        }
    }

    /// Removes files without a record, and tells of records without a file.
    private func compare(
        _ pictures: [(id: PictureID, format: PictureFormat)], _ digits: String, _ database: Database
    ) throws {
        let recorded = try Set(
            String.fetchAll(
                database, sql: "SELECT DISTINCT picture FROM record WHERE picture >= ? AND picture < ?",
                // "g" comes after every hexadecimal digit.
                arguments: [digits, digits + "g"]))
        for (id, format) in pictures where !recorded.contains(id.text) {
            logger.info("removing \(files.path(of: id, format)): its upload or removal was cut off")
            try files.remove(id, format)
        }
        let lost = recorded.subtracting(pictures.map(\.id.text))
        if let first = lost.min() {
            logger.error("\(lost.count) recorded pictures are missing in \(files.folder)/\(digits), first \(first)")
        }
    }

    private func takeIn(_ id: PictureID, _ format: PictureFormat, _ database: Database) throws {
        let path = files.path(of: id, format)
        do {
            let measurement = try measurer.measure(file: path)
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            guard let modified = facts[.modificationDate] as? Date, let bytes = facts[.size] as? Int else {
                throw StoreError(action: "examine", path: path, code: EIO)
            }
            _ = try PictureRecord(
                id: id, client: Client.anonymous.name,
                received: Timestamp(milliseconds: Int64(modified.timeIntervalSince1970 * 1_000)), bytes: bytes,
                measurement: measurement
            ).insert(database)
        } catch let error as PictureError {
            let aside = "\(files.folder)/damaged"
            _ = try Folder.create(aside)
            guard rename(path, "\(aside)/\(id.text)") == 0 else {
                throw StoreError(action: "set aside", path: path, code: errno)
            }
            logger.error("set \(path) aside in \(aside): \(error)")
        }
    }
}
