import Logging

/// RabbitMQ.
///
/// A topic is a durable topic exchange with the message's key as routing key, so that others can bind to one client; a
/// group is a quorum queue. What is published is persistent and confirmed by a majority of the queue's replicas.
final class AMQPBroker: EventBroker {
    private let address: AMQPAddress
    private let options: BrokerOptions
    private let logger: Logger
    private let publisher: AMQPPublisher

    /// Connects when something is published or consumed.
    init(_ address: AMQPAddress, _ options: BrokerOptions, _ logger: Logger) {
        (self.address, self.options, self.logger) = (address, options, logger)
        publisher = AMQPPublisher(address, options, logger)
    }

    func publish(_ messages: [BrokerMessage], to topic: String) async throws(BrokerError) {
        try BrokerNames.check(topic: topic, at: "\(address)")
        try BrokerNames.check(messages, at: "\(address)")
        if messages.isEmpty { return }
        try await publisher.publish(
            messages.map { AMQPOutgoing(exchange: topic, routingKey: $0.key, message: $0) }, declaring: topic)
    }

    func consumer(
        of topic: String, group: String, kind: GroupKind
    ) async throws(BrokerError) -> any EventConsumer {
        try BrokerNames.check(topic: topic, group: group, at: "\(address)")
        return try await AMQPConsumer(
            address, AMQPQueue(topic: topic, group: group, options: options), kind, publisher, logger)
    }

    func deadLetters(of topic: String, group: String) async throws(BrokerError) -> any DeadLetters {
        try BrokerNames.check(topic: topic, group: group, at: "\(address)")
        return AMQPDeadLetters(address, AMQPQueue(topic: topic, group: group, options: options))
    }

    func close() async { publisher.close() }
}
