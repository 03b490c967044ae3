import REDEvents
import REDStats
import TestSupport
import Testing
import WallClock

@testable import REDStatsService

@Suite struct AlertFeedTests {
    @Test(.timeLimit(.minutes(5)))
    func `The feed has the store's alerts for whoever asks, from wherever, also what it keeps no more`() async throws {
        try await StatsTestServer.with { server in
            let store = server.store
            for client in ["ann", "bob"] {
                try await store.add(Subscription(client: client, above: 0, channel: .stream, configuration: "{}"))
            }
            try await Self.add(0..<40, to: store)
            // It keeps alerts 41 to 240 at first, and at the end the last 20 to 40 alone.
            let feed = AlertFeed(store: store, most: 20, logger: StatsTestServer.silentLogger)
            // Without a stream it keeps nothing.
            let stream = feed.notices(for: nil)
            let running = Task { try await feed.run() }
            for first in stride(from: 40, to: 240, by: 15) {
                try await Self.add(first..<min(first + 15, 240), to: store)
                for client in ["ann", "bob", nil] {
                    let all = try await store.alerts(of: client, after: 0, limit: 1_000)
                    for start in [0, 39, 40, 41, first, first + 14, 239, 240] {
                        var (found, last): ([AlertFeed.Event], Int64) = ([], Int64(start))
                        while let end = all.last?.sequence, last < end {
                            let (events, newest) = try await feed.events(of: client, after: last)
                            found += events
                            last = newest
                            if events.isEmpty { await Task.yield() }
                        }
                        #expect(found.map(\.sequence) == all.map(\.sequence).filter { $0 > start })
                        #expect(found.allSatisfy { $0.client == client || client == nil })
                    }
                }
            }
            running.cancel()
            try await running.value
            withExtendedLifetime(stream) {}
        }
    }

    private static func add(_ numbers: Range<Int>, to store: any StatsStore) async throws {
        let time = try #require(Timestamp("2026-11-25T10:00:00Z"))
        let events = try numbers.map { number in
            try MeasuredEvent(
                id: "\(number)", source: "red/test", client: number % 3 == 0 ? "ann" : "bob", time: time, red: 1,
                image: "i\(number)", pixels: 4, width: 2, height: 2)
        }
        _ = try await store.add(events)
    }
}
