import Hoofprint
import REDEvents
import Synchronization

/// Where callers wait whose events are to be added. What comes while a commit is on its way is committed together
/// afterwards: under load, many callers share the wait for the disk, and each rollup is written once for all of them.
final class EventQueue: Sendable {
    private struct Waiting: Sendable {
        let events: [MeasuredEvent]
        let makesAlerts: Bool
        let continuation: CheckedContinuation<Result<AddResult, StatsStoreError>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    private let backend: any StoreBackend
    private let state = Mutex(State())

    /// So many events are committed together, unless one caller brings more.
    private static let mostEvents = 10_000

    init(_ backend: any StoreBackend) { self.backend = backend }

    /// Adds events; returns once they are on the disk.
    func add(_ events: [MeasuredEvent], makesAlerts: Bool) async throws(StatsStoreError) -> AddResult {
        if events.isEmpty { return AddResult() }
        let result = await withCheckedContinuation { continuation in
            let begins = state.withLock { state in
                state.waiting.append(Waiting(events: events, makesAlerts: makesAlerts, continuation: continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if begins { Task { await self.writeAll() } }
        }
        return try result.get()
    }

    private func writeAll() async {
        while let batch = nextBatch() { await write(batch) }
    }

    /// What is committed together: from the first that waits on, as long as alerts are wanted as by that; nil where
    /// nobody waits.
    private func nextBatch() -> [Waiting]? {
        state.withLock { state in
            guard let first = state.waiting.first else {
                state.isWriting = false
                return nil
            }
            var count = 0
            let batch = state.waiting.prefix { waiting in
                count += waiting.events.count
                return waiting.makesAlerts == first.makesAlerts
                    && (count <= Self.mostEvents || count == waiting.events.count)
            }
            state.waiting.removeFirst(batch.count)
            return Array(batch)
        }
    }

    private func write(_ batch: [Waiting]) async {
        let events = batch.flatMap(\.events)
        let makesAlerts = batch[0].makesAlerts
        let outcomes: [EventOutcome]
        do {
            outcomes = try await span("events.store", ["events": events.count]) { () async throws(StatsStoreError) in
                try await backend.write { try $0.add(events, makesAlerts: makesAlerts) }
            }
        } catch {
            for waiting in batch { waiting.continuation.resume(returning: .failure(error)) }
            return
        }
        var rest = outcomes[...]
        for waiting in batch {
            let own = rest.prefix(waiting.events.count)
            rest = rest.dropFirst(own.count)
            var result = AddResult()
            for outcome in own {
                switch outcome {
                case .added: result.added += 1
                case .duplicate: result.duplicates += 1
                case .expired: result.expired += 1
                }
            }
            waiting.continuation.resume(returning: .success(result))
        }
    }
}
