import REDEvents
import REDStats
import Testing
import WallClock

@Suite("Deliveries, on both databases")
struct DeliveryContractTests {
    @Test(
        "a subscription's alerts are claimed by one worker, in order, until they are delivered",
        arguments: StoreKind.tested)
    func order(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            let other = try await test.open()
            try await store.add(Subscription(client: "alice", above: 0, channel: .webhook, configuration: #"{"u":1}"#))
            _ = try await store.add((0..<3).map { try MeasuredEvent.sample("e\($0)") })
            let delivery = try #require(try await store.claim(.webhook, forSeconds: 3_600, limit: 10).first)
            #expect(delivery.alerts.map(\.event) == ["e0", "e1", "e2"])
            #expect(delivery.alerts.allSatisfy { $0.state == .pending && $0.attempts == 0 })
            #expect(delivery.subscription.configuration == #"{"u":1}"#)
            #expect(try await other.claim(.webhook, forSeconds: 3_600, limit: 10).isEmpty)
            #expect(try await other.claim(.email, forSeconds: 3_600, limit: 10).isEmpty)
            // What comes meanwhile waits behind.
            _ = try await other.add([MeasuredEvent.sample("e3")])
            #expect(try await other.claim(.webhook, forSeconds: 3_600, limit: 10).isEmpty)
            let sequences = delivery.alerts.map(\.sequence)
            #expect(
                try await store.report(
                    [(sequences[0], .delivered), (sequences[1], .failed(retry: Timestamp(milliseconds: 1)))],
                    of: delivery))
            let next = try #require(try await other.claim(.webhook, forSeconds: 3_600, limit: 10).first)
            #expect(next.alerts.map(\.event) == ["e1", "e2", "e3"])
            #expect(next.alerts[0].attempts == 1 && next.alerts[0].nextAttempt == Timestamp(milliseconds: 1))
            let outcomes = next.alerts.map { ($0.sequence, DeliveryOutcome.delivered) }
            #expect(try await other.report(outcomes, of: next))
            #expect(try await store.claim(.webhook, forSeconds: 3_600, limit: 10).isEmpty)
            let all = try await store.alerts(of: "alice", after: 0, limit: 10)
            #expect(all.allSatisfy { $0.state == .delivered && $0.delivered != nil })
            #expect(all.map(\.attempts) == [1, 2, 1, 1])
            await other.close()
        }
    }

