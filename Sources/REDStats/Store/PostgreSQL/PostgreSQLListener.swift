import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A thread that passes on the notifications of new alerts, from its own process, too.
final class PostgreSQLListener: Sendable {
    private let url: String
    private let notices: AlertNotices
    private let state = Mutex((isRunning: false, isEnded: false))

    /// The channel of `NOTIFY`.
    static let channel = "red_stats_alerts"

    init(url: String, notices: AlertNotices) {
        self.url = url
        self.notices = notices
    }

    /// Starts the thread, unless it runs.
    func begin() {
        let isNew = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning && !state.isEnded
        }
        if isNew { Thread.detachNewThread { self.run() } }
    }

    func end() { state.withLock { $0.isEnded = true } }

    private var isEnded: Bool { state.withLock { $0.isEnded } }

    private func run() {
        var backOff = BackOff()
        while !isEnded {
            do throws(PostgreSQLError) {
                let connection = try PostgreSQLConnection(url: url)
                try connection.execute("LISTEN \(Self.channel)")
                backOff = BackOff()
                // What came while nobody listened.
                notices.announce()
                try listen(connection)
            } catch {
                // The store's other connections tell of it; this one comes back.
                backOff.lengthen()
                while !isEnded, !backOff.isOver { usleep(50_000) }
            }
        }
    }

    private func listen(_ connection: PostgreSQLConnection) throws(PostgreSQLError) {
        while !isEnded {
            var descriptor = pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0)
            let count = poll(&descriptor, 1, 200)
            if count > 0, try connection.consumeNotifications() { notices.announce() }
        }
    }
}
