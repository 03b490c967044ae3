import Testing

@testable import REDStats

@Suite("Places of deliveries")
struct PlacesTests {
    private func delivery(_ client: String) throws -> Delivery {
        Delivery(subscription: try Subscription(client: client, above: 0, channel: .webhook), alerts: [], claim: "")
    }

    @Test("a client has its share, and what comes beyond waits for that alone")
    func shares() throws {
        let places = Places(4, share: 2)
        let now = ContinuousClock.now
        let later = now + .seconds(10)
        let alices = try (0..<4).map { _ in try delivery("alice") }
        #expect(places.take(alices[0], until: later) && places.take(alices[1], until: later))
        #expect(!places.take(alices[2], until: now) && !places.take(alices[3], until: later))
        #expect(places.free == 2)
        #expect(try places.take(delivery("bob"), until: later) && places.free == 1)
        // The third cannot begin any more: its claim is about to end.
        #expect(places.pass("alice", at: now) == alices[3] && places.free == 1)
        #expect(places.pass("alice", at: now) == nil && places.free == 2)
        #expect(places.pass("alice", at: now) == nil && places.pass("bob", at: now) == nil && places.free == 4)
    }

    @Test("not more than some wait; the others are left until their claims end")
    func bound() throws {
        let places = Places(4, share: 1)
        let later = ContinuousClock.now + .seconds(10)
        #expect(try places.take(delivery("alice"), until: later))
        for _ in 0..<50 { #expect(try !places.take(delivery("alice"), until: later)) }
        var served = 1
        while places.pass("alice") != nil { served += 1 }
        #expect(served == 33 && places.free == 4)
    }
}
