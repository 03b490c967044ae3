/// A member of a group of Kafka.
final class KafkaConsumer: EventConsumer {
    private let member: KafkaMember
    private let letters: KafkaDeadLetters
    private let deliveries: Int

    /// A member that has joined.
    init(_ member: KafkaMember, _ letters: KafkaDeadLetters, deliveries: Int) {
        (self.member, self.letters, self.deliveries) = (member, letters, deliveries)
    }

    func next(limit: Int, wait: Duration) async throws(BrokerError) -> [Delivery] {
        try await member.inbox.next(limit: limit, wait: wait)
    }

    func acknowledge(_ deliveries: [Delivery]) async throws(BrokerError) { member.acknowledge(deliveries) }

    func release(_ deliveries: [Delivery]) async throws(BrokerError) {
        for delivery in deliveries where member.holds(delivery) {
            if delivery.attempt < self.deliveries {
                // Kafka takes nothing back: the member keeps it, and its offset is not committed.
                member.inbox.add([
                    Delivery(message: delivery.message, attempt: delivery.attempt + 1, receipt: delivery.receipt)
                ])
            } else {
                try await reject(
                    delivery, reason: "delivered \(delivery.attempt) times without being acknowledged")
            }
        }
    }

    func reject(_ delivery: Delivery, reason: String) async throws(BrokerError) {
        try await letters.add(delivery, reason)
        member.acknowledge([delivery])
    }

    func close() async { await member.close() }
}
