import CRDKafka
import Hoofprint
import Synchronization

/// Publishes: idempotent, so that a repetition after a lost answer is not kept twice, and confirmed by all replicas that
/// are in sync.
final class KafkaProducer: Sendable {
    private let client: KafkaClient
    private let isClosed = Atomic(false)

    /// Starts the client, and the thread that hears what became of messages.
    init(_ servers: String, _ options: BrokerOptions) throws(BrokerError) {
        let patience = max(options.publishPatience.components.seconds * 1000, 1000)
        client = try KafkaClient(
            RD_KAFKA_PRODUCER, servers,
            [
                ("enable.idempotence", "true"), ("acks", "all"), ("linger.ms", "5"),
                ("delivery.timeout.ms", "\(patience)"), ("request.timeout.ms", "\(min(patience, 30_000))"),
                // As the Java client's default has it, so that all agree which partition a key is in.
                ("partitioner", "murmur2_random"),
                ("queue.buffering.max.messages", "20000"),
            ]
        ) { rd_kafka_conf_set_dr_msg_cb($0, delivered) }
        BlockingThread.start { [client, self] in
            while !self.isClosed.load(ordering: .acquiring) { rd_kafka_poll(client.handle, 100) }
            // Those that wait are told.
            rd_kafka_purge(client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            rd_kafka_flush(client.handle, 1000)
        }
    }

    /// Whether the producer must be made anew: something happened that it cannot be sure of.
    var hasFailed: Bool {
        var text = [CChar](repeating: 0, count: 256)
        return rd_kafka_fatal_error(client.handle, &text, text.count) != RD_KAFKA_RESP_ERR_NO_ERROR
    }

    /// Publishes messages; returns once they are confirmed.
    func publish(_ messages: [KafkaOutgoing]) async throws(BrokerError) {
        if messages.isEmpty { return }
        guard !isClosed.load(ordering: .acquiring) else { throw BrokerError(.closed, client.url, "it was closed") }
        let batch = KafkaBatch(messages.count)
        await span("broker.publish", ["messages": messages.count]) {
            for message in messages { await send(message, batch) }
            await batch.wait()
        }
        if let code = batch.failure { throw client.error(code, "publish to '\(messages[0].topic)'") }
    }

    private func send(_ message: KafkaOutgoing, _ batch: KafkaBatch) async {
        while true {
            let opaque = Unmanaged.passRetained(batch)
            let code = message.send(client, opaque.toOpaque())
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            opaque.release()
            guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, !isClosed.load(ordering: .acquiring), !Task.isCancelled else {
                return batch.note(code)
            }
            // The queue is bounded: there is room as soon as the servers have confirmed some.
            _ = try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Ends the producer; what is on its way fails.
    func close() { isClosed.store(true, ordering: .releasing) }
}

/// Messages that are published together.
final class KafkaBatch: Sendable {
    private struct State {
        var open: Int
        var failure: rd_kafka_resp_err_t?
        var continuation: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    /// A batch of which nothing is known.
    init(_ count: Int) { state = Mutex(State(open: count)) }

    /// Why one of them was not taken.
    var failure: rd_kafka_resp_err_t? { state.withLock { $0.failure } }

    /// Notes what became of one message.
    func note(_ code: rd_kafka_resp_err_t) {
        let continuation = state.withLock { state in
            state.open -= 1
            if code != RD_KAFKA_RESP_ERR_NO_ERROR { state.failure = code }
            return state.open == 0 ? state.continuation.take() : nil
        }
        continuation?.resume()
    }

    /// Waits until something is known of all.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.open > 0 { state.continuation = continuation }
                return state.open == 0
            }
            if isOver { continuation.resume() }
        }
    }
}

private func delivered(
    _ handle: OpaquePointer?, _ message: UnsafePointer<rd_kafka_message_t>?, _ opaque: UnsafeMutableRawPointer?
) {
    guard let message, let batch = message.pointee._private else { return }
    Unmanaged<KafkaBatch>.fromOpaque(batch).takeRetainedValue().note(message.pointee.err)
}
