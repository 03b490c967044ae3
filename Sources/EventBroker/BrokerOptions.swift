/// What is the same for all drivers.
public struct BrokerOptions: Sendable {
    /// How often a message is delivered to a group without being acknowledged before it is a dead letter.
    public var deliveries = 5
    /// The most messages that a consumer of a server holds, handed out or not: RabbitMQ's prefetch.
    public var prefetch = 1000
    /// How long publishing tries to reach the broker, and waits for its confirmation.
    public var publishPatience = Duration.seconds(30)
    /// The most bytes that are kept for consumers that are away: in the file of an embedded queue, in a queue of RabbitMQ.
    /// Beyond, publishing fails with ``BrokerError/Kind/full``. Kafka's retention is its own.
    public var keptBytes = 4 << 30

    /// The defaults.
    public init() {}
}
