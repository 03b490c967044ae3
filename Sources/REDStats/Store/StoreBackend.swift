/// A database that runs transactions on threads of its own.
protocol StoreBackend: Sendable {
    /// The URL without password.
    var name: String { get }
    var warnings: [String] { get }
    /// Runs a body within one view of the database that changes nothing.
    func read<R: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> R
    ) async throws(StatsStoreError) -> R
    /// Runs a body within a transaction; it is on the disk when this returns. The body may be run again where the
    /// connection broke before the commit.
    func write<R: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> R
    ) async throws(StatsStoreError) -> R
    /// See ``StatsStore/alertNotices()``.
    func alertNotices() -> AsyncStream<Void>
    func close() async
}
