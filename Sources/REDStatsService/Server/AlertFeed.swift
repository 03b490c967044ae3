import HTTPService
import Logging
import REDStats
import ServiceLifecycle
import Synchronization

/// The newest alerts, read from the store once for all streams of this process. A stream is woken by alerts that are for it
/// alone, and reads the store itself only for what is older than what is kept here.
final class AlertFeed: Service {
    /// An alert's server-sent event, as text.
    struct Event: Sendable {
        let sequence: Int64
        let client: String
        let text: String
    }

    private struct State {
        /// What came after `start`, whole, in order.
        var events: [Event] = []
        var start: Int64?
        var last: Int64 = 0
        var listeners: [Int: (client: String?, wake: AsyncStream<Void>.Continuation)] = [:]
        var next = 0
        var isEnded = false
    }

    private static let batch = 500
    /// A notice may get lost, when the connection that it comes by breaks.
    private static let period = Duration.seconds(5)

    private let store: any StatsStore
    private let most: Int
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter most: How many events are kept for streams that are behind; at times twice as many.
    init(store: any StatsStore, most: Int = 10_000, logger: Logger) {
        self.store = store
        self.most = most
        self.logger = logger
    }

    /// Reads until the task is cancelled, or the server is to stop; then all streams end.
    func run() async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { for await _ in self.store.alertNotices() { wake.yield() } }
                group.addTask {
                    // Ends by cancellation.
                    while (try? await Task.sleep(for: Self.period)) != nil { wake.yield() }
                }
                await read(wakes)
            }
        }
        let listeners = state.withLock { state in
            state.isEnded = true
            return state.listeners.values
        }
        for listener in listeners { listener.wake.finish() }
    }

    private func read(_ wakes: AsyncStream<Void>) async {
        var isFailing = false
        // Ends when the task is cancelled.
        for await _ in wakes {
            do throws(StatsStoreError) {
                try await readNew()
                if isFailing { logger.notice("streams tell of alerts again") }
                isFailing = false
            } catch {
                if !isFailing { logger.error("streams of alerts wait for the store: \(error)") }
                isFailing = true
            }
        }
    }

    private func readNew() async throws(StatsStoreError) {
        let (isHeard, start) = state.withLock { state in
            // Nobody wants what is new, which is not read then: where it begins again is looked for with the next stream.
            if state.listeners.isEmpty { (state.events, state.start) = ([], nil) }
            return (!state.listeners.isEmpty, state.start == nil ? nil : state.last)
        }
        guard isHeard else { return }
        guard let start else {
            let last = try await store.lastAlert()
            let listeners = state.withLock { state in
                (state.start, state.last) = (last, last)
                return Array(state.listeners.values)
            }
            // Whoever read the store before may have missed what came until now.
            for listener in listeners { listener.wake.yield() }
            return
        }
        var last = start
        while true {
            let alerts = try await store.alerts(of: nil, after: last, limit: Self.batch)
            guard let newest = alerts.last else { return }
            last = newest.sequence
            add(alerts.map(Event.init), last)
        }
    }

    private func add(_ events: [Event], _ last: Int64) {
        let clients = Set(events.map(\.client))
        let listeners = state.withLock { state in
            state.events += events
            state.last = last
            if state.events.count > 2 * most {
                let old = state.events.count - most
                state.start = state.events[old - 1].sequence
                state.events.removeFirst(old)
            }
            return state.listeners.values.filter { $0.client.map(clients.contains) ?? true }
        }
        for listener in listeners { listener.wake.yield() }
    }

    /// Says when there is something new for a client, nil: for any.
    func notices(for client: String?) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state.withLock { state -> Int? in
                guard !state.isEnded else { return nil }
                state.next += 1
                state.listeners[state.next] = (client, continuation)
                return state.next
            }
            guard let number else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
            }
            continuation.yield()
        }
    }

    /// The next events of a client, nil: of all, after one, and the last that was looked at; at most some 500 at a time.
    func events(of client: String?, after sequence: Int64) async throws(StatsStoreError) -> ([Event], last: Int64) {
        if let kept = state.withLock({ Self.kept(in: $0, of: client, after: sequence) }) { return kept }
        let alerts = try await store.alerts(of: client, after: sequence, limit: Self.batch)
        return (alerts.map(Event.init), alerts.last?.sequence ?? sequence)
    }

    /// What is kept here; nil where something before it may be missing.
    private static func kept(
        in state: State, of client: String?, after sequence: Int64
    ) -> ([Event], last: Int64)? {
        guard let start = state.start, sequence >= start else { return nil }
        var (low, high) = (0, state.events.count)
        while low < high {
            let middle = (low + high) / 2
            if state.events[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        var found: [Event] = []
        for event in state.events[low...] where client.map({ event.client == $0 }) ?? true {
            found.append(event)
            if found.count == batch { return (found, event.sequence) }
        }
        return (found, max(sequence, state.last))
    }
}

extension AlertFeed.Event {
    init(_ alert: Alert) {
        sequence = alert.sequence
        client = alert.client
        text = "id: \(sequence)\nevent: alert\ndata: \(JSONObject(members: alert.members).text)\n\n"
    }
}
