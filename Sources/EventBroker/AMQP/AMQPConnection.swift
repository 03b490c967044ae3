import CRabbitMQ

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A connection to RabbitMQ with one channel, through librabbitmq. Of one thread; every call blocks.
///
/// After an error it is of no more use.
final class AMQPConnection {
    /// What the broker sent by itself.
    enum Event {
        case delivery(tag: UInt64, AMQPContent)
        case confirmed(tag: UInt64, isMultiple: Bool)
        case refused(tag: UInt64, isMultiple: Bool)
        case returned(AMQPContent)
    }

    /// How often both sides say that they live. Twice that without a word ends a connection.
    private static let heartbeatSeconds: Int32 = 10
    private static let patience = timeval(tv_sec: 10, tv_usec: 0)
    let address: AMQPAddress
    /// What librabbitmq knows of it.
    let state: amqp_connection_state_t
    private let channel: amqp_channel_t = 1
    private let scratch: AMQPScratch
    /// Whether the broker is to be said goodbye to.
    var isOpen = false
    private var topics: Set<String> = []

    /// Connects to the first node, in random order, that answers.
    static func open(_ address: AMQPAddress) throws(BrokerError) -> AMQPConnection {
        var failure = BrokerError(.invalid, "\(address)", "no server is named")
        for node in address.nodes.shuffled() {
            do throws(BrokerError) {
                return try AMQPConnection(address, node)
            } catch {
                failure = error
                if error.kind == .refused { break }
            }
        }
        throw failure
    }

    /// Connects, logs in, and opens the channel.
    private init(_ address: AMQPAddress, _ node: AMQPAddress.Node) throws(BrokerError) {
        guard let state = amqp_new_connection() else {
            throw BrokerError(.unavailable, "\(address)", "out of memory")
        }
        self.address = address
        self.state = state
        scratch = AMQPScratch()
        try connect(node)
        var patience = Self.patience
        amqp_set_handshake_timeout(state, &patience)
        patience.tv_sec = 30
        amqp_set_rpc_timeout(state, &patience)
        try check(
            hp_amqp_login(state, address.virtualHost, Self.heartbeatSeconds, address.user, address.password), "log in")
        isOpen = true
        try check(amqp_channel_open(state, channel), "open a channel")
    }

    deinit { amqp_destroy_connection(state) }

    private func connect(_ node: AMQPAddress.Node) throws(BrokerError) {
        let socket: OpaquePointer?
        if address.isEncrypted {
            socket = amqp_ssl_socket_new(state)
            if let socket {
                // Both are on by default; they are the point of it.
                amqp_ssl_socket_set_verify_peer(socket, 1)
                amqp_ssl_socket_set_verify_hostname(socket, 1)
                let code = amqp_ssl_socket_set_cacert(socket, AMQPTrust.certificates)
                guard code == AMQP_STATUS_OK.rawValue else {
                    throw BrokerError(
                        .invalid, "\(address)",
                        "cannot read the certificates in \(AMQPTrust.certificates); set SSL_CERT_FILE")
                }
            }
        } else {
            socket = amqp_tcp_socket_new(state)
        }
        guard let socket else { throw failure(AMQP_STATUS_NO_MEMORY.rawValue, "connect") }
        var patience = Self.patience
        let code = amqp_socket_open_noblock(socket, node.host, Int32(node.port), &patience)
        guard code == AMQP_STATUS_OK.rawValue else { throw failure(code, "connect") }
    }

    /// The socket, to wait for it with poll(2).
    var descriptor: Int32 { amqp_get_sockfd(state) }

    /// Says goodbye; the broker takes back at once what was not acknowledged.
    func close() {
        if isOpen { _ = amqp_connection_close(state, AMQP_REPLY_SUCCESS) }
        isOpen = false
    }
}

// MARK: Exchanges and queues

extension AMQPConnection {
    /// Makes sure that a topic's exchange is there, and durable.
    func declareTopic(_ topic: String) throws(BrokerError) {
        if topics.contains(topic) { return }
        defer { scratch.recycle() }
        try check(
            amqp_exchange_declare(
                state, channel, scratch.bytes(topic), scratch.bytes("topic"), 0, 1, 0, 0, amqp_empty_table),
            "use the exchange '\(topic)'")
        topics.insert(topic)
    }

    /// Makes sure that a queue is there, a durable quorum queue with the settings given.
    func declareQueue(_ name: String, _ settings: [(String, AMQPScratch.Value)]) throws(BrokerError) {
        defer { scratch.recycle() }
        let table = scratch.table([("x-queue-type", .text("quorum"))] + settings)
        try check(
            amqp_queue_declare(state, channel, scratch.bytes(name), 0, 1, 0, 0, table), "use the queue '\(name)'")
    }

    /// Has a queue get a topic's messages: all, or those of one key.
    func bind(_ queue: String, to topic: String, key: String = "#") throws(BrokerError) {
        defer { scratch.recycle() }
        try check(
            amqp_queue_bind(
                state, channel, scratch.bytes(queue), scratch.bytes(topic), scratch.bytes(key), amqp_empty_table),
            "bind the queue '\(queue)'")
    }

