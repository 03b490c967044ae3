import Hoofprint
import REDEvents
import WallClock

/// A store in a database: what each call does, told in statements that both databases understand.
package struct DatabaseStore: StatsStore {
    private let backend: any StoreBackend
    private let queue: EventQueue

    /// Opens the store of a URL: creates what is missing, and brings an older form to today's. Blocks.
    ///
    /// - Parameter url: `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    package init(url: String) throws(StatsStoreError) {
        if url.hasPrefix("sqlite:") {
            backend = try SQLiteBackend(url: url)
        } else if url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") {
            backend = try PostgreSQLBackend(url: url)
        } else {
            throw StatsStoreError.notAURL(url, detail: "it has no scheme that is known")
        }
        queue = EventQueue(backend)
    }

    package var name: String { backend.name }
    package var warnings: [String] { backend.warnings }

    package func add(_ events: [MeasuredEvent]) async throws(StatsStoreError) -> AddResult {
        try await queue.add(events, makesAlerts: true)
    }

    package func importPast(_ events: [MeasuredEvent]) async throws(StatsStoreError) -> AddResult {
        try await queue.add(events, makesAlerts: false)
    }

    package func count(_ query: CountQuery) async throws(StatsStoreError) -> CountResult {
        try await backend.read { session in
            try span("stats.query") {
                let plan = CountPlan(query)
                let found = try session.tally(query, plan)
                try found.horizons.check(plan, query)
                return found.tally.result
            }
        }
    }

    package func clients(
        from: Timestamp, to: Timestamp, after: String?, limit: Int
    ) async throws(StatsStoreError) -> [String] {
        try await backend.read { try $0.clients(from: from, to: to, after: after, limit: limit) }
    }

    package func retain(_ retention: Retention, now: Timestamp) async throws(StatsStoreError) -> Retained {
        try await backend.write { session in try span("stats.retain") { try session.retain(retention, now: now) } }
    }

    package func reroll(from: Timestamp, to: Timestamp) async throws(StatsStoreError) -> Int {
        try await backend.write { session in try span("stats.reroll") { try session.reroll(from: from, to: to) } }
    }

    package func alertNotices() -> AsyncStream<Void> { backend.alertNotices() }

    package func close() async { await backend.close() }
}

// Keys.
extension DatabaseStore {
    package func add(_ key: KeyRecord) async throws(StatsStoreError) {
        try await backend.write { try $0.add(key) }
    }

    package func key(withHash hash: [UInt8]) async throws(StatsStoreError) -> KeyRecord? {
        try await backend.read { try $0.key(withHash: hash) }
    }

    package func keys(of client: String?, after: String?, limit: Int) async throws(StatsStoreError) -> [KeyRecord] {
        try await backend.read { try $0.keys(of: client, after: after, limit: limit) }
    }

    package func revokeKey(_ id: String, of client: String?) async throws(StatsStoreError) -> Bool {
        try await backend.write { try $0.revokeKey(id, of: client) }
    }
}

// Subscriptions.
extension DatabaseStore {
    package func add(_ subscription: Subscription) async throws(StatsStoreError) {
        try await backend.write { try $0.add(subscription) }
    }

    package func subscription(_ id: String, of client: String?) async throws(StatsStoreError) -> Subscription? {
        try await backend.read { try $0.subscription(id, of: client)?.subscription }
    }

    package func subscriptions(
        of client: String?, after: String?, limit: Int
    ) async throws(StatsStoreError) -> [Subscription] {
        try await backend.read { try $0.subscriptions(of: client, after: after, limit: limit) }
    }

    package func change(
        _ id: String, of client: String?, _ change: SubscriptionChange
    ) async throws(StatsStoreError) -> Subscription? {
        try await backend.write { try $0.change(id, of: client, change) }
    }

    package func removeSubscription(_ id: String, of client: String?) async throws(StatsStoreError) -> Bool {
        try await backend.write { try $0.removeSubscription(id, of: client) }
    }
}

// Alerts.
extension DatabaseStore {
    package func alerts(
        of client: String?, after sequence: Int64, limit: Int
    ) async throws(StatsStoreError) -> [Alert] {
        try await backend.read { try $0.alerts(of: client, after: sequence, limit: limit) }
    }

    package func alerts(
        ofSubscription id: String, of client: String?, before sequence: Int64?, limit: Int
    ) async throws(StatsStoreError) -> [Alert] {
        try await backend.read { try $0.alerts(ofSubscription: id, of: client, before: sequence, limit: limit) }
    }

    package func lastAlert() async throws(StatsStoreError) -> Int64 {
        try await backend.read { try $0.lastAlert() }
    }

    package func claim(
        _ channel: Subscription.Channel, forSeconds seconds: Int, limit: Int
    ) async throws(StatsStoreError) -> [Delivery] {
        try await backend.write { try $0.claim(channel, forSeconds: seconds, limit: limit) }
    }

    package func hasten(
        _ channel: Subscription.Channel, claim: Int, retry: Int
    ) async throws(StatsStoreError) -> Int {
        try await backend.write { try $0.hasten(channel, claim: claim, retry: retry) }
    }

    package func report(
        _ outcomes: [(sequence: Int64, outcome: DeliveryOutcome)], of delivery: Delivery
    ) async throws(StatsStoreError) -> Bool {
        try await backend.write { try $0.report(outcomes, of: delivery) }
    }
}
