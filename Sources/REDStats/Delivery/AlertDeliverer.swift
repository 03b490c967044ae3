import EventBroker
import Logging

/// Tells clients of their alerts: takes what a store says is due, and writes down how it went.
///
/// Each alert is told at least once, and one subscription's in order; its id tells repetitions, see ``AlertMessage``. Any
/// number of deliverers may work on one store. What fails is tried again by ``RetrySchedule``, and then given up; a
/// subscription whose receiver fails for so long, or says that it is gone, is disabled.
package struct AlertDeliverer: Sendable {
    private let store: any StatsStore
    private let settings: DeliverySettings
    private let broker: (any EventBroker)?
    private let logger: Logger
    /// How deliveries went.
    package let counts = DeliveryCounts()

    /// - Parameters:
    ///   - store: Whose alerts are told.
    ///   - settings: How.
    ///   - broker: Where alerts are published; nil: subscriptions to the broker wait.
    ///   - logger: Told of what fails.
    package init(
        _ store: any StatsStore, _ settings: DeliverySettings, broker: (any EventBroker)? = nil, logger: Logger
    ) {
        self.store = store
        self.settings = settings
        self.broker = broker
        self.logger = logger
    }

    /// Delivers until the task is cancelled. Then nothing new is begun, what is under way has
    /// ``DeliverySettings/grace`` to end, and all that is known is written down.
    ///
    /// - Throws: ``SettingsMistake``, if libcurl cannot be had.
    package func run() async throws {
        let engine: TransferEngine
        do throws(TransferTrouble) {
            engine = try TransferEngine()
        } catch {
            throw SettingsMistake("clients cannot be told of alerts: \(error.text)")
        }
        defer { engine.close() }
        var channels: [any AlertChannel] = [WebhookChannel(settings: settings, engine: engine)]
        if let smtp = settings.smtp {
            channels.append(EmailChannel(smtp: smtp, authorities: settings.authorities, engine: engine))
        }
        if let broker { channels.append(BrokerChannel(broker: broker)) }
        await withDiscardingTaskGroup { group in
            for channel in channels {
                var logger = logger
                logger[metadataKey: "channel"] = "\(channel.kind.rawValue)"
                let worker = ChannelWorker(
                    turn: DeliveryTurn(
                        channel: channel, store: store, settings: settings, counts: counts, logger: logger))
                group.addTask { await worker.run() }
            }
        }
    }
}
