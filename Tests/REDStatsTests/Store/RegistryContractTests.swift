import REDEvents
import REDStats
import Testing
import WallClock

@Suite("Keys and subscriptions, on both databases")
struct RegistryContractTests {
    @Test("a client sees and changes its own subscriptions only", arguments: StoreKind.tested)
    func tenancy(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let mine = try Subscription(
                client: "alice", above: 5, channel: .webhook, configuration: #"{"url":"https://x'y\""}"#,
                name: "Robert'); DROP TABLE subscription; --")
            try await store.add(mine)
            for stranger in ["bob", "", "ALICE", "alice ", "alice' OR '1'='1"] {
                #expect(try await store.subscription(mine.id, of: stranger) == nil)
                #expect(try await store.subscriptions(of: stranger, after: nil, limit: 10).isEmpty)
                #expect(try await store.change(mine.id, of: stranger, SubscriptionChange(above: 6)) == nil)
                #expect(try await !store.removeSubscription(mine.id, of: stranger))
            }
            #expect(try await store.subscription(mine.id, of: "alice") == mine)
            #expect(try await store.subscription(mine.id, of: nil) == mine)
            let changed = try await store.change(
                mine.id, of: "alice",
                SubscriptionChange(above: 7, channel: .email, configuration: "{}", isEnabled: false, name: .some(nil)))
            #expect(changed?.above == 7 && changed?.channel == .email && changed?.configuration == "{}")
            #expect(changed?.isEnabled == false && changed?.name == nil && changed?.created == mine.created)
            #expect(try await store.subscription(mine.id, of: "alice") == changed)
            #expect(try await store.removeSubscription(mine.id, of: "alice"))
            #expect(try await !store.removeSubscription(mine.id, of: "alice"))
        }
    }

    @Test("subscriptions are listed page by page", arguments: StoreKind.tested)
    func pages(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            var ids: [String] = []
            for number in 0..<25 {
                let subscription = try Subscription(client: "alice", above: number, channel: .stream)
                try await store.add(subscription)
                ids.append(subscription.id)
            }
            try await store.add(Subscription(client: "bob", above: 0, channel: .stream))
            var seen: [String] = []
            while true {
                let page = try await store.subscriptions(of: "alice", after: seen.last, limit: 10)
                seen += page.map(\.id)
                if page.count < 10 { break }
            }
            #expect(seen == ids.sorted())
            #expect(try await store.subscriptions(of: nil, after: nil, limit: 100).count == 26)
        }
    }

    @Test("what a store cannot keep is refused", arguments: StoreKind.tested)
    func hostileTexts(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let mine = try Subscription(client: "alice", above: 5, channel: .stream)
            try await store.add(mine)
            for bad in ["a\0b", String(repeating: "x", count: 10_000)] {
                #expect(throws: StatsStoreError.self) { try Subscription(client: bad, above: 0, channel: .stream) }
                #expect(throws: StatsStoreError.self) {
                    try Subscription(client: "a", above: 0, channel: .stream, name: bad)
                }
                await #expect(throws: StatsStoreError.self) {
                    try await store.change(mine.id, of: "alice", SubscriptionChange(name: bad))
                }
            }
            await #expect(throws: StatsStoreError.self) {
                try await store.change(mine.id, of: "alice", SubscriptionChange(above: 1_000_001))
            }
            // A database would take the name as ended there, and show what is alice's.
            await #expect(throws: StatsStoreError.self) { try await store.subscription(mine.id, of: "alice\0") }
            await #expect(throws: StatsStoreError.self) { try await store.subscription("\(mine.id)\0", of: "alice") }
            await #expect(throws: StatsStoreError.self) {
                try await store.count(CountQuery(from: .now, to: MeasuredEvent.endOfTime, above: 0, client: "alice\0"))
            }
            #expect(try await store.subscription(mine.id, of: "alice") == mine)
        }
    }

    @Test("a key is found by its hash, and not taken back once it is revoked", arguments: StoreKind.tested)
    func keys(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, _ in
            let hash = (0..<32).map { UInt8($0) }
            let key = try KeyRecord(client: "alice", hash: hash, scopes: ["read", "admin"])
            try await store.add(key)
            #expect(try await store.key(withHash: hash) == key)
            #expect(try await store.key(withHash: Array(hash.reversed())) == nil)
            await #expect(throws: StatsStoreError.self) {
                try await store.add(KeyRecord(client: "bob", hash: hash, scopes: []))
            }
            #expect(try await store.keys(of: "bob", after: nil, limit: 10).isEmpty)
            #expect(try await store.keys(of: nil, after: nil, limit: 10) == [key])
            #expect(try await !store.revokeKey(key.id, of: "bob"))
            #expect(try await store.revokeKey(key.id, of: "alice"))
            #expect(try await !store.revokeKey(key.id, of: "alice"))
            #expect(try await store.key(withHash: hash)?.revoked != nil)
        }
    }
}
