import REDEvents
import REDStats
import StatsSamples
import Testing
import WallClock

@Suite("Counting, on both databases")
struct CountContractTests {
    @Test("random questions about random events are answered as by looking at each", arguments: StoreKind.tested)
    func agreesWithBruteForce(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            var samples = EventSamples(seed: 8, length: 70 * 86_400_000)
            var events: [MeasuredEvent] = []
            // In no order, in batches of all sizes, some delivered twice.
            for size in [1, 2, 3, 500, 1_500, 2_000] {
                let batch = try (0..<size).map { try samples.event(events.count + $0) }
                let again = Array(events.shuffled(using: &samples.numbers).prefix(size / 3))
                let result = try await store.add((batch + again).shuffled(using: &samples.numbers))
                #expect(result == AddResult(added: size, duplicates: again.count))
                events += batch
            }
            let thresholds = events.map(\.red)
            for _ in 0..<400 {
                let query = try samples.query(thresholds: thresholds)
                let answer = try await store.count(query)
                #expect(answer == BruteForce.count(query, events), "\(query)")
            }
        }
    }

    @Test("many events in a minute, an hour and a day are counted exactly", arguments: StoreKind.tested)
    func denseIntervals(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            // More values in a minute than a row keeps, so that rows are split while they grow.
            var samples = EventSamples(seed: 9, length: 90_000, clients: ["alice", "bob"])
            var events: [MeasuredEvent] = []
            for _ in 0..<8 {
                let batch = try (0..<2_500).map { try samples.event(events.count + $0) }
                _ = try await store.add(batch)
                events += batch
            }
            for above in [0, 1, 93_100, 249_999, 250_000, 500_000, 999_999, 1_000_000] {
                for (from, to) in [
                    (samples.start, samples.start + 60_000), (samples.start - 5, samples.start + 75_123),
                    (samples.start - 86_400_000 * 40, samples.start + 86_400_000 * 40),
                ] {
                    let query = try CountQuery(
                        from: Timestamp(milliseconds: from), to: Timestamp(milliseconds: to), above: above,
                        client: above % 2 == 0 ? "alice" : nil)
                    let answer = try await store.count(query)
                    #expect(answer == BruteForce.count(query, events), "\(query)")
                }
            }
        }
    }

    @Test("an event is counted once, whatever its second delivery says", arguments: StoreKind.tested)
    func idsAreUnique(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            let first = try MeasuredEvent.sample("one")
            let other = try MeasuredEvent.sample("one", client: "bob", time: "2020-01-01T00:00:00Z", red: 1)
            #expect(try await store.add([first, other, first]) == AddResult(added: 1, duplicates: 2))
            let second = try await test.open()
            #expect(try await second.add([other]) == AddResult(duplicates: 1))
            await second.close()
            let all = try CountQuery(from: moment("1970-01-01"), to: moment("9999-01-01"), above: 0)
            #expect(try await store.count(all).images == 1)
        }
    }

    @Test("events of any year are counted", arguments: StoreKind.tested)
    func farTimes(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let times = [
                "1970-01-01T00:00:00Z", "1999-12-31T23:59:59.999Z", "2000-02-29T12:00:00Z", "2100-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999Z",
            ]
            let events = try times.map { try MeasuredEvent.sample($0, time: $0) }
            #expect(try await store.add(events).added == events.count)
            let all = try CountQuery(
                from: Timestamp(milliseconds: 0), to: MeasuredEvent.endOfTime, above: 0, step: CountStep("P1Y"))
            #expect(try await store.count(all) == BruteForce.count(all, events))
        }
    }

    @Test("names that Unicode takes for one are two clients", arguments: StoreKind.tested)
    func namesAreBytes(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let events = try [
                MeasuredEvent.sample("1", client: "caf\u{E9}"), MeasuredEvent.sample("2", client: "cafe\u{301}"),
                MeasuredEvent.sample("caf\u{E9}"), MeasuredEvent.sample("cafe\u{301}"),
                MeasuredEvent.sample("3", client: "a\n\t'\"\\\u{1}\u{7F}\u{202E}\u{1F40E}"),
            ]
            #expect(try await store.add(events).added == 5)
            for client in Set(events.map { Array($0.client.utf8) }) {
                let name = String(decoding: client, as: UTF8.self)
                let query = try CountQuery(
                    from: moment("2026-01-01"), to: moment("2027-01-01"), above: 0, client: name)
                #expect(try await store.count(query) == BruteForce.count(query, events))
            }
        }
    }

    @Test("a client that nobody knows has no pictures", arguments: StoreKind.tested)
    func unknownClient(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let query = try CountQuery(
                from: moment("2026-01-01"), to: moment("2026-01-03"), above: 0, client: "nobody",
                step: CountStep("P1D"))
            let answer = try await store.count(query)
            #expect(answer == BruteForce.count(query, []))
            #expect(answer.buckets.count == 2)
        }
    }

    @Test("callers and processes that add the same events at once count each once", arguments: StoreKind.tested)
    func concurrentAdds(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            var samples = EventSamples(seed: 10, length: 3 * 86_400_000)
            let events = try (0..<3_000).map { try samples.event($0) }
            let others = [try await test.open(), try await test.open()]
            let added = try await withThrowingTaskGroup(of: Int.self) { group in
                for store in [store] + others {
                    for _ in 0..<4 {
                        let mine = events.shuffled(using: &samples.numbers)
                        group.addTask {
                            var added = 0
                            for start in stride(from: 0, to: mine.count, by: 250) {
                                added += try await store.add(Array(mine[start..<start + 250])).added
                            }
                            return added
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(added == events.count)
            for _ in 0..<50 {
                let query = try samples.query(thresholds: events.map(\.red))
                #expect(try await store.count(query) == BruteForce.count(query, events), "\(query)")
            }
            for other in others { await other.close() }
        }
    }
}
