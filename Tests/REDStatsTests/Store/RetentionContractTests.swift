import REDEvents
import REDStats
import StatsSamples
import Testing
import WallClock

@Suite("Retention and re-rolling, on both databases")
struct RetentionContractTests {
    @Test("what is no longer kept is never answered wrongly", arguments: StoreKind.tested)
    func horizons(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            var samples = EventSamples(seed: 17, length: 200 * 86_400_000)
            let events = try (0..<4_000).map { try samples.event($0) }
            _ = try await store.add(events)
            let now = Timestamp(milliseconds: samples.start + samples.length)
            let retained = try await store.retain(Retention(events: 10, minutes: 30, hours: 60, days: 100), now: now)
            #expect(retained.events > 3_000 && retained.rollups > 3_000)
            var (answered, refused) = (0, 0)
            for _ in 0..<300 {
                let query = try samples.query(thresholds: events.map(\.red))
                guard let bounds = try await Self.check(query, events, store) else {
                    answered += 1
                    continue
                }
                refused += 1
                let nearest = try CountQuery(
                    from: bounds.from, to: bounds.to, above: query.above, client: query.client)
                #expect(bounds.from <= query.from && bounds.to >= query.to)
                #expect(try await Self.check(nearest, events, store) == nil, "\(query)")
            }
            #expect(answered > 5 && refused > 20)
        }
    }

    /// Looks whether an answer is right; gives the bounds that are offered instead where there is none.
    private static func check(
        _ query: CountQuery, _ events: [MeasuredEvent], _ store: DatabaseStore
    ) async throws -> (from: Timestamp, to: Timestamp)? {
        do {
            let answer = try await store.count(query)
            #expect(answer == BruteForce.count(query, events), "\(query)")
            return nil
        } catch {
            guard case StatsStoreError.gone(let from, let to) = error else { throw error }
            return (from, to)
        }
    }

    @Test("an event that is older than events are kept is not counted a second time", arguments: StoreKind.tested)
    func expiredEvents(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let old = try MeasuredEvent.sample("old", time: "2026-01-05T10:00:00Z")
            let new = try MeasuredEvent.sample("new", time: "2026-03-05T10:00:00Z")
            _ = try await store.add([old, new])
            #expect(try await store.retain(Retention(events: 10), now: moment("2026-03-10")).events == 1)
            #expect(try await store.add([old, new]) == AddResult(duplicates: 1, expired: 1))
            let year = try CountQuery(from: moment("2026-01-01"), to: moment("2027-01-01"), above: 0)
            #expect(try await store.count(year).images == 2)
            // Kept shorter, then longer: what is gone stays gone.
            _ = try await store.retain(Retention(events: 1_000), now: moment("2026-03-10"))
            #expect(try await store.add([old]) == AddResult(expired: 1))
        }
    }

    @Test("finer things are not kept longer than coarser ones", arguments: StoreKind.tested)
    func order(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            for bad in [Retention(minutes: 5), Retention(events: 5, minutes: 4), Retention(events: 0)] {
                await #expect(throws: StatsStoreError.self) { _ = try await store.retain(bad, now: .now) }
            }
        }
    }

    @Test("alerts that wait are kept, old ones that do not are not", arguments: StoreKind.tested)
    func alerts(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            try await store.add(Subscription(client: "alice", above: 0, channel: .stream))
            try await store.add(Subscription(client: "alice", above: 0, channel: .webhook))
            _ = try await store.add([MeasuredEvent.sample("1")])
            let later = Timestamp(milliseconds: Timestamp.now.milliseconds + 3 * 86_400_000)
            #expect(try await store.retain(Retention(alerts: 1), now: later).alerts == 1)
            #expect(try await store.alerts(of: "alice", after: 0, limit: 9).map(\.state) == [.pending])
        }
    }

    @Test("rollups that are built again are what they were", arguments: StoreKind.tested)
    func reroll(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            var samples = EventSamples(seed: 18, length: 100 * 86_400_000)
            let events = try (0..<3_000).map { try samples.event($0) }
            _ = try await store.add(events)
            try test.damage()
            let start = Timestamp(milliseconds: samples.start)
            let counted = try await store.reroll(
                from: start, to: Timestamp(milliseconds: samples.start + samples.length))
            #expect(counted == events.count)
            for _ in 0..<100 {
                let query = try samples.query(thresholds: events.map(\.red))
                #expect(try await store.count(query) == BruteForce.count(query, events), "\(query)")
            }
            _ = try await store.retain(
                Retention(events: 10), now: Timestamp(milliseconds: samples.start + samples.length))
            await #expect(throws: StatsStoreError.self) {
                try await store.reroll(from: start, to: Timestamp(milliseconds: start.milliseconds + 1))
            }
        }
    }
}
