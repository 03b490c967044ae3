import EventBroker
import Hoofprint

/// Sends to carbon, and connects anew where the connection broke.
///
/// Carbon confirms nothing. What was sent on a connection that broke may never have been read: the owner looks at
/// ``hasBroken``, and sends it again.
struct CarbonFeed: Sendable {
    private let address: CarbonAddress
    private let counts: GraphiteCounts
    private var connection: CarbonConnection?
    private var isLost = false
    private var isHurried = false

    init(_ address: CarbonAddress, _ counts: GraphiteCounts) {
        self.address = address
        self.counts = counts
    }

    /// Whether a connection that there was has broken; said once.
    mutating func hasBroken() -> Bool {
        if let connection, !connection.isOpen { lose() }
        defer { isLost = false }
        return isLost
    }

    /// From here on, what does not move is given up after seconds.
    mutating func hurry() {
        isHurried = true
        connection?.hurry()
    }

    /// Connects, unless there is a connection.
    mutating func connect() async throws(CarbonError) {
        if connection != nil { return }
        do throws(CarbonError) {
            let address = address
            connection = try await BlockingThread.run { () throws(CarbonError) in try CarbonConnection(address) }
            if isHurried { connection?.hurry() }
        } catch {
            counts.add { $0.failures += 1 }
            throw error
        }
        counts.add { $0.isConnected = true }
    }

    /// Sends lines; a task that is cancelled has them sent soon, or not.
    mutating func send(_ lines: [UInt8]) async throws(CarbonError) {
        try await connect()
        try await use { connection throws(CarbonError) in try connection.write(lines) }
        let count = lines.count { $0 == UInt8(ascii: "\n") }
        counts.add { $0.lines += count }
    }

    /// Waits until carbon has read all that was sent, and ends the connection.
    mutating func finish() async throws(CarbonError) {
        guard connection != nil else { return }
        try await use { connection throws(CarbonError) in try connection.finish() }
        drop()
    }

    private mutating func use(
        _ body: @escaping @Sendable (CarbonConnection) throws(CarbonError) -> Void
    ) async throws(CarbonError) {
        guard let connection else { return }
        let result: Result<Void, CarbonError> = await withTaskCancellationHandler {
            do throws(CarbonError) {
                try await span("graphite.send") { () async throws(CarbonError) in
                    try await BlockingThread.run { () throws(CarbonError) in try body(connection) }
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            connection.hurry()
        }
        if case .failure = result {
            counts.add { $0.failures += 1 }
            lose()
        }
        try result.get()
    }

    private mutating func lose() {
        isLost = true
        drop()
    }

    private mutating func drop() {
        connection = nil
        counts.add { $0.isConnected = false }
    }
}
