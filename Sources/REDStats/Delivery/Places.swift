import Synchronization

/// Who is being served, and who waits for it: no client has more than a share of the places, so that its slow receivers
/// hold up its own alerts only.
final class Places: Sendable {
    private struct State {
        var taken = 0
        var byClient: [String: Int] = [:]
        var waiting: [String: [(delivery: Delivery, end: ContinuousClock.Instant)]] = [:]
        var waitingCount = 0
    }

    private let total: Int
    private let share: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - total: Of all clients.
    ///   - share: Of one client.
    init(_ total: Int, share: Int) {
        self.total = total
        self.share = share
    }

    var free: Int { total - state.withLock { $0.taken } }

    /// Takes a place for a claimed subscription.
    ///
    /// - Parameter end: Until when the claim lasts long enough to begin.
    /// - Returns: Whether there is one. If not, it waits for one of its client's, or is left until its claim ends.
    func take(_ delivery: Delivery, until end: ContinuousClock.Instant) -> Bool {
        let client = delivery.subscription.client
        return state.withLock { state in
            if state.byClient[client, default: 0] < share {
                state.byClient[client, default: 0] += 1
                state.taken += 1
                return true
            }
            guard state.waitingCount < total * 8 else { return false }
            state.waiting[client, default: []].append((delivery, end))
            state.waitingCount += 1
            return false
        }
    }

    /// Gives a place back, or to another subscription of the client that still may begin.
    func pass(_ client: String, at now: ContinuousClock.Instant = .now) -> Delivery? {
        state.withLock { state in
            let next = state.waiting[client]?.firstIndex { $0.end > now }
            let passed = next.map { $0 + 1 } ?? state.waiting[client]?.count ?? 0
            let delivery = next.flatMap { state.waiting[client]?[$0].delivery }
            state.waitingCount -= passed
            state.waiting[client]?.removeFirst(passed)
            if state.waiting[client]?.isEmpty == true { state.waiting[client] = nil }
            if delivery == nil {
                state.taken -= 1
                let rest = state.byClient[client, default: 1] - 1
                state.byClient[client] = rest > 0 ? rest : nil
            }
            return delivery
        }
    }
}
