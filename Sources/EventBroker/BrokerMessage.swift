/// A message as it is published.
public struct BrokerMessage: Sendable, Equatable {
    /// Unique among the messages of a topic. A message may arrive more than once: consumers count each id once.
    public let id: String
    /// Whose it is, at most 255 bytes of UTF-8: messages of one key stay in order where the broker can keep it, and
    /// subscribers of RabbitMQ can bind to one key.
    public let key: String
    /// What it says; opaque to the broker.
    public let body: [UInt8]
    /// The trace it belongs to, in the form of W3C's `traceparent`.
    public let traceParent: String?

    /// A message.
    public init(id: String, key: String, body: [UInt8], traceParent: String? = nil) {
        self.id = id
        self.key = key
        self.body = body
        self.traceParent = traceParent
    }
}

/// A message on loan to a consumer, until it acknowledges, releases or rejects it.
public struct Delivery: Sendable {
    /// What was published.
    public let message: BrokerMessage
    /// The how manieth delivery to this group it is, from 1. Kafka's is counted within one consumer's lifetime.
    public let attempt: Int
    /// How the driver knows it again.
    let receipt: Receipt

    /// Where a delivery came from. Of an older epoch it has become void: the broker delivers the message again.
    struct Receipt: Sendable, Hashable {
        /// Which connection, member or assignment it was made over.
        var epoch: UInt64
        /// Which of several queues, where there are several.
        var queue: Int32 = 0
        /// Its number there.
        var number: Int64
    }
}

/// A message that a group could not handle, kept for people to look at.
public struct DeadLetter: Sendable, Equatable {
    /// What was published.
    public let message: BrokerMessage
    /// Why it is here: the consumer's words, or that it was delivered too often without an acknowledgement.
    public let reason: String
    /// How often it had been delivered; nil where the broker does not say.
    public let attempts: Int?
}