    /// The number of messages in a queue that are not handed out.
    func count(_ queue: String) throws(BrokerError) -> Int {
        defer { scratch.recycle() }
        let answer = amqp_queue_declare(state, channel, scratch.bytes(queue), 1, 1, 0, 0, amqp_empty_table)
        try check(answer, "look at the queue '\(queue)'")
        return Int(answer?.pointee.message_count ?? 0)
    }

    /// Removes a queue if it has no consumer.
    func removeUnused(_ queue: String) throws(BrokerError) {
        defer { scratch.recycle() }
        try check(amqp_queue_delete(state, channel, scratch.bytes(queue), 1, 0), "remove the queue '\(queue)'")
    }
}

// MARK: Messages

extension AMQPConnection {
    /// Has the broker confirm what is published from now on.
    func confirm() throws(BrokerError) {
        try check(amqp_confirm_select(state, channel), "have messages confirmed")
    }

    /// Has the broker deliver a queue's messages, at most `prefetch` at a time.
    func consume(_ queue: String, prefetch: Int) throws(BrokerError) {
        defer { scratch.recycle() }
        let count = UInt16(clamping: max(prefetch, 1))
        try check(amqp_basic_qos(state, channel, 0, count, 0), "limit deliveries")
        try check(
            amqp_basic_consume(
                state, channel, scratch.bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table),
            "consume the queue '\(queue)'")
    }

    /// Sends a message, to be kept on the disk, and to be returned where no queue takes it.
    func publish(_ outgoing: AMQPOutgoing) throws(BrokerError) {
        defer { scratch.recycle() }
        var properties = scratch.properties(outgoing)
        let code = outgoing.message.body.withUnsafeBytes { body in
            amqp_basic_publish(
                state, channel, scratch.bytes(outgoing.exchange), scratch.bytes(outgoing.routingKey), 1, 0, &properties,
                amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress)))
        }
        guard code == AMQP_STATUS_OK.rawValue else { throw failure(code, "publish") }
    }

    /// Acknowledges a delivery, or all up to it.
    func acknowledge(_ tag: UInt64, isMultiple: Bool) throws(BrokerError) {
        let code = amqp_basic_ack(state, channel, tag, isMultiple ? 1 : 0)
        guard code == AMQP_STATUS_OK.rawValue else { throw failure(code, "acknowledge") }
    }

    /// Gives a delivery back.
    func release(_ tag: UInt64) throws(BrokerError) {
        let code = amqp_basic_nack(state, channel, tag, 0, 1)
        guard code == AMQP_STATUS_OK.rawValue else { throw failure(code, "give back") }
    }

    /// Takes one message of a queue; nil if there is none.
    func get(_ queue: String) throws(BrokerError) -> (tag: UInt64, AMQPContent)? {
        defer { scratch.recycle() }
        amqp_maybe_release_buffers(state)
        let reply = amqp_basic_get(state, channel, scratch.bytes(queue), 0)
        try check(reply, "look into the queue '\(queue)'")
        guard reply.reply.id == hp_amqp_get_ok, let decoded = reply.reply.decoded else { return nil }
        let tag = decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee.delivery_tag
        return (tag, try content())
    }

    /// What the broker sent; nil if nothing came in time.
    ///
    /// Also keeps the connection alive: it is to be called every few seconds.
    func wait(_ limit: Duration) throws(BrokerError) -> Event? {
        amqp_maybe_release_buffers(state)
        let microseconds = limit.components.attoseconds / 1_000_000_000_000
        var time = timeval(tv_sec: Int(limit.components.seconds), tv_usec: Int(microseconds))
        var frame = amqp_frame_t()
        let code = amqp_simple_wait_frame_noblock(state, &frame, &time)
        if code == AMQP_STATUS_TIMEOUT.rawValue { return nil }
        guard code == AMQP_STATUS_OK.rawValue else { throw failure(code, "receive") }
        guard frame.frame_type == AMQP_FRAME_METHOD else { return nil }
        return try event(frame.payload.method)
    }

    private func event(_ method: amqp_method_t) throws(BrokerError) -> Event? {
        guard let decoded = method.decoded else { return nil }
        switch method.id {
        case hp_amqp_deliver:
            let tag = decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee.delivery_tag
            return .delivery(tag: tag, try content())
        case hp_amqp_ack:
            let ack = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            return .confirmed(tag: ack.delivery_tag, isMultiple: ack.multiple != 0)
        case hp_amqp_nack:
            let nack = decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            return .refused(tag: nack.delivery_tag, isMultiple: nack.multiple != 0)
        case hp_amqp_return: return .returned(try content())
        case hp_amqp_cancel:
            throw BrokerError(.unavailable, "\(address)", "the queue was removed or moved; trying again")
        case hp_amqp_channel_close, hp_amqp_connection_close: throw serverFailure(method, "go on")
        default: return nil
        }
    }

    private func content() throws(BrokerError) -> AMQPContent {
        var message = amqp_message_t()
        try check(amqp_read_message(state, channel, &message, 0), "receive a message")
        defer { amqp_destroy_message(&message) }
        return AMQPContent(message)
    }
}
