import REDEvents
import Synchronization
import WallClock

/// A minute of a client.
struct ClientMinute: Hashable, Sendable {
    let client: ExactText
    /// Counted from 1970.
    let minute: Int64
}

/// The minutes of clients that Graphite is to be told of, each once: those that something was counted in since they
/// were sent.
final class TouchedMinutes: Sendable {
    private struct State {
        /// When something came first and last.
        var waiting: [ClientMinute: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)] = [:]
        /// What was sent lately, and before that, see ``GraphiteSettings/memory``.
        var sent: Set<ClientMinute> = []
        var sentBefore: Set<ClientMinute> = []
        var turn = ContinuousClock.now
        /// What is to be sent once more, in the order of its times.
        var settling: [(due: ContinuousClock.Instant, keys: [ClientMinute])] = []
    }

    private let settings: GraphiteSettings
    private let state = Mutex(State())

    init(_ settings: GraphiteSettings) { self.settings = settings }

    /// How many wait.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Notes the minutes of events; gives how many of them there is no room for.
    func touch(_ events: [MeasuredEvent]) -> Int {
        let now = ContinuousClock.now
        return state.withLock { state in
            events.count { event in
                let key = ClientMinute(client: ExactText(event.client), minute: event.time.milliseconds / 60_000)
                return !add(key, first: now, last: now, &state)
            }
        }
    }

    /// Takes minutes that have been quiet, or waited long enough; all, if it `hurries`.
    func take(_ limit: Int, hurries: Bool = false) -> [ClientMinute] {
        let now = ContinuousClock.now
        return state.withLock { state in
            var taken: [ClientMinute] = []
            for (key, times) in state.waiting {
                let isDue = now - times.last >= settings.quiet || now - times.first >= settings.longestWait
                guard hurries || isDue else { continue }
                taken.append(key)
                if taken.count == limit { break }
            }
            for key in taken { state.waiting[key] = nil }
            return taken
        }
    }

    /// Takes minutes that are to be sent once more, see ``GraphiteSettings/settling``.
    func takeSettled() -> [ClientMinute] {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard let first = state.settling.first, first.due <= now else { return [] }
            state.settling.removeFirst()
            return first.keys.filter { state.waiting[$0] == nil }
        }
    }

    /// Lets minutes that were taken wait again; gives how many there is no room for.
    func putBack(_ keys: [ClientMinute]) -> Int {
        let now = ContinuousClock.now
        return state.withLock { putBack(keys, now, &$0) }
    }

    /// Remembers that minutes were sent.
    ///
    /// - Parameter settles: Whether they are to be sent once more.
    func remember(_ keys: [ClientMinute], settles: Bool) {
        let now = ContinuousClock.now
        state.withLock { state in
            let room = settings.mostWaiting - state.settling.reduce(0) { $0 + $1.keys.count }
            if settles, keys.count <= room { state.settling.append((now + settings.settling, keys)) }
            if now - state.turn >= settings.memory || state.sent.count + keys.count > settings.mostWaiting / 2 {
                (state.sentBefore, state.sent, state.turn) = (state.sent, [], now)
            }
            state.sent.formUnion(keys)
        }
    }

    /// Lets what was sent lately wait again, for it may never have been read; gives how many there is no room for.
    func sendAgain() -> Int {
        let now = ContinuousClock.now
        return state.withLock { state in
            defer { (state.sent, state.sentBefore) = ([], []) }
            return putBack(Array(state.sent.union(state.sentBefore)), now, &state)
        }
    }

    private func putBack(_ keys: [ClientMinute], _ now: ContinuousClock.Instant, _ state: inout State) -> Int {
        // Due at once, unless more has come meanwhile.
        let long = now - settings.quiet
        return keys.count { !add($0, first: long, last: long, &state) }
    }

    /// Whether there was room.
    private func add(
        _ key: ClientMinute, first: ContinuousClock.Instant, last: ContinuousClock.Instant, _ state: inout State
    ) -> Bool {
        if let times = state.waiting[key] {
            state.waiting[key] = (min(times.first, first), max(times.last, last))
            return true
        }
        guard state.waiting.count < settings.mostWaiting else { return false }
        state.waiting[key] = (first, last)
        return true
    }
}
