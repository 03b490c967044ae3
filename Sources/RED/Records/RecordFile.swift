import EventBroker
import GRDB

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The SQLite file of the records: its form, its settings, and reading from it.
///
/// Readers see the last commit and never wait for the writer (write-ahead log); a commit is on the disk when it
/// returns (`synchronous = FULL`). Every call blocks.
final class RecordFile: Sendable {
    /// The file.
    let path: String
    /// Whether the file was made by this object: there were no records before.
    let isNew: Bool
    let connections: DatabasePool

    /// Opens the file or creates it, and brings an older one to today's form.
    init(path: String) throws(StoreError) {
        self.path = path
        isNew = access(path, F_OK) != 0
        connections = try Self.mapped(path) {
            var configuration = GRDB.Configuration()
            configuration.maximumReaderCount = 4
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { database in
                if !database.configuration.readonly { try database.execute(sql: "PRAGMA synchronous = FULL") }
            }
            PrivateFile.make(path)
            let connections = try DatabasePool(path: path, configuration: configuration)
            // GRDB lowers `synchronous` when it sets up the write-ahead log, after the above.
            try connections.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrator.migrate(connections)
            return connections
        }
    }

    /// Reads within one view of the records.
    func read<R>(_ body: (Database) throws -> R) throws(StoreError) -> R {
        try Self.mapped(path) { try connections.read(body) }
    }

    /// The forms the file has had, each from the one before. A form that was released is never changed.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: records and answers") { database in
            try database.execute(
                sql: """
                    CREATE TABLE record (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        picture TEXT NOT NULL,
                        client TEXT NOT NULL,
                        received INTEGER NOT NULL,
                        bytes INTEGER NOT NULL,
                        format TEXT NOT NULL,
                        width INTEGER NOT NULL,
                        height INTEGER NOT NULL,
                        red INTEGER NOT NULL,
                        approximate INTEGER NOT NULL,
                        measurement TEXT NOT NULL,
                        idempotency_key TEXT,
                        UNIQUE (picture, client)
                    ) STRICT;
                    CREATE INDEX record_by_client ON record (client, received, number);
                    CREATE INDEX record_by_time ON record (received, number);
                    CREATE TABLE answer (
                        client TEXT NOT NULL,
                        key TEXT NOT NULL,
                        received INTEGER NOT NULL,
                        request TEXT NOT NULL,
                        picture TEXT NOT NULL,
                        status INTEGER NOT NULL,
                        body TEXT NOT NULL,
                        PRIMARY KEY (client, key)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX answer_by_time ON answer (received);
                    """)
        }
        migrator.registerMigration("2: outbox") { database in
            try database.execute(
                sql: """
                    CREATE TABLE outbox (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL,
                        client TEXT NOT NULL,
                        trace TEXT,
                        body TEXT NOT NULL
                    ) STRICT;
                    """)
        }
        return migrator
    }

    /// Runs SQLite's work; its errors, and those of foreign records, become errors of the store.
    static func mapped<R>(_ path: String, _ body: () throws -> R) throws(StoreError) -> R {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(records: path, error)
        }
    }
}

extension StoreError {
    /// A failure of the records' file.
    init(records path: String, _ error: any Error) {
        let code: Int32 =
            switch (error as? DatabaseError)?.resultCode {
            case .SQLITE_FULL: ENOSPC
            case .SQLITE_READONLY: EROFS
            case .SQLITE_CANTOPEN, .SQLITE_PERM: EACCES
            case .SQLITE_BUSY, .SQLITE_LOCKED: EBUSY
            default: EIO
            }
        self.init(
            action: "use the records in", path: path, code: code,
            detail: (error as? DatabaseError)?.message ?? "\(error)")
    }
}
