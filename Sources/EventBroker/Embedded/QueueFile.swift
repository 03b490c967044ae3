import GRDB

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The SQLite file of an embedded queue.
///
/// A group has a position: what is after it was never handed out. Between being handed out and acknowledged a message
/// has a claim of the group: of a member's, waiting to be handed out again, or a dead letter. Messages go when all
/// groups of their topic are past them and no claim is left.
final class QueueFile: Sendable {
    /// The file.
    let path: String
    private let connection: DatabaseQueue

    /// Whose a claim is, where it is not a member's, whose numbers begin at 1.
    enum Owner {
        /// Nobody's: to be handed out.
        static let none: Int64 = 0
        /// A dead letter.
        static let dead: Int64 = -1
    }

    /// How safe a transaction is when it returns.
    enum Safety: String {
        /// It outlasts a loss of power.
        case disk = "FULL"
        /// It outlasts the process. What a loss of power takes back is delivered again.
        case process = "NORMAL"
    }

    /// Opens the file or creates it. Blocks.
    init(path: String) throws(BrokerError) {
        self.path = path
        // Two processes that make the file at once would both begin with an empty one.
        let door = try FileDoor(beside: path)
        defer { door.leave() }
        connection = try Self.mapped(path) {
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(10)
            configuration.label = "EventBroker"
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL")
                try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            }
            PrivateFile.make(path)
            let connection = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(connection)
            return connection
        }
    }

    /// Makes a change, or none if `body` throws.
    func write<R: Sendable>(
        _ safety: Safety, _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(BrokerError) -> R {
        try await perform { database in
            try database.execute(sql: "PRAGMA synchronous = \(safety.rawValue)")
            return try Self.transaction(.immediate, database, body)
        }
    }

    /// Looks at the file.
    func read<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws(BrokerError) -> R {
        try await perform { try Self.transaction(.deferred, $0, body) }
    }

    private static func transaction<R>(
        _ kind: Database.TransactionKind, _ database: Database, _ body: (Database) throws -> R
    ) throws -> R {
        var result: R?
        try database.inTransaction(kind) {
            result = try body(database)
            return .commit
        }
        guard let result else { preconditionFailure("a transaction that is committed has run") }
        return result
    }

    private func perform<R: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(BrokerError) -> R {
        let result: Result<R, any Error> = await withCheckedContinuation { continuation in
            connection.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: Result { try body(database) })
            }
        }
        return try Self.mapped(path) { try result.get() }
    }

    /// Closes the file, once what was begun is done.
    func close() throws(BrokerError) {
        try Self.mapped(path) { try connection.close() }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: messages, groups, claims") { database in
            try database.execute(
                sql: """
                    CREATE TABLE topic (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
                    CREATE TABLE message (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        topic INTEGER NOT NULL,
                        id TEXT NOT NULL,
                        key TEXT NOT NULL,
                        body BLOB NOT NULL,
                        trace_parent TEXT
                    ) STRICT;
                    CREATE INDEX message_by_topic ON message (topic, number);
                    CREATE TABLE consumers (
                        number INTEGER PRIMARY KEY,
                        topic INTEGER NOT NULL,
                        name TEXT NOT NULL,
                        position INTEGER NOT NULL,
                        is_passing INTEGER NOT NULL,
                        UNIQUE (topic, name)
                    ) STRICT;
                    CREATE TABLE member (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        consumers INTEGER NOT NULL,
                        lease INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX member_by_consumers ON member (consumers);
                    CREATE TABLE claim (
                        message INTEGER NOT NULL,
                        consumers INTEGER NOT NULL,
                        key TEXT NOT NULL,
                        owner INTEGER NOT NULL,
                        attempt INTEGER NOT NULL,
                        reason TEXT,
                        PRIMARY KEY (message, consumers)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX claim_by_owner ON claim (consumers, owner, message);
                    CREATE INDEX claim_by_key ON claim (consumers, key, owner) WHERE owner > 0;
                    """)
        }
        return migrator
    }

    /// Runs SQLite's work; its errors become the broker's.
    private static func mapped<R>(_ path: String, _ body: () throws -> R) throws(BrokerError) -> R {
        do {
            return try body()
        } catch let error as BrokerError {
            throw error
        } catch {
            let code = (error as? DatabaseError)?.resultCode
            let text = (error as? DatabaseError)?.message ?? "\(error)"
            let url = "embedded:\(path)"
            throw switch code {
            case .SQLITE_FULL: BrokerError(.full, url, "the disk is full; make room on it")
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                BrokerError(.unavailable, url, "another process has the file locked for long; try again")
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
                BrokerError(.refused, url, "\(text); give a path in a folder that exists and may be written to")
            case .SQLITE_NOTADB, .SQLITE_CORRUPT:
                BrokerError(.refused, url, "\(text): not a queue, or damaged; move the file away or give another path")
            case .SQLITE_MISUSE: BrokerError(.closed, url, "it was closed")
            default: BrokerError(.unavailable, url, "\(text); look at the disk")
            }
        }
    }
}
