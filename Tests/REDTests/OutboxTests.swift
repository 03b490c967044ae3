import EventBroker
import Foundation
import GRDB
import HTTPService
import HTTPTestSupport
import HTTPTypes
import REDEvents
import TestSupport
import Testing
import WallClock

@testable import RED

/// Events of pictures that were kept, and their way to the broker.
struct OutboxTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    /// Runs `body` beside a server that publishes to a queue in a file.
    private static func withQueue(
        _ body: @Sendable (TestServer, any EventConsumer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let url = "embedded:\(folder.url.appendingPathComponent("queue").path)"
        let broker = try await EventBrokers.open(url, logger: TestServer.silentLogger)
        let consumer = try await broker.consumer(of: OutboxPublisher.topic, group: "test")
        try await TestServer.with {
            $0.broker = url
        } _: { server in
            try await body(server, consumer)
        }
        await consumer.close()
        await broker.close()
    }

    /// The next events, as many as are expected, and no more.
    private static func events(_ count: Int, _ consumer: any EventConsumer) async throws -> [MeasuredEvent] {
        var events: [MeasuredEvent] = []
        while events.count < count {
            let deliveries = try await consumer.next(limit: 100, wait: .seconds(30))
            try #require(!deliveries.isEmpty, "\(events.count) of \(count) events came")
            for delivery in deliveries {
                let event = try MeasuredEvent(json: delivery.message.body)
                #expect(delivery.message.id == event.id)
                #expect(delivery.message.key == event.client)
                #expect(delivery.message.traceParent == event.traceParent)
                events.append(event)
            }
            try await consumer.acknowledge(deliveries)
        }
        #expect(events.count == count)
        return events
    }

    @Test func `Each new record is told once, with its client and its trace`() async throws {
        try await Self.withQueue { server, consumer in
            func post(_ picture: [UInt8], _ client: String, _ path: String = "/images") async throws -> Answer {
                let fields = ["X-Client": client, "traceparent": "00-\(Self.trace)-b7ad6b7169203331-01"]
                return try #require(try await server.client.request("POST", path, fields, body: picture))
            }
            let sent = try await post(PNG.picture(width: 4, height: 2), "ann")
            #expect(sent.status == 201)
            #expect(try await post(PNG.picture(width: 4, height: 2), "ann").status == 200)
            #expect(try await post(PNG.picture(width: 4, height: 2), "ann", "/red").status == 200)
            #expect(try await post(PNG.picture(width: 4, height: 2), "ben").status == 201)
            #expect(try await post(PNG.picture(red: 0, blue: 255), "ann").status == 201)
            let events = try await Self.events(3, consumer)
            #expect(events.map(\.client) == ["ann", "ben", "ann"])
            #expect(events.map(\.red) == [1_000_000, 1_000_000, 0])
            let first = try #require(events.first)
            let id = try sent.id
            #expect(first.image == id)
            #expect(first.width == 4)
            #expect(first.height == 2)
            #expect(first.pixels == 8)
            #expect(first.source.hasPrefix("red/"))
            #expect(Set(events.map(\.id)).count == 3)
            for event in events {
                let parts = try #require(event.traceParent).split(separator: "-")
                #expect(parts[1] == Self.trace)
                #expect(parts[2] != "b7ad6b7169203331")
            }
        }
    }

    @Test func `While the broker is away pictures are taken, and their events wait`() async throws {
        let folder = try TemporaryFolder()
        // A port that nobody listens on.
        try await TestServer.with {
            $0.broker = "amqp://guest:guest@127.0.0.1:1/"
            $0.store = folder.url.path
        } _: { server in
            #expect(try await server.client.post(PNG.picture())?.status == 201)
            let metrics = try #require(try await server.client.request("GET", "/metrics"))
            let text = String(decoding: metrics.body, as: UTF8.self)
            #expect(text.contains("\nred_events_waiting 1\n"))
            #expect(text.contains("\nred_events_published_total 0\n"))
        }
        // The next start has another broker.
        let queue = "embedded:\(folder.url.appendingPathComponent("queue").path)"
        let broker = try await EventBrokers.open(queue, logger: TestServer.silentLogger)
        let consumer = try await broker.consumer(of: OutboxPublisher.topic, group: "test")
        try await TestServer.with {
            $0.broker = queue
            $0.store = folder.url.path
        } _: { _ in
            let events = try await Self.events(1, consumer)
            #expect(events.first?.client == "anonymous")
        }
        await consumer.close()
        await broker.close()
    }

    @Test func `Too many events that wait keep further pictures out, and nothing of them stays`() async throws {
        let folder = try TemporaryFolder()
        let records = try RecordFile(path: folder.url.appendingPathComponent("records.sqlite").path)
        let outbox = Outbox(records, host: "", maximum: 2)
        func add() throws {
            let event = try MeasuredEvent(
                id: TraceContext.digits(2), source: "red/test", client: "ann", time: .now, red: 1, image: "a",
                pixels: 1, width: 1, height: 1)
            try records.connections.write { try outbox.add(event, $0) }
        }
        try add()
        try add()
        let error = #expect(throws: StoreError.self) { try add() }
        let problem = Problem(try #require(error))
        #expect(problem.status == .serviceUnavailable)
        #expect(problem.headers[.retryAfter] == "60")
        #expect(try outbox.count() == 2)
        let (messages, last) = try outbox.next(1)
        #expect(messages.count == 1)
        try await records.connections.write { try Outbox.remove(upTo: last, $0) }
        try add()
        #expect(try outbox.count() == 2)
    }

    @Test(arguments: [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
        ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", true),
        ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
        ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false), ("00-0af7-b7ad-01", false), ("", false),
    ])
    func `Only a trace's own id is followed`(_ text: String, _ isTrace: Bool) {
        #expect(TraceContext.trace(in: text) == (isTrace ? Self.trace : nil))
    }
}
