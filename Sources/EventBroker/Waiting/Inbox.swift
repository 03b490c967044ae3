import Synchronization

/// What a driver's thread has received and no task has taken yet. Its bound is the prefetch that the broker keeps to.
final class Inbox: Sendable {
    private struct State {
        var deliveries: [Delivery] = []
        var taken = 0
        var failure: BrokerError?
    }

    private let state = Mutex(State())
    private let wakeup = Wakeup()

    /// How many wait to be taken.
    var count: Int { state.withLock { $0.deliveries.count - $0.taken } }

    /// Adds what was received.
    func add(_ deliveries: [Delivery]) {
        if deliveries.isEmpty { return }
        state.withLock { $0.deliveries += deliveries }
        wakeup.announce()
    }

    /// Forgets what was not taken, and is void; gives it.
    @discardableResult func removeAll() -> [Delivery] {
        state.withLock { state in
            defer { (state.deliveries, state.taken) = ([], 0) }
            return Array(state.deliveries[state.taken...])
        }
    }

    /// Lets those that wait, and all that come, fail.
    func fail(_ error: BrokerError) {
        state.withLock { $0.failure = error }
        wakeup.announce()
    }

    /// Waits for the first, then takes what else is there, see ``EventConsumer/next(limit:wait:)``.
    func next(limit: Int, wait: Duration) async throws(BrokerError) -> [Delivery] {
        let end = ContinuousClock.now + wait
        while true {
            let seen = wakeup.count
            let (taken, failure) = take(max(limit, 1))
            if !taken.isEmpty { return taken }
            if let failure { throw failure }
            if Task.isCancelled || .now >= end { return [] }
            await wakeup.wait(after: seen, until: end)
        }
    }

    private func take(_ limit: Int) -> ([Delivery], BrokerError?) {
        state.withLock { state in
            let end = min(state.taken + limit, state.deliveries.count)
            let taken = Array(state.deliveries[state.taken..<end])
            state.taken = end
            // Kept until most is taken, so that taking few at a time does not move the rest each time.
            if state.taken * 2 >= state.deliveries.count {
                state.deliveries.removeFirst(state.taken)
                state.taken = 0
            }
            return (taken, state.failure)
        }
    }
}
