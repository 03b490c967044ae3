import Logging
import Synchronization

/// Apache Kafka.
///
/// Topics are made by the servers (`auto.create.topics.enable`), or beforehand: the topic, `TOPIC.dead.GROUP` and
/// `TOPIC.retry.GROUP`. The key chooses the partition. A member commits offsets up to the first message that is not
/// acknowledged; how often a message was delivered is counted within a member's life, not across its end.
final class KafkaBroker: EventBroker {
    private let servers: String
    private let options: BrokerOptions
    private let logger: Logger
    private let producer: Mutex<(current: KafkaProducer?, isClosed: Bool)>

    /// Connects when something is published or consumed.
    init(_ servers: String, _ options: BrokerOptions, _ logger: Logger) {
        (self.servers, self.options, self.logger) = (servers, options, logger)
        producer = Mutex((nil, false))
    }

    private var url: String { "kafka://\(servers)" }

    func publish(_ messages: [BrokerMessage], to topic: String) async throws(BrokerError) {
        try BrokerNames.check(topic: topic, at: url)
        try BrokerNames.check(messages, at: url)
        try await send(messages.map { KafkaOutgoing(topic: topic, message: $0) })
    }

    /// Publishes records; returns once they are confirmed.
    func send(_ records: [KafkaOutgoing]) async throws(BrokerError) {
        let current = try producer.withLock { producer throws(BrokerError) in
            if producer.isClosed { throw BrokerError(.closed, url, "it was closed") }
            if let current = producer.current, !current.hasFailed { return current }
            producer.current?.close()
            let new = try KafkaProducer(servers, options)
            producer.current = new
            return new
        }
        try await current.publish(records)
    }

    func consumer(
        of topic: String, group: String, kind: GroupKind
    ) async throws(BrokerError) -> any EventConsumer {
        try BrokerNames.check(topic: topic, group: group, at: url)
        let letters = KafkaDeadLetters(self, servers, topic: topic, group: group)
        let member = KafkaMember(options, kind, logger)
        // Groups of one name on several topics are groups of their own, so that one's rebalance does not stop the others.
        try await member.start(servers, group: "\(topic).\(group)", topics: [topic, letters.retryTopic])
        return KafkaConsumer(member, letters, deliveries: options.deliveries)
    }

    func deadLetters(of topic: String, group: String) async throws(BrokerError) -> any DeadLetters {
        try BrokerNames.check(topic: topic, group: group, at: url)
        return KafkaDeadLetters(self, servers, topic: topic, group: group)
    }

    func close() async {
        producer.withLock { producer in
            producer.isClosed = true
            producer.current.take()?.close()
        }
    }
}
