import EventBroker
import struct EventBroker.Delivery
import Hoofprint
import Logging
import REDEvents
import REDStats
import ServiceLifecycle

/// Takes events from the broker into the store, as a member of a group. An event is acknowledged once the store has
/// it, so that it comes again, and is counted once, wherever this process ends.
struct Ingester: Service {
    private static let batch = 2_000

    let broker: any EventBroker
    let store: any StatsStore
    let group: String
    let counts: IngestCounts
    let graphite: GraphiteExporter?
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var backoff = Backoff()
            while !Task.isCancelled {
                do {
                    let consumer = try await broker.consumer(of: StatsTopics.measured, group: group)
                    backoff.reset()
                    let result = await take(from: consumer)
                    await consumer.close()
                    try result.get()
                } catch {
                    logger.error("events cannot be taken from the broker: \(error)")
                    await backoff.wait()
                }
            }
        }
    }

    /// Takes events until the task is cancelled or the broker fails.
    private func take(from consumer: any EventConsumer) async -> Result<Void, BrokerError> {
        do throws(BrokerError) {
            while !Task.isCancelled {
                let deliveries = try await consumer.next(limit: Self.batch, wait: .seconds(5))
                if !deliveries.isEmpty { try await take(deliveries, from: consumer) }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func take(_ deliveries: [Delivery], from consumer: any EventConsumer) async throws(BrokerError) {
        var events: [MeasuredEvent] = []
        var good: [Delivery] = []
        for delivery in deliveries {
            do throws(EventMistake) {
                events.append(try MeasuredEvent(json: delivery.message.body))
                good.append(delivery)
            } catch {
                logger.error("an event becomes a dead letter: \(error)")
                counts.add { $0.rejected += 1 }
                try await consumer.reject(delivery, reason: error.description)
            }
        }
        guard await add(events) else { return try await consumer.release(good) }
        try await consumer.acknowledge(good)
    }

    /// Adds events, waiting while the store is away; false if they could not be added.
    private func add(_ events: [MeasuredEvent]) async -> Bool {
        var backoff = Backoff()
        while true {
            do throws(StatsStoreError) {
                let result = try await span("events.ingest", ["events": events.count]) {
                    () async throws(StatsStoreError) in
                    try await store.add(events)
                }
                counts.add { values in
                    values.added += result.added
                    values.duplicates += result.duplicates
                    values.expired += result.expired
                }
                // Also those that had been counted before: whoever did may have ended before it could tell.
                graphite?.touched(events)
                return true
            } catch {
                if backoff.isFirst || !error.isTransient { logger.error("events wait for the store: \(error)") }
                await backoff.wait()
                guard error.isTransient, !Task.isCancelled else { return false }
            }
        }
    }
}
