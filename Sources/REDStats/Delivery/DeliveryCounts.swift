import Synchronization

/// How deliveries went since the start, by channel.
package final class DeliveryCounts: Sendable {
    /// One channel's.
    package struct Counts: Sendable, Equatable {
        /// Alerts that clients were told of.
        package var delivered = 0
        /// Tries that failed.
        package var failed = 0
        /// Alerts that are not tried any more.
        package var givenUp = 0
        /// Subscriptions that were disabled as they could not be told.
        package var disabled = 0

        package init(delivered: Int = 0, failed: Int = 0, givenUp: Int = 0, disabled: Int = 0) {
            self.delivered = delivered
            self.failed = failed
            self.givenUp = givenUp
            self.disabled = disabled
        }
    }

    private let counts = Mutex<[Subscription.Channel: Counts]>([:])

    package init() {}

    package subscript(channel: Subscription.Channel) -> Counts { counts.withLock { $0[channel, default: Counts()] } }

    func add(_ number: Int = 1, to member: WritableKeyPath<Counts, Int>, of channel: Subscription.Channel) {
        counts.withLock { $0[channel, default: Counts()][keyPath: member] += number }
    }
}
