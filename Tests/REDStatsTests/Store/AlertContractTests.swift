import REDEvents
import REDStats
import StatsSamples
import Testing
import WallClock

@Suite("Alerts, on both databases")
struct AlertContractTests {
    @Test("an event above a subscription's value makes one alert, whichever way it comes", arguments: StoreKind.tested)
    func exactlyOne(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            let low = try Subscription(client: "alice", above: 100, channel: .stream)
            let high = try Subscription(client: "alice", above: 500, channel: .stream, name: "high")
            let others = [
                try Subscription(client: "alice", above: 1, channel: .stream, isEnabled: false),
                try Subscription(client: "bob", above: 0, channel: .stream),
            ]
            for subscription in [low, high] + others { try await store.add(subscription) }
            let events = try [100, 101, 500, 501].map { try MeasuredEvent.sample("e\($0)", red: $0) }
            let second = try await test.open()
            _ = try await store.add(events)
            _ = try await second.add(events + events)
            await second.close()
            let alerts = try await store.alerts(of: "alice", after: 0, limit: 100)
            #expect(alerts.map(\.event) == ["e101", "e500", "e501", "e501"])
            #expect(Set(alerts.map { "\($0.event) \($0.subscription)" }).count == 4)
            #expect(alerts.map(\.sequence) == alerts.map(\.sequence).sorted())
            #expect(alerts[0].above == 100 && alerts[0].red == 101 && alerts[0].image == "image-of-e101")
            #expect(alerts[0].state == .kept && alerts[0].source == "red/test" && alerts[0].client == "alice")
            #expect(try await store.alerts(of: "bob", after: 0, limit: 100).isEmpty)
            #expect(try await store.alerts(of: nil, after: 0, limit: 100) == alerts)
        }
    }

    @Test("matching agrees with looking at each subscription", arguments: StoreKind.tested)
    func agreesWithBruteForce(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            var samples = EventSamples(seed: 16)
            var subscriptions: [Subscription] = []
            for number in 0..<60 {
                subscriptions.append(
                    try Subscription(
                        client: samples.clients[number % samples.clients.count],
                        above: Int.random(in: 900_000...1_000_000, using: &samples.numbers), channel: .stream,
                        isEnabled: number % 7 != 0))
                try await store.add(subscriptions[number])
            }
            let events = try (0..<1_500).map { try samples.event($0) }
            for start in stride(from: 0, to: 1_500, by: 300) {
                _ = try await store.add(Array(events[start..<start + 300]))
            }
            let expected = subscriptions.filter(\.isEnabled).flatMap { subscription in
                events.filter {
                    $0.client.utf8.elementsEqual(subscription.client.utf8) && $0.red > subscription.above
                }.map { "\(subscription.id) \($0.source) \($0.id)" }
            }
            let alerts = try await store.alerts(of: nil, after: 0, limit: 100_000)
            #expect(alerts.map { "\($0.subscription) \($0.source) \($0.event)" }.sorted() == expected.sorted())
        }
    }

    @Test("what is imported tells nobody", arguments: StoreKind.tested)
    func imports(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            try await store.add(Subscription(client: "alice", above: 0, channel: .webhook))
            #expect(try await store.importPast([MeasuredEvent.sample("1")]).added == 1)
            #expect(try await store.lastAlert() == 0)
            #expect(try await store.claim(.webhook, forSeconds: 3_600, limit: 10).isEmpty)
        }
    }

    @Test("a page of history ends where the next begins", arguments: StoreKind.tested)
    func pages(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let subscription = try Subscription(client: "alice", above: 0, channel: .stream)
            try await store.add(subscription)
            _ = try await store.add((0..<25).map { try MeasuredEvent.sample("e\($0)") })
            var seen: [String] = []
            var before: Int64?
            while true {
                let page = try await store.alerts(
                    ofSubscription: subscription.id, of: "alice", before: before, limit: 10)
                seen += page.map(\.event)
                before = page.last?.sequence
                if page.count < 10 { break }
            }
            #expect(seen == (0..<25).reversed().map { "e\($0)" })
            #expect(
                try await store.alerts(ofSubscription: subscription.id, of: "bob", before: nil, limit: 10).isEmpty)
            let resumed = try await store.alerts(of: "alice", after: store.lastAlert() - 3, limit: 10)
            #expect(resumed.map(\.event) == ["e22", "e23", "e24"])
        }
    }

    @Test("new alerts are announced, those of another process, too", arguments: StoreKind.tested, [true, false])
    func notices(_ kind: StoreKind, isOther: Bool) async throws {
        try await TestStore.with(kind) { store, test in
            try await store.add(Subscription(client: "alice", above: 0, channel: .stream))
            let other = try await test.open()
            var notices = store.alertNotices().makeAsyncIterator()
            await notices.next()
            _ = try await (isOther ? other : store).add([MeasuredEvent.sample("1")])
            while try await store.lastAlert() == 0 { await notices.next() }
            // The notice comes, or has come, after which the alert is there.
            _ = try await (isOther ? other : store).add([MeasuredEvent.sample("2")])
            while try await store.alerts(of: "alice", after: 0, limit: 10).count < 2 { await notices.next() }
            await other.close()
        }
    }
}
