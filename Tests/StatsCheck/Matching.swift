import Foundation
import REDEvents
import REDStats
import StatsSamples
import WallClock

/// What alerts cost where there are many subscriptions, of which few are exceeded.
enum Matching {
    static func run(_ kind: String, subscriptions: Int, events: Int, folder: String) async throws {
        let server = kind == "postgres" ? try PostgreSQLServer() : nil
        defer { server?.remove() }
        let target = try server?.database() ?? "\(folder)/matching.sqlite"
        let store = try DatabaseStore(url: server == nil ? "sqlite:\(target)" : target)
        let rows = MeasuredRows(count: events * 3, clients: 100)
        // Before there are subscriptions, and then with them: the difference is what matching costs.
        _ = try await add(store, try rows.events(0..<events))
        let without = try await add(store, try rows.events(events..<2 * events))
        try subscribe(target, subscriptions)
        let with = try await add(store, try rows.events(2 * events..<3 * events))
        let made = try await store.lastAlert()
        print("\(kind): \(subscriptions) subscriptions, \(events) events, \(made) alerts")
        print(
            String(
                format: "  %.1f µs an event without subscriptions, %.1f with them", without * 1e6 / Double(events),
                with * 1e6 / Double(events)))
        await store.close()
    }

    private static func add(_ store: DatabaseStore, _ events: [MeasuredEvent]) async throws -> Double {
        try await ContinuousClock().measure {
            for start in stride(from: 0, to: events.count, by: 5_000) {
                _ = try await store.add(Array(events[start..<min(events.count, start + 5_000)]))
            }
        } / .seconds(1)
    }

    /// Thresholds near the top: one event in ten thousand exceeds that of a client's first subscription, and none the
    /// others. They are written past the store, a million at once.
    private static func subscribe(_ target: String, _ count: Int) throws {
        let isPostgreSQL = target.hasPrefix("postgres")
        let numbers =
            isPostgreSQL
            ? "WITH n AS (SELECT generate_series(0, \(count - 1)) AS n)"
            : "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < \(count - 1))"
        let tables = isPostgreSQL ? "red_stats." : ""
        try Baseline(target: target).run([
            """
            \(numbers) INSERT INTO \(tables)subscription (id, client, above, channel, configuration, enabled, created)
            SELECT 'id-' || n, c.number, CASE WHEN n < 100 THEN 999900 ELSE 1000000 END, 'stream', '{}', 1, 0
            FROM n JOIN \(tables)client c ON c.name = 'client-' || (n % 100)
            """
        ])
    }
}
