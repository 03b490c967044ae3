import Hoofprint

/// A queue in a SQLite file, which the processes of one machine share, without a server.
///
/// What is published is on the disk (write-ahead log, `synchronous = FULL`). Messages of one key are handed to one member
/// of a group at a time, so that they stay in order. Consumers do not poll: they are woken by publishers of any process.
final class EmbeddedBroker: EventBroker {
    private let file: QueueFile
    private let bell: QueueBell
    private let options: BrokerOptions

    /// Opens the queue, or makes it.
    init(path: String, options: BrokerOptions) async throws(BrokerError) {
        (file, bell) = try await BlockingThread.run { () throws(BrokerError) in
            (try QueueFile(path: path), try QueueBell(beside: path))
        }
        self.options = options
    }

    private var url: String { "embedded:\(file.path)" }

    func publish(_ messages: [BrokerMessage], to topic: String) async throws(BrokerError) {
        try BrokerNames.check(topic: topic, at: url)
        try BrokerNames.check(messages, at: url)
        if messages.isEmpty { return }
        let (url, most) = (url, options.keptBytes)
        try await span("broker.publish", ["messages": messages.count]) { () async throws(BrokerError) in
            try await file.write(.disk) { database in
                guard try QueueTopic.bytes(database) < most else {
                    throw BrokerError(
                        .full, url, "\(most) bytes wait for consumers; start consumers, or look at the dead letters")
                }
                try QueueTopic.append(messages, to: QueueTopic.number(of: topic, database), database)
            }
        }
        bell.ring()
    }

    func consumer(
        of topic: String, group: String, kind: GroupKind
    ) async throws(BrokerError) -> any EventConsumer {
        try BrokerNames.check(topic: topic, group: group, at: url)
        return try await EmbeddedConsumer(file, bell, open(topic, group, kind))
    }

    private func open(_ topic: String, _ group: String, _ kind: GroupKind) async throws(BrokerError) -> QueueGroup {
        let deliveries = options.deliveries
        return try await file.write(.disk) { database in
            try QueueGroup.open(group, of: topic, kind, deliveries: deliveries, database)
        }
    }

    func deadLetters(of topic: String, group: String) async throws(BrokerError) -> any DeadLetters {
        try BrokerNames.check(topic: topic, group: group, at: url)
        return EmbeddedDeadLetters(file, bell, try await open(topic, group, .lasting))
    }

    func close() async {
        let file = file
        do {
            try await BlockingThread.run { () throws(BrokerError) in try file.close() }
        } catch {
            // A consumer is in the middle of something; the file is closed with the last use of it.
        }
    }
}
