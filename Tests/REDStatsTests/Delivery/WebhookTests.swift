import REDEvents
import REDStats
import TestSupport
import Testing
import WallClock

@Suite("Webhooks", .enabled(if: !ServerProcess.areSkipped))
struct WebhookTests {
    @Test("a request for each alert, in order, signed as Standard Webhooks has it")
    func signed() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            let subscription = try await bench.subscribe("zoé \"q\"", .webhook, receiver.configuration("/ok"))
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            for number in 0..<3 {
                let event = try MeasuredEvent(
                    id: "e\(number)", source: "red/test", client: "zoé \"q\"", time: moment("2026-11-25T10:00:00Z"),
                    red: 93_165, image: "image-\(number)", pixels: 1, width: 1, height: 1, traceParent: trace)
                _ = try await bench.store.add([event])
            }
            let deliverer = try await bench.delivering { _ in try await bench.wait(for: "zoé \"q\"", .delivered) }
            let requests = try receiver.requests
            let alerts = try await bench.store.alerts(of: nil, after: 0, limit: 10)
            #expect(requests.count == 3 && requests.allSatisfy { $0.signed && $0.method == "POST" })
            #expect(requests.map(\.id) == alerts.map { "\(subscription.id)-\($0.sequence)" })
            #expect(requests.allSatisfy { $0.traceparent == trace && $0.type == "application/json" })
            for (request, alert) in zip(requests, alerts) {
                let message = try request.message
                #expect(message.type == "hoofprint.red.alert.v1" && message.timestamp == alert.made.text)
                #expect(message.data.alert == request.id && message.data.subscription == subscription.id)
                #expect(message.data.client == "zoé \"q\"" && message.data.red == 93_165 && message.data.above == 0)
                #expect(message.data.event == alert.event && message.data.image == alert.image)
            }
            #expect(deliverer.counts[.webhook] == .init(delivered: 3))
        }
    }

    @Test("an alert that fails is tried again with the same id, before those behind it")
    func retried() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/fails-first/2"))
            try await bench.add(3, of: "alice")
            let deliverer = try await bench.delivering { _ in try await bench.wait(for: "alice", .delivered) }
            let ids = try receiver.requests.map { $0.id ?? "" }
            #expect(ids.count == 5 && Set(ids.prefix(3)).count == 1 && Set(ids).count == 3)
            #expect(deliverer.counts[.webhook] == .init(delivered: 3, failed: 2))
            let alerts = try await bench.store.alerts(of: "alice", after: 0, limit: 10)
            #expect(alerts.map(\.attempts) == [3, 1, 1])
        }
    }

    @Test("a receiver that fails for so long is given up, and its subscription disabled")
    func givenUp() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            let subscription = try await bench.subscribe("alice", .webhook, receiver.configuration("/fails"))
            try await bench.add(2, of: "alice")
            let deliverer = try await bench.delivering { deliverer in
                try await eventually("it is disabled") { deliverer.counts[.webhook].disabled == 1 }
            }
            #expect(try receiver.requests.count == 3)
            #expect(deliverer.counts[.webhook] == .init(failed: 3, givenUp: 1, disabled: 1))
            #expect(try await bench.store.subscription(subscription.id, of: "alice")?.isEnabled == false)
            let alerts = try await bench.store.alerts(of: "alice", after: 0, limit: 10)
            // What was not tried is told if the client enables it again.
            #expect(alerts.map(\.state) == [.givenUp, .pending])
        }
    }

    @Test("410 disables a subscription at once")
    func gone() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            let subscription = try await bench.subscribe("alice", .webhook, receiver.configuration("/gone"))
            try await bench.add(2, of: "alice")
            try await bench.delivering { deliverer in
                try await eventually("it is disabled") { deliverer.counts[.webhook].disabled == 1 }
            }
            #expect(try receiver.requests.count == 1)
            #expect(try await bench.store.subscription(subscription.id, of: nil)?.isEnabled == false)
        }
    }

    @Test("redirects are failures, and not followed")
    func redirects() async throws {
        let metadata = try await WebhookReceiver()
        let receiver = try await WebhookReceiver(redirectTo: metadata.url("/latest/meta-data"))
        try await DeliveryBench.with { bench in
            _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/redirects"))
            try await bench.add(1, of: "alice")
            let deliverer = try await bench.delivering { _ in try await bench.wait(for: "alice", .givenUp) }
            #expect(try receiver.requests.count == 3 && metadata.requests.isEmpty)
            #expect(deliverer.counts[.webhook].failed == 3)
        }
    }

    @Test("Retry-After is honoured")
    func retryAfter() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/busy"))
            try await bench.add(1, of: "alice")
            let before = Timestamp.now
            try await bench.delivering { deliverer in
                try await eventually("it was tried and written down") {
                    try await bench.store.alerts(of: "alice", after: 0, limit: 1).first?.attempts == 1
                }
            }
            let next = try #require(try await bench.store.alerts(of: "alice", after: 0, limit: 1).first?.nextAttempt)
            #expect(next.milliseconds >= before.milliseconds + 7_200_000)
        }
    }

    @Test("answers are read to 4 KiB, heads to 64 KiB, and what comes after does not matter")
    func endless() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings.webhookTimeoutMilliseconds = 1_000
            _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/endless"))
            _ = try await bench.subscribe("bob", .webhook, receiver.configuration("/drips"))
            _ = try await bench.subscribe("carol", .webhook, receiver.configuration("/endless-head"))
            for client in ["alice", "bob", "carol"] { try await bench.add(1, of: client) }
            try await bench.delivering { [bench] _ in
                try await bench.wait(for: "alice", .delivered)
                try await bench.wait(for: "bob", .delivered)
                try await bench.wait(for: "carol", .givenUp)
            }
            #expect(try receiver.requests(at: "/endless").count == 1 && receiver.requests(at: "/drips").count == 1)
        }
    }

    @Test("slow and dead receivers hold up nobody else")
    func slow() async throws {
        let receiver = try await WebhookReceiver()
        let nobody = try ServerProcess.freePort()
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings.grace = .zero
            bench.settings.retries = RetrySchedule(pauses: [3_600])
            // More of one client's than are called at a time.
            bench.settings.webhooksAtATime = 40
            for number in 0..<60 {
                _ = try await bench.subscribe("dead", .webhook, receiver.configuration("/dead/\(number)"))
            }
            let secret = WebhookReceiver.secret
            _ = try await bench.subscribe(
                "closed", .webhook, #"{"url":"http://127.0.0.1:\#(nobody)/","secret":"\#(secret)"}"#)
            for client in ["dead", "closed"] { try await bench.add(1, of: client) }
            try await bench.delivering { [bench] deliverer in
                try await eventually("its share is asked") { try receiver.requests.count == 10 }
                _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/ok"))
                try await bench.add(5, of: "alice")
                try await bench.wait(for: "alice", .delivered)
                try await eventually("the closed one has failed") { deliverer.counts[.webhook].failed == 1 }
                // Nothing is known of the dead yet.
                #expect(deliverer.counts[.webhook].delivered == 5)
            }
            // What was ended with us does not count as tried, and is due again at once.
            let dead = try await bench.store.alerts(of: "dead", after: 0, limit: 100)
            #expect(dead.count == 60 && dead.allSatisfy { $0.state == .pending && $0.attempts == 0 })
            #expect(try await bench.store.claim(.webhook, forSeconds: 1, limit: 100).count == 60)
        }
    }

    @Test("certificates are verified")
    func certificates() async throws {
        let receiver = try await WebhookReceiver(tls: true)
        let wrongName = receiver.configuration("/ok").replacing("localhost", with: "127.0.0.1")
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings.allowsHTTP = false
            _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/ok"))
            try await bench.add(1, of: "alice")
            try await bench.delivering { [bench] _ in try await bench.wait(for: "alice", .givenUp) }
            bench.settings.authorities = receiver.certificate
            _ = try await bench.subscribe("bob", .webhook, receiver.configuration("/ok"))
            _ = try await bench.subscribe("carol", .webhook, wrongName)
            for client in ["bob", "carol"] { try await bench.add(1, of: client) }
            try await bench.delivering { [bench] _ in
                try await bench.wait(for: "bob", .delivered)
                try await bench.wait(for: "carol", .givenUp)
            }
            #expect(try receiver.requests.count == 1)
            // An operator's mistake is no fault of a client, whose subscription stays.
            bench.settings.authorities = "/no/such/file"
            let dave = try await bench.subscribe("dave", .webhook, receiver.configuration("/ok"))
            try await bench.add(1, of: "dave")
            try await bench.delivering { [bench] _ in try await bench.wait(for: "dave", .givenUp) }
            #expect(try await bench.store.subscription(dave.id, of: nil)?.isEnabled == true)
        }
    }
}
