import CRDKafka

/// The headers that carry what Kafka's records do not.
enum KafkaHeader {
    static let id = "ce_id"
    static let traceParent = "traceparent"
    static let reason = "hoofprint-reason"
    static let attempts = "hoofprint-attempts"
    /// On a topic of dead letters: the message of this id is none any more.
    static let replayed = "hoofprint-replayed"
}

/// A record as it came.
struct KafkaMessage: Sendable {
    let message: BrokerMessage
    let headers: [String: String]
    let topic: String
    let partition: Int32
    let offset: Int64

    /// Copies a record.
    init(_ record: rd_kafka_message_t, _ pointer: UnsafeMutablePointer<rd_kafka_message_t>) {
        headers = Self.headers(pointer)
        topic = record.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? ""
        partition = record.partition
        offset = record.offset
        message = BrokerMessage(
            id: headers[KafkaHeader.id] ?? "\(topic)-\(record.partition)-\(record.offset)",
            key: String(decoding: UnsafeRawBufferPointer(start: record.key, count: record.key_len), as: UTF8.self),
            body: Array(UnsafeRawBufferPointer(start: record.payload, count: record.len)),
            traceParent: headers[KafkaHeader.traceParent])
    }

    private static func headers(_ record: UnsafeMutablePointer<rd_kafka_message_t>) -> [String: String] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(record, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [:] }
        var headers: [String: String] = [:]
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        var index = 0
        while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name {
            headers[String(cString: name)] = String(
                decoding: UnsafeRawBufferPointer(start: value, count: size), as: UTF8.self)
            index += 1
        }
        return headers
    }
}

/// A record to be sent.
struct KafkaOutgoing: Sendable {
    let topic: String
    let message: BrokerMessage
    var headers: [(String, String)] = []

    /// Hands it to librdkafka; `opaque` comes back with what became of it.
    func send(_ client: KafkaClient, _ opaque: UnsafeMutableRawPointer) -> rd_kafka_resp_err_t {
        guard let list = rd_kafka_headers_new(4) else { return RD_KAFKA_RESP_ERR__QUEUE_FULL }
        var all = headers + [(KafkaHeader.id, message.id)]
        if let parent = message.traceParent { all.append((KafkaHeader.traceParent, parent)) }
        for (name, value) in all {
            _ = rd_kafka_header_add(list, name, -1, value, value.utf8.count)
        }
        var key = message.key
        let code = key.withUTF8 { key in
            message.body.withUnsafeBytes { body in
                hp_kafka_produce(
                    client.handle, topic, body.baseAddress, body.count, key.baseAddress, key.count, list, opaque)
            }
        }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { rd_kafka_headers_destroy(list) }
        return code
    }
}