    @Test("a failed alert holds back those behind it until it is tried again, or given up", arguments: StoreKind.tested)
    func retries(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            try await store.add(Subscription(client: "alice", above: 0, channel: .email))
            _ = try await store.add([MeasuredEvent.sample("1"), MeasuredEvent.sample("2")])
            let first = try #require(try await store.claim(.email, forSeconds: 3_600, limit: 1).first)
            let later = Timestamp(milliseconds: Timestamp.now.milliseconds + 3_600_000)
            #expect(try await store.report([(first.alerts[0].sequence, .failed(retry: later))], of: first))
            #expect(try await store.claim(.email, forSeconds: 3_600, limit: 1).isEmpty)
            // Reported late, by one whose claim is over: written down, but it gives nothing back.
            #expect(try await !store.report([(first.alerts[0].sequence, .givenUp)], of: first))
            #expect(try await store.alerts(of: "alice", after: 0, limit: 1).map(\.state) == [.givenUp])
        }
    }

    @Test("a claim that ends is another's", arguments: StoreKind.tested)
    func lostClaims(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            try await store.add(Subscription(client: "alice", above: 0, channel: .broker))
            _ = try await store.add([MeasuredEvent.sample("1")])
            // A claim of no time ends at once.
            let lost = try #require(try await store.claim(.broker, forSeconds: 0, limit: 1).first)
            let taken = try #require(try await store.claim(.broker, forSeconds: 3_600, limit: 1).first)
            #expect(lost.alerts == taken.alerts && lost.claim != taken.claim)
            #expect(try await !store.report([], of: lost))
            #expect(try await store.claim(.broker, forSeconds: 3_600, limit: 1).isEmpty)
            #expect(try await store.report([(taken.alerts[0].sequence, .delivered)], of: taken))
        }
    }

    @Test("a clock that is set back holds up no alert", arguments: StoreKind.tested)
    func steps(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            for client in ["new", "claimed", "tried", "far"] {
                try await store.add(Subscription(client: client, above: 0, channel: .webhook))
                _ = try await store.add([MeasuredEvent.sample(client, client: client)])
                // One is never claimed.
                if client == "new" { try test.execute("UPDATE outlet SET channel = 'other'") }
                let delivery = try await store.claim(.webhook, forSeconds: 60, limit: 1).first
                guard client == "tried" || client == "far", let delivery else { continue }
                let retry = Timestamp(milliseconds: Timestamp.now.milliseconds + 600_000)
                #expect(try await store.report([(delivery.alerts[0].sequence, .failed(retry: retry))], of: delivery))
            }
            try test.execute("UPDATE outlet SET channel = 'webhook'")
            func hasten() async throws -> Int { try await store.hasten(.webhook, claim: 60, retry: 86_400) }
            #expect(try await hasten() == 0)
            // As if the clock had been an hour ahead when they were written, and for one ten days.
            try test.execute(
                """
                UPDATE outlet SET due = due + CASE WHEN subscription = (SELECT max(subscription) FROM outlet)
                    THEN 864000000 ELSE 3600000 END
                """)
            #expect(try await store.claim(.webhook, forSeconds: 60, limit: 10).isEmpty)
            #expect(try await store.hasten(.email, claim: 60, retry: 86_400) == 0)
            #expect(try await hasten() == 3)
            let due = try await store.claim(.webhook, forSeconds: 60, limit: 10)
            // A retry may be due in an hour.
            #expect(Set(due.map(\.subscription.client)) == ["new", "claimed", "far"])
            #expect(try await hasten() == 0)
        }
    }

    @Test("workers of several processes share what is due", arguments: StoreKind.tested)
    func workers(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            for number in 0..<40 {
                try await store.add(Subscription(client: "client-\(number)", above: 0, channel: .webhook))
            }
            _ = try await store.add(
                (0..<40).flatMap { number in
                    try (0..<3).map { try MeasuredEvent.sample("\(number)-\($0)", client: "client-\(number)") }
                })
            let stores = [store, try await test.open(), try await test.open()]
            let delivered = try await withThrowingTaskGroup(of: [String].self) { group in
                for store in stores {
                    group.addTask {
                        var delivered: [String] = []
                        while let delivery = try await store.claim(.webhook, forSeconds: 3_600, limit: 1).first {
                            delivered += delivery.alerts.map(\.event)
                            _ = try await store.report(
                                delivery.alerts.map { ($0.sequence, .delivered) }, of: delivery)
                        }
                        return delivered
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(delivered.count == 120 && Set(delivered).count == 120)
            for store in stores.dropFirst() { await store.close() }
        }
    }

    @Test("disabled, changed and removed subscriptions are told nothing more", arguments: StoreKind.tested)
    func changes(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let subscription = try Subscription(client: "alice", above: 0, channel: .webhook)
            try await store.add(subscription)
            _ = try await store.add([MeasuredEvent.sample("1")])
            _ = try await store.change(subscription.id, of: "alice", SubscriptionChange(isEnabled: false))
            #expect(try await store.claim(.webhook, forSeconds: 3_600, limit: 1).isEmpty)
            _ = try await store.add([MeasuredEvent.sample("2")])
            _ = try await store.change(
                subscription.id, of: "alice", SubscriptionChange(channel: .email, isEnabled: true))
            let delivery = try #require(try await store.claim(.email, forSeconds: 3_600, limit: 1).first)
            #expect(delivery.alerts.map(\.event) == ["1"])
            _ = try await store.change(subscription.id, of: "alice", SubscriptionChange(channel: .stream))
            #expect(try await store.alerts(of: "alice", after: 0, limit: 9).map(\.state) == [.kept])
            #expect(try await store.removeSubscription(subscription.id, of: "alice"))
            #expect(try await store.alerts(of: "alice", after: 0, limit: 9).isEmpty)
        }
    }
}
