import EventBroker
import Foundation
import Synchronization

/// How a worker's connections are made and used.
struct PostgreSQLRole: Sendable {
    /// The URL with its password.
    let url: String
    /// The URL without.
    let name: String
    /// What each new connection begins with.
    let preparation: [String]
    /// Whether each job is a transaction, or one statement sees one view anyway.
    let isWriter: Bool
}

/// Threads that have a connection each, and do jobs in turn. A connection that breaks is made anew, not more often than
/// its back-off allows; jobs that come meanwhile fail at once.
final class PostgreSQLWorkers: Sendable {
    typealias Job = @Sendable (PostgreSQLWorker) -> Void

    private let jobs = Mutex<(waiting: [Job], isClosed: Bool)>(([], false))
    private let arrivals = DispatchSemaphore(value: 0)
    private let ends = DispatchSemaphore(value: 0)
    private let count: Int

    init(_ role: PostgreSQLRole, count: Int) {
        self.count = count
        for _ in 0..<count {
            Thread.detachNewThread {
                let worker = PostgreSQLWorker(role)
                while true {
                    self.arrivals.wait()
                    guard let job = self.next() else { break }
                    job(worker)
                }
                self.ends.signal()
            }
        }
    }

    /// Has a job done; false if all is closed.
    func submit(_ job: @escaping Job) -> Bool {
        let isTaken = jobs.withLock { jobs in
            if !jobs.isClosed { jobs.waiting.append(job) }
            return !jobs.isClosed
        }
        if isTaken { arrivals.signal() }
        return isTaken
    }

    /// Lets what waits be done, and ends the threads. Blocks.
    func close() {
        let isFirst = jobs.withLock { jobs in
            defer { jobs.isClosed = true }
            return !jobs.isClosed
        }
        guard isFirst else { return }
        for _ in 0..<count { arrivals.signal() }
        for _ in 0..<count { ends.wait() }
    }

    private func next() -> Job? {
        jobs.withLock { jobs in jobs.waiting.isEmpty ? nil : jobs.waiting.removeFirst() }
    }
}

/// A connection and what makes it anew; it stays on one thread.
final class PostgreSQLWorker {
    private let role: PostgreSQLRole
    private var connection: PostgreSQLConnection?
    private var backoff = Backoff()
    /// Why the last attempt to connect failed, and when the next may be made.
    private var failure: (error: PostgreSQLError, end: ContinuousClock.Instant)?

    init(_ role: PostgreSQLRole) { self.role = role }

    /// Runs a job on the connection. It is run again where the connection had broken before anything could be
    /// committed, or another transaction was in the way.
    func run<R>(_ body: (PostgreSQLSession) throws -> R) throws(StatsStoreError) -> R {
        var attempt = 0
        while true {
            attempt += 1
            do {
                let connection = try connected()
                return try perform(connection, body)
            } catch let error as PostgreSQLError {
                if error.isBroken { connection = nil }
                let isWorthIt = error.isConflict ? attempt < 5 : error.isBroken && attempt < 2
                guard isWorthIt else { throw error.error(role.name) }
            } catch let error as StatsStoreError {
                throw error
            } catch {
                throw StatsStoreError.failed(store: role.name, detail: "\(error)")
            }
        }
    }

    private func connected() throws -> PostgreSQLConnection {
        if let connection { return connection }
        if let failure, .now < failure.end {
            throw StatsStoreError.unavailable(store: role.name, detail: failure.error.message)
        }
        do throws(PostgreSQLError) {
            let new = try PostgreSQLConnection(url: role.url)
            for statement in role.preparation { try new.execute(statement) }
            connection = new
            backoff.reset()
            failure = nil
            return new
        } catch {
            failure = (error, .now + backoff.pause())
            throw error.error(role.name)
        }
    }

    private func perform<R>(
        _ connection: PostgreSQLConnection, _ body: (PostgreSQLSession) throws -> R
    ) throws -> R {
        let session = PostgreSQLSession(connection: connection)
        guard role.isWriter else { return try body(session) }
        try connection.execute("BEGIN")
        let result: R
        do {
            result = try body(session)
            if connection.isAborted { throw PostgreSQLError(state: "25P02", message: "a statement failed") }
        } catch {
            connection.names.rollback()
            do { try connection.execute("ROLLBACK") } catch { self.connection = nil }
            throw error
        }
        do {
            try connection.execute("COMMIT")
        } catch {
            connection.names.rollback()
            if error.isBroken { self.connection = nil }
            // What broke in the middle of it may have been committed, so the body is not run again.
            throw error.error(role.name)
        }
        connection.names.commit()
        return result
    }
}
