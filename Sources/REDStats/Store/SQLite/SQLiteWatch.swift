import Foundation
import GRDB

/// A thread that looks whether another process has written alerts, while somebody wants to know.
final class SQLiteWatch: Sendable {
    private let path: String
    private let notices: AlertNotices
    private let thread = LateThread()

    /// How often it looks, in seconds; SQLite has no way to be told.
    private static let period = 0.1

    init(path: String, notices: AlertNotices) {
        self.path = path
        self.notices = notices
    }

    /// Starts the thread, unless it runs.
    func begin() { thread.begin { self.run() } }

    func end() { thread.end() }

    private func run() {
        var connection: DatabaseQueue?
        var last: Int64?
        while !thread.isEnded {
            if notices.isHeard {
                // A look that fails, while the file is locked or gone, is taken again; who uses the store is told of it.
                if connection == nil { connection = try? open() }
                if let connection, let alert = try? connection.read(Self.lastAlert), alert != last {
                    if last != nil { notices.announce() }
                    last = alert
                }
            }
            Thread.sleep(forTimeInterval: Self.period)
        }
    }

    private func open() throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func lastAlert(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database.cachedStatement(sql: "SELECT max(sequence) FROM alert")) ?? 0
    }
}
