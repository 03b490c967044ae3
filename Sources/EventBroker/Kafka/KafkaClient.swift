import CRDKafka

/// A client of librdkafka, which has threads of its own. Safe to use from any thread.
final class KafkaClient: @unchecked Sendable {
    // Sound to leave unchecked: rd_kafka_t is thread-safe (rdkafka.h, "Thread-safety"), and the pointer does not change.
    let handle: OpaquePointer
    /// The servers' URL.
    let url: String

    /// Makes a client; connects in the background.
    ///
    /// - Parameters:
    ///   - settings: As in librdkafka's CONFIGURATION.md.
    ///   - prepare: Sets callbacks.
    init(
        _ type: rd_kafka_type_t, _ servers: String, _ settings: [(String, String)],
        _ prepare: (OpaquePointer) -> Void = { _ in }
    ) throws(BrokerError) {
        url = "kafka://\(servers)"
        guard let configuration = rd_kafka_conf_new() else { throw BrokerError(.unavailable, url, "out of memory") }
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in [("bootstrap.servers", servers), ("client.id", "hoofprint"), ("log_level", "2")] + settings
        {
            guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                throw BrokerError(.invalid, url, "librdkafka does not take \(name)=\(value): \(Self.text(text))")
            }
        }
        prepare(configuration)
        guard let handle = rd_kafka_new(type, configuration, &text, text.count) else {
            rd_kafka_conf_destroy(configuration)
            throw BrokerError(.unavailable, url, "cannot make a client: \(Self.text(text))")
        }
        self.handle = handle
    }

    deinit {
        // Waits for the client's threads, which whoever uses it last cannot do. Sound: nobody else has the pointer any more.
        nonisolated(unsafe) let handle = handle
        BlockingThread.start { rd_kafka_destroy(handle) }
    }

    /// An error's words and what to do.
    func error(_ code: rd_kafka_resp_err_t, _ action: String) -> BrokerError {
        let text = String(cString: rd_kafka_err2str(code))
        switch code {
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR__AUTHENTICATION:
            return BrokerError(.refused, url, "cannot \(action): \(text); look at the rights")
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
            return BrokerError(.invalid, url, "cannot \(action): \(text)")
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
            return BrokerError(.unavailable, url, "cannot \(action): \(text); create the topic")
        default:
            return BrokerError(.unavailable, url, "cannot \(action): \(text); look whether it runs and is reachable")
        }
    }

    /// The number of partitions of a topic, and the fewest copies that one of them has. Asking creates the topic where the
    /// servers do so by themselves.
    func topic(_ name: String, patience: Duration) throws(BrokerError) -> (partitions: Int, replicas: Int) {
        guard let topic = rd_kafka_topic_new(handle, name, nil) else {
            throw error(rd_kafka_last_error(), "use the topic '\(name)'")
        }
        defer { rd_kafka_topic_destroy(topic) }
        let end = ContinuousClock.now + patience
        var pause = Backoff()
        while true {
            var answer: UnsafePointer<rd_kafka_metadata>?
            var code = rd_kafka_metadata(handle, 0, topic, &answer, 2000)
            defer { if let answer { rd_kafka_metadata_destroy(answer) } }
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, let found = answer?.pointee.topics?.pointee {
                code = found.err
                let partitions = UnsafeBufferPointer(start: found.partitions, count: Int(found.partition_cnt))
                if code == RD_KAFKA_RESP_ERR_NO_ERROR, !partitions.isEmpty {
                    return (partitions.count, partitions.map { Int($0.replica_cnt) }.min() ?? 0)
                }
            }
            guard .now < end else { throw error(code, "use the topic '\(name)'") }
            ThreadSignal().pause(pause.pause())
        }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
