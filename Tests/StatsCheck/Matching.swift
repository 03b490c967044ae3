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
        let store = try DatabaseStore(url: try server?.database() ?? "sqlite:\(folder)/matching.sqlite")
        let rows = MeasuredRows(count: events * 3, clients: 100)
        // Before there are subscriptions, and then with them: the difference is what matching costs.
        _ = try await add(store, try rows.events(0..<events))
        let without = try await add(store, try rows.events(events..<2 * events))
        try await subscribe(store, rows, subscriptions)
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

    /// Thresholds near the top: one event in ten thousand exceeds one of them.
    private static func subscribe(_ store: DatabaseStore, _ rows: MeasuredRows, _ count: Int) async throws {
        for start in stride(from: 0, to: count, by: 1_000) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in start..<min(count, start + 1_000) {
                    group.addTask {
                        try await store.add(
                            Subscription(
                                client: rows.client(number % 100), above: number < 100 ? 999_900 : 1_000_000,
                                channel: .stream))
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
