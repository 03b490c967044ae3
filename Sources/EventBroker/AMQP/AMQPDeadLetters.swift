/// The dead letters of a group in RabbitMQ. Each call makes a connection of its own.
struct AMQPDeadLetters: DeadLetters {
    private let address: AMQPAddress
    private let queue: AMQPQueue

    /// Those of a group.
    init(_ address: AMQPAddress, _ queue: AMQPQueue) { (self.address, self.queue) = (address, queue) }

    func count() async throws(BrokerError) -> Int {
        try await connected { connection throws(BrokerError) in try connection.count(queue.deadName) }
    }

    func list(limit: Int) async throws(BrokerError) -> [DeadLetter] {
        try await connected { connection throws(BrokerError) in
            var letters: [DeadLetter] = []
            // What is not acknowledged is put back when the connection ends.
            while letters.count < limit, let (_, content) = try connection.get(queue.deadName) {
                letters.append(letter(content))
            }
            return letters
        }
    }

    private func letter(_ content: AMQPContent) -> DeadLetter {
        // What the broker put there has no reason of a consumer's.
        let attempts = content.attempts ?? queue.options.deliveries
        return DeadLetter(
            message: content.message,
            reason: content.reason ?? "delivered \(attempts) times without being acknowledged", attempts: attempts)
    }

    func replay(_ ids: Set<String>?) async throws(BrokerError) -> Int {
        try await connected { connection throws(BrokerError) in
            try connection.confirm()
            var confirms = AMQPConfirms(connection)
            var outcome = AMQPConfirms.Outcome()
            // Those that become dead letters again meanwhile are left.
            var left = try connection.count(queue.deadName)
            var replayed = 0
            while left > 0 {
                var tags: [UInt64] = []
                var messages: [AMQPOutgoing] = []
                while left > 0, messages.count < 500, let (tag, content) = try connection.get(queue.deadName) {
                    left -= 1
                    guard ids?.contains(content.message.id) ?? true else { continue }
                    tags.append(tag)
                    messages.append(AMQPOutgoing(exchange: "", routingKey: queue.name, message: content.message))
                }
                if messages.isEmpty { break }
                try confirms.send(&messages, &outcome, until: .now + queue.options.publishPatience) { false }
                if outcome.isFull || outcome.hasNoGroup {
                    throw BrokerError(
                        .full, "\(address)",
                        "the queue '\(queue.name)' takes no more, or is gone; \(replayed) were replayed")
                }
                for tag in tags { try connection.acknowledge(tag, isMultiple: false) }
                replayed += tags.count
            }
            return replayed
        }
    }

    private func connected<R: Sendable>(
        _ body: @escaping @Sendable (AMQPConnection) throws(BrokerError) -> R
    ) async throws(BrokerError) -> R {
        let (address, queue) = (address, queue)
        return try await BlockingThread.run { () throws(BrokerError) in
            let connection = try AMQPConnection.open(address)
            try queue.declare(connection, .lasting)
            let result = try body(connection)
            connection.close()
            return result
        }
    }
}
