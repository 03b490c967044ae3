import NIOPosix

/// PostgreSQL, by connections that wait for their answers on threads of their own.
struct Database: Sendable {
    private let pool: ConnectionPool
    private let threads: NIOThreadPool

    init(url: String, connections: Int, threads: NIOThreadPool) throws {
        pool = try ConnectionPool((0..<connections).map { _ in try Connection(url: url) })
        self.threads = threads
    }

    func query(_ text: String, _ parameters: [String] = []) async throws -> [Row] {
        let connection = await pool.take()
        do {
            let rows = try await threads.runIfActive { try connection.execute(text, parameters) }
            await pool.giveBack(connection)
            return rows
        } catch {
            await pool.giveBack(connection)
            throw error
        }
    }
}
