import EventBroker
import Foundation
import GRDB
import Synchronization

/// A SQLite file: readers see the last commit and wait for nobody (write-ahead log); a commit is on the disk when it
/// returns (`synchronous = FULL`). Work runs on GRDB's own threads.
final class SQLiteBackend: StoreBackend {
    let name: String
    let warnings: [String] = []
    private let path: String
    private let pool: DatabasePool
    private let notices = AlertNotices()
    private let watch: SQLiteWatch
    /// Used by the one writer only.
    nonisolated(unsafe) private let names = NameCache()

    init(url: String) throws(StatsStoreError) {
        let path = String(url.dropFirst("sqlite:".count))
        guard !path.isEmpty, path != ":memory:" else {
            throw StatsStoreError.notAURL(url, detail: "it names no file")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw StatsStoreError.failed(store: url, detail: "the folder '\(folder)' does not exist; create it")
        }
        name = url
        self.path = path
        pool = try Self.mapped(url) { try Self.open(path, url) }
        watch = SQLiteWatch(path: path, notices: notices)
    }

    private static func open(_ path: String, _ url: String) throws -> DatabasePool {
        var configuration = GRDB.Configuration()
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            // 64 MiB of pages a connection; pages that change with every commit are copied into the file each 64 MiB only.
            try database.execute(sql: "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384")
            if !database.configuration.readonly { try database.execute(sql: "PRAGMA synchronous = FULL") }
        }
        PrivateFile.make(path)
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB lowers `synchronous` when it sets up the write-ahead log, after the above.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try pool.writeWithoutTransaction { try SQLiteSchema.migrate($0, url) }
        return pool
    }

    func read<R: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> R
    ) async throws(StatsStoreError) -> R {
        let result: Result<R, any Error> = await withCheckedContinuation { continuation in
            pool.asyncRead { database in
                continuation.resume(
                    returning: Result {
                        try body(SQLiteSession(database: try database.get(), names: NameCache(), alertsAreNew: {}))
                    })
            }
        }
        return try Self.mapped(name) { try result.get() }
    }

    func write<R: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> R
    ) async throws(StatsStoreError) -> R {
        let result: Result<R, any Error> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: Result { try self.transaction(database, body) })
            }
        }
        return try Self.mapped(name) { try result.get() }
    }

    private func transaction<R>(_ database: Database, _ body: (any SQLSession) throws -> R) throws -> R {
        var alertsAreNew = false
        var result: R?
        do {
            try database.inTransaction(.immediate) {
                try withoutActuallyEscaping({ alertsAreNew = true }) { note in
                    result = try body(SQLiteSession(database: database, names: names, alertsAreNew: note))
                }
                return .commit
            }
        } catch {
            names.rollback()
            throw error
        }
        names.commit()
        if alertsAreNew { notices.announce() }
        guard let result else { preconditionFailure("a transaction that is committed has a result") }
        return result
    }

    func alertNotices() -> AsyncStream<Void> {
        watch.begin()
        return notices.stream()
    }

    func close() async {
        watch.end()
        notices.close()
        await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { _ in continuation.resume() }
        }
        // Fails only where a statement is left open; then the end of this object closes the file.
        _ = try? pool.close()
    }

    /// Runs SQLite's work; its errors become errors of the store.
    private static func mapped<R>(_ name: String, _ body: () throws -> R) throws(StatsStoreError) -> R {
        do {
            return try body()
        } catch let error as StatsStoreError {
            throw error
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL: throw StatsStoreError.full(store: name)
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                throw StatsStoreError.unavailable(
                    store: name, detail: "another process has been writing to it for long")
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
                throw StatsStoreError.failed(
                    store: name,
                    detail: "\(error.message ?? "it cannot be opened"); it must be writable, and its folder")
            default: throw StatsStoreError.failed(store: name, detail: error.message ?? "\(error)")
            }
        } catch {
            throw StatsStoreError.failed(store: name, detail: "\(error)")
        }
    }
}
