import CRDKafka
import Hoofprint
import Logging
import Synchronization

/// The thread of a member of a group: receives, commits, and takes part in rebalances.
final class KafkaMember: Sendable {
    private struct State {
        var share = KafkaShare()
        var isClosed = false
        var isPaused = false
        var started: CheckedContinuation<Result<Void, BrokerError>, Never>?
        var whenEnded: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
    }

    /// What was received and not taken.
    let inbox = Inbox()
    private let state = Mutex(State())
    private let options: BrokerOptions
    private let kind: GroupKind
    private let logger: Logger
    // Wakes the thread where it waits until less is held.
    private let acknowledged = ThreadSignal()
    /// How long it does not ask for more while it holds what is allowed: then it pauses its partitions, which throws away
    /// what librdkafka has fetched, and takes part in rebalances again.
    private static let fullPatience = Duration.seconds(2)

    /// Runs nothing yet.
    init(_ options: BrokerOptions, _ kind: GroupKind, _ logger: Logger) {
        (self.options, self.kind, self.logger) = (options, kind, logger)
    }

    /// Joins the group; returns once the member has its share.
    func start(_ servers: String, group: String, topics: [String]) async throws(BrokerError) {
        let result = await withCheckedContinuation { started in
            state.withLock { $0.started = started }
            BlockingThread.start { self.run(servers, group, topics) }
        }
        try result.get()
    }

    /// Whether a delivery is still this member's.
    func holds(_ delivery: Delivery) -> Bool { state.withLock { $0.share.epoch == delivery.receipt.epoch } }

    /// Notes acknowledgements; they are committed within a tenth of a second.
    func acknowledge(_ deliveries: [Delivery]) {
        state.withLock { $0.share.acknowledge(deliveries.map(\.receipt)) }
        acknowledged.signal()
    }

    /// Leaves the group.
    func close() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                state.isClosed = true
                if !state.hasEnded { state.whenEnded.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}

// MARK: The thread

extension KafkaMember {
    private func run(_ servers: String, _ group: String, _ topics: [String]) {
        do throws(BrokerError) {
            let client = try open(servers, group, topics)
            var fullSince: ContinuousClock.Instant?
            while !state.withLock({ $0.isClosed }) {
                fullSince = isFull ? fullSince ?? .now : nil
                if let fullSince, .now < fullSince + Self.fullPatience {
                    acknowledged.wait(milliseconds: 100)
                } else {
                    setPaused(fullSince != nil, client)
                    receive(client)
                }
                commit(client.handle, isWaiting: false)
            }
            commit(client.handle, isWaiting: true)
            rd_kafka_consumer_close(client.handle)
        } catch {
            answer(.failure(error))
        }
        inbox.fail(BrokerError(.closed, "kafka://\(servers)", "the consumer was closed"))
        let waiting = state.withLock { state in
            (state.isClosed, state.hasEnded) = (true, true)
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        for continuation in waiting { continuation.resume() }
    }

    private func open(_ servers: String, _ group: String, _ topics: [String]) throws(BrokerError) -> KafkaClient {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let client = try KafkaClient(
            RD_KAFKA_CONSUMER, servers,
            [
                ("group.id", group), ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
                ("auto.offset.reset", "earliest"), ("allow.auto.create.topics", "true"),
                // A member that was killed is noticed after this long.
                ("session.timeout.ms", "10000"), ("heartbeat.interval.ms", "2000"),
                ("queued.max.messages.kbytes", "16384"),
            ]
        ) { configuration in
            rd_kafka_conf_set_opaque(configuration, context)
            rd_kafka_conf_set_rebalance_cb(configuration, rebalanced)
        }
        do throws(BrokerError) {
            for topic in topics {
                let found = try client.topic(topic, patience: .seconds(10))
                if found.replicas < 3 {
                    logger.warning(
                        "topic '\(topic)' has \(found.replicas) copies: messages go with their servers' disks")
                }
            }
            rd_kafka_poll_set_consumer(client.handle)
            let list = rd_kafka_topic_partition_list_new(Int32(topics.count))
            defer { rd_kafka_topic_partition_list_destroy(list) }
            for topic in topics { rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA) }
            let code = rd_kafka_subscribe(client.handle, list)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw client.error(code, "join the group '\(group)'") }
        } catch {
            throw error
        }
        return client
    }

