import EventBroker
import Foundation
import HTTPTestSupport
import Logging
import REDEvents
import REDStats
import ServiceLifecycle
import TestSupport
import Testing
import WallClock

@testable import REDStatsService

/// A server in this process, on a free port, with an empty store and queue.
struct StatsTestServer: Sendable {
    /// Says what nobody needs to read in a test's output nowhere.
    static let silentLogger = Logger(label: "red-stats") { _ in SwiftLogNoOpLogHandler() }

    let client: Exchange
    let configuration: StatsConfiguration
    let broker: any EventBroker
    /// Another way to the same store.
    let store: any StatsStore

    /// Runs `body` beside a server, which is stopped on return.
    static func with<R: Sendable>(
        _ change: (inout StatsConfiguration) -> Void = { _ in },
        _ body: @Sendable (StatsTestServer) async throws -> R
    ) async throws -> R {
        let folder = try TemporaryFolder()
        var configuration = StatsConfiguration()
        configuration.port = 0
        configuration.store = "sqlite:\(folder.url.appendingPathComponent("stats.sqlite").path)"
        configuration.broker = "embedded:\(folder.url.appendingPathComponent("events.sqlite").path)"
        change(&configuration)
        let server = try await StatsServer(configuration, logger: silentLogger)
        let store = try await StatsStores.open(configuration.store)
        let broker = try await EventBrokers.open(configuration.broker, logger: silentLogger)
        let (urls, url) = AsyncStream.makeStream(of: String.self)
        let group = ServiceGroup(services: try server.services { url.yield($0) }, logger: silentLogger)
        async let running: Void = group.run()
        var iterator = urls.makeAsyncIterator()
        let port = await iterator.next().flatMap { URL(string: $0)?.port } ?? 0
        let result: Result<R, any Error>
        do {
            result = .success(
                try await body(
                    StatsTestServer(
                        client: Exchange(port: port), configuration: configuration, broker: broker, store: store)))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running
        await server.close()
        await broker.close()
        await store.close()
        withExtendedLifetime(folder) {}
        return try result.get()
    }

    /// Publishes events of a client, one for each value of red, a minute apart from 2026-11-25T10:00Z on.
    func publish(_ reds: [Int], client: String) async throws {
        let start = try #require(Timestamp("2026-11-25T10:00:00Z")).milliseconds
        let messages = try reds.enumerated().map { index, red in
            let event = try MeasuredEvent(
                id: "\(client)-\(index)-\(red)", source: "red/test", client: client,
                time: Timestamp(milliseconds: start + Int64(index) * 60_000), red: red, image: "i\(index)", pixels: 4,
                width: 2, height: 2)
            return BrokerMessage(id: event.id, key: client, body: Array(event.json.utf8))
        }
        try await broker.publish(messages, to: StatsTopics.measured)
    }

    /// Asks, and reads the answer's JSON.
    func ask(
        _ method: String, _ path: String, _ fields: [String: String] = [:], json: String? = nil
    ) async throws -> Answer {
        let type = json == nil ? [:] : ["Content-Type": "application/json"]
        return try #require(
            try await client.request(
                method, path, fields.merging(type) { $1 }, body: json.map { Array($0.utf8) } ?? []))
    }

    /// Waits until so many pictures are counted.
    func waitForImages(_ count: Int) async throws {
        let query = "/v1/stats?from=2000-01-01&to=2100-01-01&above=0"
        while true {
            let images = try await ask("GET", query).json["images"] as? Int
            if images == count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
