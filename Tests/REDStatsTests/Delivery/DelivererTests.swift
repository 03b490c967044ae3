import EventBroker
import Foundation
import Logging
import REDEvents
import StatsSamples
import TestSupport
import Testing
import WallClock

@testable import REDStats

@Suite("Deliverers", .enabled(if: !ServerProcess.areSkipped))
struct DelivererTests {
    @Test(
        "two that work on one store tell each alert once, a subscription's in order, in spite of failures",
        arguments: StoreKind.tested)
    func two(_ kind: StoreKind) async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with(kind) { bench in
            let other = DeliveryBench(test: bench.test, store: try await bench.test.open(), settings: bench.settings)
            for number in 0..<20 {
                let path = number % 2 == 0 ? "/ok/\(number)" : "/fails-first/2/\(number)"
                _ = try await bench.subscribe("client\(number)", .webhook, receiver.configuration(path))
            }
            try await bench.delivering { first in
                try await other.delivering { second in
                    for round in 0..<5 {
                        let events = try (0..<20).map { number in
                            try MeasuredEvent.sample("e\(round)-client\(number)", client: "client\(number)")
                        }
                        _ = try await bench.store.add(events)
                    }
                    for number in 0..<20 { try await bench.wait(for: "client\(number)", .delivered) }
                    let counts = [first.counts[.webhook], second.counts[.webhook]]
                    #expect(counts.map(\.delivered).reduce(0, +) == 100 && counts.map(\.failed).reduce(0, +) == 20)
                }
            }
            await other.store.close()
            let requests = try receiver.requests
            #expect(requests.count == 120 && requests.allSatisfy(\.signed))
            for number in 0..<20 {
                let messages = try requests.map { try $0.message.data }.filter { $0.client == "client\(number)" }
                let expected = (0..<5).map { "e\($0)-client\(number)" }
                // Repetitions stand side by side.
                #expect(messages.map(\.event).reduce(into: []) { if $0.last != $1 { $0.append($1) } } == expected)
            }
        }
    }

    @Test("a restart in the middle loses nothing, and ids stay")
    func restart() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/slow"))
            try await bench.add(12, of: "alice")
            var told = 0
            for _ in 0..<3 {
                // What is under way when it is to end is told to its end, and written down.
                let deliverer = try await bench.delivering { deliverer in
                    try await eventually("two more are told") { deliverer.counts[.webhook].delivered >= 2 }
                }
                told += deliverer.counts[.webhook].delivered
                let alerts = try await bench.store.alerts(of: "alice", after: 0, limit: 100)
                #expect(alerts.count { $0.state == .delivered } == told && told < 12)
            }
            try await bench.delivering { _ in try await bench.wait(for: "alice", .delivered) }
            let alerts = try await bench.store.alerts(of: "alice", after: 0, limit: 100)
            #expect(try receiver.requests.map(\.id) == alerts.map { AlertMessage.id(of: $0) })
        }
    }

    @Test("what a worker that died had claimed is told by another, with the same ids")
    func died() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/ok"))
            try await bench.add(2, of: "alice")
            let claim = try #require(try await bench.store.claim(.webhook, forSeconds: 1, limit: 1).first)
            try await bench.delivering { _ in try await bench.wait(for: "alice", .delivered) }
            #expect(try receiver.requests.map(\.id) == claim.alerts.map { AlertMessage.id(of: $0) })
        }
    }

    @Test("a receiver that is away is told everything, in order, once it is back")
    func away() async throws {
        let port = try ServerProcess.freePort()
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings.retries = RetrySchedule(pauses: Array(repeating: 0.05, count: 10_000))
            _ = try await bench.subscribe(
                "alice", .webhook,
                #"{"secret":"\#(WebhookReceiver.secret)","url":"http://localhost:\#(port)/ok"}"#)
            try await bench.add(5, of: "alice")
            let deliverer = try await bench.delivering { [bench] deliverer in
                try await eventually("it was tried in vain") { deliverer.counts[.webhook].failed >= 3 }
                let receiver = try await WebhookReceiver(port: port)
                try await bench.wait(for: "alice", .delivered)
                #expect(try receiver.requests.map { try $0.message.data.event } == (0..<5).map { "e\($0)-alice" })
            }
            #expect(deliverer.counts[.webhook].delivered == 5)
        }
    }

    @Test(
        "a store that is away for a while loses nothing: what could not be written down is told again",
        .enabled(if: !PostgreSQLServer.isSkipped))
    func storeAway() async throws {
        let server = try await onThread { try PostgreSQLServer() }
        let url = try server.database()
        let store = try await onThread { try DatabaseStore(url: url) }
        let receiver = try await WebhookReceiver()
        var settings = DeliverySettings.here
        (settings.turnSeconds, settings.slackSeconds, settings.webhookTimeoutMilliseconds) = (1, 1, 5_000)
        let bench = DeliveryBench(test: try TestStore(.sqlite), store: store, settings: settings)
        _ = try await bench.subscribe("alice", .webhook, receiver.configuration("/held"))
        try await bench.add(10, of: "alice")
        let alerts = try await store.alerts(of: "alice", after: 0, limit: 100)
        let log = LogLines()
        let notWritten = "cannot be written down, and are repeated"
        try receiver.hold(true)
        try await bench.delivering(log: log) { _ in
            var told = 0
            for round in 1...2 {
                try await eventually("a client is being told") { try receiver.requests.count > told }
                await onThread { server.kill() }
                try receiver.hold(false)
                try await eventually("what it was told cannot be written down") { log.count(of: notWritten) >= round }
                told = try receiver.requests.count
                if round == 1 { try receiver.hold(true) }
                try await onThread { try server.start() }
            }
            try await eventually("all are told") {
                do throws(StatsStoreError) {
                    return try await store.alerts(of: "alice", after: 0, limit: 100).allSatisfy {
                        $0.state == .delivered
                    }
                } catch {
                    // It may not have found its server yet.
                    return false
                }
            }
        }
        let ids = try receiver.requests.map { $0.id ?? "" }
        let firsts = ids.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        #expect(firsts == alerts.map { AlertMessage.id(of: $0) })
        await store.close()
        server.remove()
    }

    @Test("a subscription that is changed while it fails goes where it leads now")
    func changed() async throws {
        let receiver = try await WebhookReceiver()
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings.retries = RetrySchedule(pauses: Array(repeating: 0.05, count: 10_000))
            let subscription = try await bench.subscribe("alice", .webhook, receiver.configuration("/fails"))
            try await bench.add(2, of: "alice")
            try await bench.delivering { [bench] deliverer in
                try await eventually("it was tried in vain") { deliverer.counts[.webhook].failed >= 1 }
                _ = try await bench.store.change(
                    subscription.id, of: "alice", SubscriptionChange(configuration: receiver.configuration("/ok")))
                try await bench.wait(for: "alice", .delivered)
            }
            #expect(try receiver.requests(at: "/ok").count == 2)
        }
    }

    @Test("alerts are published to the broker, by client, with trace and id, in order")
    func broker() async throws {
        let folder = try TemporaryFolder()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let broker = try await EventBrokers.open("embedded:\(folder.url.path)/broker.sqlite", logger: logger)
        let consumer = try await broker.consumer(of: "hoofprint.red.alerts", group: "test")
        try await DeliveryBench.with { bench in
            _ = try await bench.subscribe("alice", .broker, name: "mine")
            _ = try await bench.subscribe(String(repeating: "ö", count: 128), .broker)
            _ = try await bench.store.add((0..<150).map { try .sample("e\($0)") })
            try await bench.add(1, of: String(repeating: "ö", count: 128))
            let deliverer = try await bench.delivering(broker: broker) { _ in
                try await bench.wait(for: "alice", .delivered)
                try await bench.wait(for: String(repeating: "ö", count: 128), .delivered)
            }
            #expect(deliverer.counts[.broker] == .init(delivered: 151))
            var messages: [BrokerMessage] = []
            while messages.count < 151 {
                let deliveries = try await consumer.next(limit: 200, wait: .seconds(30))
                try #require(!deliveries.isEmpty)
                messages += deliveries.map(\.message)
                try await consumer.acknowledge(deliveries)
            }
            let alerts = try await bench.store.alerts(of: "alice", after: 0, limit: 200)
            let alices = messages.filter { $0.key == "alice" }
            #expect(alices.map(\.id) == alerts.map { AlertMessage.id(of: $0) })
            #expect(alices.map(\.body) == alerts.map { AlertMessage($0, name: "mine").json })
            #expect(messages.contains { $0.key == String(repeating: "ö", count: 127) })
        }
        await consumer.close()
        await broker.close()
    }
}
