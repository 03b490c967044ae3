import Foundation
import REDEvents
import REDStats
import StatsSamples
import TestSupport
import Testing
import WallClock

@Suite("PostgreSQL that fails", .enabled(if: !PostgreSQLServer.isSkipped))
struct PostgreSQLFaultTests {
    @Test("kill -9 of the server in the middle loses nothing that was acknowledged, and counts nothing twice")
    func kills() async throws {
        let server = try await onThread { try PostgreSQLServer() }
        let url = try server.database()
        let stores = try await onThread { [try DatabaseStore(url: url), try DatabaseStore(url: url)] }
        try await stores[0].add(Subscription(client: "alice", above: 900_000, channel: .webhook))
        var samples = EventSamples(seed: 19, length: 86_400_000 * 40, clients: ["alice", "bob"])
        let events = try (0..<4_000).map { try samples.event($0) }
        let pieces = stride(from: 0, to: events.count, by: 100).map { Array(events[$0..<$0 + 100]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    // Both add everything, each until it is acknowledged.
                    for piece in number == 0 ? pieces : pieces.reversed() { await Self.insist(piece, store) }
                }
            }
            group.addTask {
                for _ in 0..<4 {
                    try await onThread {
                        usleep(UInt32.random(in: 20_000...300_000))
                        server.kill()
                        try server.start()
                    }
                }
            }
            try await group.waitForAll()
        }
        for _ in 0..<100 {
            let query = try samples.query(thresholds: events.map(\.red))
            #expect(try await Self.answer(stores[0], query) == BruteForce.count(query, events), "\(query)")
        }
        let alerts = try await stores[1].alerts(of: nil, after: 0, limit: 10_000)
        let expected = events.filter { $0.client == "alice" && $0.red > 900_000 }.map { "\($0.source) \($0.id)" }
        #expect(alerts.map { "\($0.source) \($0.event)" }.sorted() == expected.sorted())
        for store in stores { await store.close() }
        server.remove()
    }

    @Test("while the server is away, calls fail at once with its name, and work again when it is back")
    func away() async throws {
        let server = try await onThread { try PostgreSQLServer() }
        let url = try server.database()
        let store = try await onThread { try DatabaseStore(url: url) }
        _ = try await store.add([MeasuredEvent.sample("1")])
        await onThread { server.kill() }
        let second = try MeasuredEvent.sample("2")
        for _ in 0..<20 {
            do throws(StatsStoreError) {
                _ = try await store.add([second])
                Issue.record("it was added")
            } catch {
                #expect(error.isTransient && error.description.contains(store.name), "\(error)")
            }
        }
        try await onThread { try server.start() }
        await Self.insist([second], store)
        let year = try CountQuery(from: moment("2026-01-01"), to: moment("2027-01-01"), above: 0)
        #expect(try await Self.answer(store, year).images == 2)
        await store.close()
        server.remove()
    }

    @Test("settings that lose commits are warned of")
    func warnings() async throws {
        let server = try await onThread { try PostgreSQLServer(settings: ["fsync = off"]) }
        let url = try server.database()
        let store = try await onThread { try DatabaseStore(url: url) }
        #expect(store.warnings.count == 1 && store.warnings.first?.contains("'fsync'") == true)
        await store.close()
        server.remove()
    }

    /// Adds events until they are acknowledged.
    private static func insist(_ events: [MeasuredEvent], _ store: DatabaseStore) async {
        while true {
            do throws(StatsStoreError) {
                _ = try await store.add(events)
                return
            } catch {
                #expect(error.isTransient, "\(error)")
                await onThread { _ = usleep(10_000) }
            }
        }
    }

    private static func answer(_ store: DatabaseStore, _ query: CountQuery) async throws -> CountResult {
        while true {
            do throws(StatsStoreError) {
                return try await store.count(query)
            } catch {
                guard error.isTransient else { throw error }
                await onThread { _ = usleep(10_000) }
            }
        }
    }
}