    private func answer(_ result: Result<Void, BrokerError>) {
        state.withLock { $0.started.take() }?.resume(returning: result)
    }

    /// Takes what has arrived; waits a tenth of a second for the first.
    private func receive(_ client: KafkaClient) {
        guard let first = rd_kafka_consumer_poll(client.handle, 100) else { return }
        span("broker.receive") { span in
            var record: UnsafeMutablePointer<rd_kafka_message_t>? = first
            var count = 0
            while let pointer = record {
                if add(pointer) { count += 1 }
                rd_kafka_message_destroy(pointer)
                record = count < 500 ? rd_kafka_consumer_poll(client.handle, 0) : nil
            }
            span["messages"] = count
        }
    }

    private func add(_ pointer: UnsafeMutablePointer<rd_kafka_message_t>) -> Bool {
        guard pointer.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            // The client mends it by itself, and goes on where it was.
            logger.warning("receiving: \(String(cString: rd_kafka_err2str(pointer.pointee.err)))")
            return false
        }
        let record = KafkaMessage(pointer.pointee, pointer)
        let receipt = state.withLock { $0.share.deliver(record) }
        guard let receipt else { return false }
        inbox.add([Delivery(message: record.message, attempt: 1, receipt: receipt)])
        return true
    }

    /// Commits what was acknowledged since.
    private func commit(_ handle: OpaquePointer, isWaiting: Bool) {
        let positions = state.withLock { $0.share.takePositions() }
        if positions.isEmpty { return }
        let code = span("broker.acknowledge") {
            let list = rd_kafka_topic_partition_list_new(Int32(positions.count))
            defer { rd_kafka_topic_partition_list_destroy(list) }
            for (place, position) in positions {
                rd_kafka_topic_partition_list_add(list, place.topic, place.partition)?.pointee.offset = position
            }
            return rd_kafka_commit(handle, list, isWaiting ? 0 : 1)
        }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            logger.warning("committing: \(String(cString: rd_kafka_err2str(code))); messages may come again")
        }
    }

    /// Whether as much is held as is allowed; once paused, more than half of it.
    private var isFull: Bool {
        let (open, isPaused) = state.withLock { ($0.share.openCount, $0.isPaused) }
        return open >= (isPaused ? options.prefetch / 2 : options.prefetch)
    }

    /// Stops fetching, or goes on.
    private func setPaused(_ isPaused: Bool, _ client: KafkaClient) {
        guard state.withLock({ $0.isPaused }) != isPaused else { return }
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        guard rd_kafka_assignment(client.handle, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        _ = isPaused ? rd_kafka_pause_partitions(client.handle, list) : rd_kafka_resume_partitions(client.handle, list)
        state.withLock { $0.isPaused = isPaused }
    }
}

// MARK: Rebalances

extension KafkaMember {
    /// Takes over partitions, or gives them up. Runs on the member's thread, within a poll or the close.
    fileprivate func rebalance(
        _ handle: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            let elements = UnsafeMutableBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
            if kind == .passing { for index in elements.indices { begin(handle, &elements[index]) } }
            replace(elements.map { KafkaShare.Place(topic: String(cString: $0.topic), partition: $0.partition) })
            rd_kafka_assign(handle, list)
            answer(.success(()))
        } else {
            commit(handle, isWaiting: true)
            replace([])
            rd_kafka_assign(handle, nil)
        }
    }

    /// Begins a passing group's partition with what comes from now on.
    private func begin(_ handle: OpaquePointer, _ partition: inout rd_kafka_topic_partition_t) {
        var (low, high) = (Int64(0), Int64(0))
        let code = rd_kafka_query_watermark_offsets(handle, partition.topic, partition.partition, &low, &high, 5000)
        partition.offset = code == RD_KAFKA_RESP_ERR_NO_ERROR ? high : Int64(RD_KAFKA_OFFSET_END)
    }

    /// Makes void what was handed out before.
    private func replace(_ places: [KafkaShare.Place]) {
        state.withLock { state in
            state.share.replace(places)
            state.isPaused = false
        }
        inbox.removeAll()
    }
}

private func rebalanced(
    _ handle: OpaquePointer?, _ code: rd_kafka_resp_err_t,
    _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, _ opaque: UnsafeMutableRawPointer?
) {
    guard let handle, let list, let opaque else { return }
    Unmanaged<KafkaMember>.fromOpaque(opaque).takeUnretainedValue().rebalance(handle, code, list)
}
