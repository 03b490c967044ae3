import CRDKafka

/// The dead letters of a group in Kafka, on a topic of their own, from which nothing can be taken out: what was replayed is
/// marked so by a later record.
struct KafkaDeadLetters: DeadLetters {
    private let broker: KafkaBroker
    private let servers: String
    private let topic: String
    private let group: String

    /// Those of a group.
    init(_ broker: KafkaBroker, _ servers: String, topic: String, group: String) {
        (self.broker, self.servers, self.topic, self.group) = (broker, servers, topic, group)
    }

    /// The topic of the letters.
    var deadTopic: String { "\(topic).dead.\(group)" }
    /// The topic that the group gets replayed messages by, beside the one of all.
    var retryTopic: String { "\(topic).retry.\(group)" }

    /// Adds a letter.
    func add(_ delivery: Delivery, _ reason: String) async throws(BrokerError) {
        let headers = [(KafkaHeader.reason, reason), (KafkaHeader.attempts, "\(delivery.attempt)")]
        try await broker.send([KafkaOutgoing(topic: deadTopic, message: delivery.message, headers: headers)])
    }

    func count() async throws(BrokerError) -> Int { try await read().count }

    func list(limit: Int) async throws(BrokerError) -> [DeadLetter] {
        try await read().prefix(limit).map { record in
            DeadLetter(
                message: record.message, reason: record.headers[KafkaHeader.reason] ?? "",
                attempts: record.headers[KafkaHeader.attempts].flatMap { Int($0) })
        }
    }

    func replay(_ ids: Set<String>?) async throws(BrokerError) -> Int {
        let chosen = try await read().map(\.message).filter { ids?.contains($0.id) ?? true }
        try await broker.send(chosen.map { KafkaOutgoing(topic: retryTopic, message: $0) })
        try await broker.send(
            chosen.map { message in
                KafkaOutgoing(
                    topic: deadTopic, message: BrokerMessage(id: message.id, key: message.key, body: []),
                    headers: [(KafkaHeader.replayed, "yes")])
            })
        return chosen.count
    }

    /// All letters that were not replayed since, each once; those of a key in order.
    private func read() async throws(BrokerError) -> [KafkaMessage] {
        let (servers, topic) = (servers, deadTopic)
        let records = try await BlockingThread.run { () throws(BrokerError) in
            try KafkaTopicReader(servers, topic).read()
        }
        var letters: [String: Int] = [:]
        for (index, record) in records.enumerated() {
            // Records of a message are in one partition, and so in order.
            letters[record.message.id] = record.headers[KafkaHeader.replayed] == nil ? index : nil
        }
        return letters.values.sorted().map { records[$0] }
    }
}

/// Reads a topic from its beginning to where it ends now. Of one thread; blocks.
struct KafkaTopicReader {
    private let client: KafkaClient
    private let topic: String

    /// Makes a client for it.
    init(_ servers: String, _ topic: String) throws(BrokerError) {
        self.topic = topic
        client = try KafkaClient(
            RD_KAFKA_CONSUMER, servers,
            [
                ("group.id", "hoofprint-reader"), ("enable.auto.commit", "false"), ("auto.offset.reset", "earliest"),
                ("allow.auto.create.topics", "true"),
            ])
    }

    /// All records; those of a partition in order. The client is of no use afterwards.
    func read() throws(BrokerError) -> [KafkaMessage] {
        defer { rd_kafka_consumer_close(client.handle) }
        let partitions = try client.topic(topic, patience: .seconds(10)).partitions
        var ends: [Int32: Int64] = [:]
        let list = rd_kafka_topic_partition_list_new(Int32(partitions))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for partition in 0..<Int32(partitions) {
            var (low, high) = (Int64(0), Int64(0))
            let code = rd_kafka_query_watermark_offsets(client.handle, topic, partition, &low, &high, 10_000)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw client.error(code, "read the topic '\(topic)'") }
            if high > low {
                ends[partition] = high
                rd_kafka_topic_partition_list_add(list, topic, partition)?.pointee.offset = low
            }
        }
        if ends.isEmpty { return [] }
        rd_kafka_poll_set_consumer(client.handle)
        rd_kafka_assign(client.handle, list)
        return try records(until: ends)
    }

    private func records(until ends: [Int32: Int64]) throws(BrokerError) -> [KafkaMessage] {
        var (open, records) = (ends, [KafkaMessage]())
        var lastRecord = ContinuousClock.now
        while !open.isEmpty {
            guard let pointer = rd_kafka_consumer_poll(client.handle, 500) else {
                guard .now < lastRecord + .seconds(30) else {
                    throw client.error(RD_KAFKA_RESP_ERR__TIMED_OUT, "read the topic '\(topic)'")
                }
                continue
            }
            defer { rd_kafka_message_destroy(pointer) }
            guard pointer.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            lastRecord = .now
            let record = KafkaMessage(pointer.pointee, pointer)
            if let end = ends[record.partition], record.offset < end { records.append(record) }
            if let end = open[record.partition], record.offset >= end - 1 { open[record.partition] = nil }
        }
        return records
    }
}
