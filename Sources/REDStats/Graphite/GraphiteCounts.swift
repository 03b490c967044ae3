import Synchronization

/// How sending to Graphite went since the start.
package final class GraphiteCounts: Sendable {
    /// The counts.
    package struct Values: Sendable, Equatable {
        /// Lines that were sent.
        package var lines = 0
        /// Minutes of clients that were not sent: there was no room for them, or the store cannot tell them any more.
        package var dropped = 0
        /// Minutes that were not sent, being older than carbon or the store keeps minutes, or of the future.
        package var outside = 0
        /// Tries to connect or to send that failed.
        package var failures = 0
        /// Whether there is a connection.
        package var isConnected = false
    }

    private let state = Mutex(Values())

    /// The counts now.
    package var values: Values { state.withLock { $0 } }

    @discardableResult func add<R>(_ change: (inout Values) -> R) -> R { state.withLock { change(&$0) } }
}
