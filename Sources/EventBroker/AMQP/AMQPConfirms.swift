/// Sends messages on a connection and waits for the broker's word on each.
///
/// Many are on their way at a time; RabbitMQ confirms a quorum queue's message when a majority has it on its disk.
struct AMQPConfirms {
    /// What became of messages that the broker has spoken of.
    struct Outcome {
        /// A queue did not take one.
        var isFull = false
        /// No queue was there for one.
        var hasNoGroup = false
    }

    /// The most messages without the broker's word.
    private static let window = 2000
    private let connection: AMQPConnection
    private var lastTag: UInt64 = 0

    /// On a connection that confirms, and has published nothing so far.
    init(_ connection: AMQPConnection) { self.connection = connection }

    /// Sends messages.
    ///
    /// - Parameters:
    ///   - messages: In order; those that the broker has spoken of are taken out, also when this throws.
    ///   - outcome: Told what became of those.
    ///   - limit: When to stop waiting.
    ///   - isEnded: Whether to stop now.
    mutating func send(
        _ messages: inout [AMQPOutgoing], _ outcome: inout Outcome, until limit: ContinuousClock.Instant,
        isEnded: () -> Bool
    ) throws(BrokerError) {
        let first = lastTag + 1
        var sent = 0
        var answers = Answers(count: messages.count)
        defer { messages = answers.open.map { [messages] in messages[$0] } }
        while answers.openCount > 0 {
            while sent < messages.count, sent - answers.answered < Self.window {
                try connection.publish(messages[sent])
                sent += 1
                lastTag += 1
            }
            let now = ContinuousClock.now
            guard now < limit, !isEnded() else {
                throw BrokerError(
                    .unavailable, "\(connection.address)",
                    "\(answers.openCount) of \(messages.count) messages were not confirmed in time; try again")
            }
            switch try connection.wait(min(.seconds(1), limit - now)) {
            case .confirmed(let tag, let isMultiple): answers.add(tag, from: first, isMultiple)
            case .refused(let tag, let isMultiple):
                outcome.isFull = true
                answers.add(tag, from: first, isMultiple)
            case .returned: outcome.hasNoGroup = true
            case .delivery, nil: break
            }
        }
    }

    /// Which messages the broker has spoken of.
    private struct Answers {
        private var isAnswered: [Bool]
        private var low = 0
        private(set) var answered = 0

        init(count: Int) { isAnswered = Array(repeating: false, count: count) }

        var openCount: Int { isAnswered.count - answered }
        var open: [Int] { isAnswered.indices.filter { !isAnswered[$0] } }

        /// Notes a tag, or all up to it.
        mutating func add(_ tag: UInt64, from first: UInt64, _ isMultiple: Bool) {
            guard tag >= first, tag - first < UInt64(isAnswered.count) else { return }
            let index = Int(tag - first)
            for known in isMultiple ? min(low, index)...index : index...index where !isAnswered[known] {
                isAnswered[known] = true
                answered += 1
            }
            while low < isAnswered.count, isAnswered[low] { low += 1 }
        }
    }
}
