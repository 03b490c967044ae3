import Foundation

/// A store in PostgreSQL. Transactions that write have two connections, reading has four, and notices of alerts one, each
/// on a thread of its own.
final class PostgreSQLBackend: StoreBackend {
    let name: String
    let warnings: [String]
    private let readers: PostgreSQLWorkers
    private let writers: PostgreSQLWorkers
    private let notices = AlertNotices()
    private let listener: PostgreSQLListener

    init(url: String) throws(StatsStoreError) {
        let name = Self.withoutPassword(url)
        self.name = name
        guard PostgreSQLConnection.isWellFormed(url) else {
            // What libpq says of it may hold the password.
            throw StatsStoreError.notAURL(name, detail: "it is malformed; special characters in it are written as %XX")
        }
        let role = PostgreSQLRole(url: url, name: name, preparation: Self.preparation, isWriter: true)
        warnings = try PostgreSQLSchema.prepare(role)
        writers = PostgreSQLWorkers(
            PostgreSQLRole(
                url: url, name: name,
                preparation: Self.preparation + ["SET statement_timeout = '120s'"] + PostgreSQLSchema.staging,
                isWriter: true),
            count: 2)
        readers = PostgreSQLWorkers(
            PostgreSQLRole(
                url: url, name: name, preparation: Self.preparation + ["SET statement_timeout = '5s'"],
                isWriter: false),
            count: 4)
        listener = PostgreSQLListener(url: url, notices: notices)
    }

    /// Plans are the same whatever the values are, so they are made once; compiling them costs more than they take.
    static let preparation = [
        "SET search_path = red_stats", "SET jit = off", "SET plan_cache_mode = force_generic_plan",
        "SET idle_in_transaction_session_timeout = '60s'",
    ]

    func read<R: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> R
    ) async throws(StatsStoreError) -> R {
        try await run(on: readers, body)
    }

    func write<R: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> R
    ) async throws(StatsStoreError) -> R {
        try await run(on: writers, body)
    }

    private func run<R: Sendable>(
        on workers: PostgreSQLWorkers, _ body: @escaping @Sendable (any SQLSession) throws -> R
    ) async throws(StatsStoreError) -> R {
        let name = name
        let result: Result<R, StatsStoreError> = await withCheckedContinuation { continuation in
            let isTaken = workers.submit { worker in
                continuation.resume(
                    returning: Result { () throws(StatsStoreError) -> R in try worker.run { try body($0) } })
            }
            if !isTaken { continuation.resume(returning: .failure(.failed(store: name, detail: "it was closed"))) }
        }
        return try result.get()
    }

    func alertNotices() -> AsyncStream<Void> {
        listener.begin()
        return notices.stream()
    }

    func close() async {
        listener.end()
        notices.close()
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                self.writers.close()
                self.readers.close()
                continuation.resume()
            }
        }
    }

    /// A URL as it may be shown: without password, and without parameters, which may hold one; also where a password was
    /// written into it as it is, with characters that have a meaning in URLs.
    static func withoutPassword(_ url: String) -> String {
        guard let scheme = url.range(of: "://") else { return url }
        let rest = url[scheme.upperBound...].prefix { $0 != "?" }
        guard let at = rest.lastIndex(of: "@") else {
            return "\(url[..<scheme.upperBound])\(url.contains("@") ? "…" : rest)"
        }
        let user = rest[..<at].prefix { $0 != ":" }
        return "\(url[..<scheme.upperBound])\(user)\(rest[at...])"
    }
}
