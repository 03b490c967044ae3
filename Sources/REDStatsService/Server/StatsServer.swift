import EventBroker
import Foundation
import HTTPService
import Logging
import REDStats
import ServiceLifecycle
import UnixSignals

/// `red-stats`: takes events from the broker into the store, and answers over HTTP.
public struct StatsServer: Sendable {
    private let configuration: StatsConfiguration
    private let store: any StatsStore
    private let broker: (any EventBroker)?
    private let host: HTTPHost?
    private let logger: Logger

    /// Opens the store and the broker.
    ///
    /// - Throws: ``ServiceUnavailable`` for what it needs and is not there; a certificate that cannot be used.
    public init(_ configuration: StatsConfiguration, logger: Logger) async throws {
        self.configuration = configuration
        self.logger = logger
        host =
            configuration.parts.contains(.api)
            ? try HTTPHost(configuration.http, name: "red-stats", logger: logger) : nil
        store = try await StatsStores.open(configuration.store)
        for warning in store.warnings { logger.warning("\(warning)") }
        guard configuration.parts.contains(.ingest) else {
            broker = nil
            return
        }
        do {
            broker = try await EventBrokers.open(
                configuration.broker, credentials: configuration.brokerCredentials, logger: logger)
        } catch {
            await store.close()
            throw ServiceUnavailable(description: "\(error)")
        }
    }

    /// Serves until SIGTERM or SIGINT; requests and events in flight are then dealt with first.
    ///
    /// - Parameter onListening: Called once the server takes connections, with its URL; not where it has no API.
    /// - Throws: What keeps the server from listening.
    public func run(onListening: @escaping @Sendable (String) -> Void) async throws {
        let result: Result<Void, any Error>
        do {
            let services = try services(onListening)
            if let host {
                result = .success(try await host.run(services))
            } else {
                let group = ServiceGroup(
                    services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
                result = .success(try await group.run())
            }
        } catch {
            result = .failure(error)
        }
        await close()
        try result.get()
    }

    /// The services of the parts that run.
    func services(_ onListening: @escaping @Sendable (String) -> Void) throws -> [any Service] {
        let counts = IngestCounts()
        let deliverer = AlertDeliverer(store, configuration.delivery, broker: broker, logger: logger)
        let graphite = configuration.graphite.map { GraphiteExporter(store, $0, logger: logger) }
        var services: [any Service] = []
        if let broker {
            services.append(AlertDelivery(deliverer: deliverer))
            // Before what feeds it, as the last begins to stop first.
            if let graphite { services.append(GraphiteSending(exporter: graphite)) }
            services.append(
                Ingester(
                    broker: broker, store: store, group: configuration.group, counts: counts, graphite: graphite,
                    logger: logger))
            if let retention = configuration.retention {
                services.append(RetentionKeeper(store: store, retention: retention, logger: logger))
            }
        }
        if let host {
            let feed = AlertFeed(store: store, logger: logger)
            let handler = StatsRequestHandler(
                store: store, feed: feed,
                gate: StatsGate(
                    store, asksForKeys: configuration.asksForKeys,
                    limiter: configuration.requestsPerSecond.map { RateLimiter(perSecond: $0) }),
                delivery: configuration.delivery, counts: counts, deliveries: deliverer.counts,
                graphite: graphite,
                requestMetrics: RequestMetrics(prefix: "red_stats", connections: host.connections),
                readiness: host.readiness)
            services += try host.services(handler, onListening: onListening)
            // The last begins to stop first: streams end with it, and requests before the host.
            services.append(feed)
        }
        return services
    }

    /// Lets go of the broker and the store.
    func close() async {
        await broker?.close()
        await store.close()
    }
}

/// A store or broker that is needed, and cannot be used.
public struct ServiceUnavailable: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Opening stores.
package enum StatsStores {
    /// Opens the store of a URL; on a thread of its own, for it blocks.
    package static func open(_ url: String) async throws(ServiceUnavailable) -> any StatsStore {
        let result = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: Result { () throws(StatsStoreError) in try DatabaseStore(url: url) })
            }
        }
        do {
            return try result.get()
        } catch {
            throw ServiceUnavailable(description: "\(error)")
        }
    }
}
