import EventBroker
import Foundation

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A thread that passes on the notifications of new alerts, from its own process, too.
final class PostgreSQLListener: Sendable {
    private let url: String
    private let notices: AlertNotices
    private let thread = LateThread()

    /// The channel of `NOTIFY`.
    static let channel = "red_stats_alerts"

    init(url: String, notices: AlertNotices) {
        self.url = url
        self.notices = notices
    }

    /// Starts the thread, unless it runs.
    func begin() { thread.begin { self.run() } }

    func end() { thread.end() }

    private func run() {
        var backoff = Backoff()
        while !thread.isEnded {
            do throws(PostgreSQLError) {
                let connection = try PostgreSQLConnection(url: url)
                try connection.execute("LISTEN \(Self.channel)")
                backoff.reset()
                // What came while nobody listened.
                notices.announce()
                try listen(connection)
            } catch {
                // The store's other connections tell of it; this one comes back.
                let end = ContinuousClock.now + backoff.pause()
                while !thread.isEnded, .now < end { usleep(50_000) }
            }
        }
    }

    private func listen(_ connection: PostgreSQLConnection) throws(PostgreSQLError) {
        while !thread.isEnded {
            var descriptor = pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0)
            let count = poll(&descriptor, 1, 200)
            if count > 0, try connection.consumeNotifications() { notices.announce() }
        }
    }
}
