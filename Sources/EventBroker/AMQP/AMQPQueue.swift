/// The queues of a group: its own, and that of its dead letters.
struct AMQPQueue: Sendable {
    let topic: String
    let group: String
    let options: BrokerOptions

    /// The queue. Neither name has a colon.
    var name: String { "\(topic):\(group)" }
    /// Where the broker puts what was delivered too often, and consumers what they reject.
    var deadName: String { "\(name):dead" }

    /// How long a passing group's queue is kept without a consumer, so that it outlives a lost connection; in milliseconds.
    private static let passingExpiry: Int64 = 60_000

    /// Makes sure that all is there, and as safe as it is meant to be: the broker refuses to declare a queue that exists
    /// with other settings.
    func declare(_ connection: AMQPConnection, _ kind: GroupKind) throws(BrokerError) {
        let expiry: [(String, AMQPScratch.Value)] = kind == .passing ? [("x-expires", .number(Self.passingExpiry))] : []
        try connection.declareTopic(topic)
        try connection.declareQueue(deadName, expiry)
        try connection.declareQueue(
            name,
            [
                // The limit is on how often a message is given back.
                ("x-delivery-limit", .number(Int64(max(options.deliveries, 1) - 1))),
                ("x-dead-letter-exchange", .text("")),
                ("x-dead-letter-routing-key", .text(deadName)),
                // A dead letter is confirmed by its queue before it leaves the other; this needs `reject-publish`.
                ("x-dead-letter-strategy", .text("at-least-once")),
                ("x-overflow", .text("reject-publish")),
                ("x-max-length-bytes", .number(Int64(options.keptBytes))),
            ] + expiry)
        try connection.bind(name, to: topic)
    }
}
