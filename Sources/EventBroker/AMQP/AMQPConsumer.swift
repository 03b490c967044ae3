import Hoofprint
import Logging
import Synchronization

/// A member of a group, with a thread and a connection of its own.
final class AMQPConsumer: EventConsumer {
    private enum Command: Sendable {
        case acknowledge([Delivery.Receipt])
        case release([Delivery.Receipt])
    }

    private struct State {
        var commands: [Command] = []
        var isClosed = false
        var whenEnded: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
    }

    private let address: AMQPAddress
    private let queue: AMQPQueue
    private let kind: GroupKind
    private let publisher: AMQPPublisher
    private let logger: Logger
    private let inbox = Inbox()
    private let signal = ThreadSignal()
    private let state = Mutex(State())

    /// Joins the group: connects once, so that what cannot be mended is said at once.
    init(
        _ address: AMQPAddress, _ queue: AMQPQueue, _ kind: GroupKind, _ publisher: AMQPPublisher, _ logger: Logger
    ) async throws(BrokerError) {
        (self.address, self.queue, self.kind) = (address, queue, kind)
        (self.publisher, self.logger) = (publisher, logger)
        let result = await withCheckedContinuation { started in BlockingThread.start { self.run(started) } }
        try result.get()
    }

    func next(limit: Int, wait: Duration) async throws(BrokerError) -> [Delivery] {
        try await inbox.next(limit: limit, wait: wait)
    }

    func acknowledge(_ deliveries: [Delivery]) async throws(BrokerError) {
        try add(.acknowledge(deliveries.map(\.receipt)))
    }

    func release(_ deliveries: [Delivery]) async throws(BrokerError) {
        try add(.release(deliveries.map(\.receipt)))
    }

    func reject(_ delivery: Delivery, reason: String) async throws(BrokerError) {
        let letter = AMQPOutgoing(
            exchange: "", routingKey: queue.deadName, message: delivery.message, death: (reason, delivery.attempt))
        try await publisher.publish([letter], declaring: nil)
        try add(.acknowledge([delivery.receipt]))
    }

    func close() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                state.isClosed = true
                if !state.hasEnded { state.whenEnded.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
            signal.signal()
        }
    }

    private func add(_ command: Command) throws(BrokerError) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.commands.append(command) }
            return state.isClosed
        }
        if isClosed { throw BrokerError(.closed, "\(address)", "the consumer was closed") }
        signal.signal()
    }
}

// MARK: The thread

extension AMQPConsumer {
    private func run(_ started: CheckedContinuation<Result<Void, BrokerError>, Never>) {
        var epoch: UInt64 = 0
        var starting: CheckedContinuation<Result<Void, BrokerError>, Never>? = started
        var backoff = Backoff()
        while !state.withLock({ $0.isClosed }) {
            epoch += 1
            do throws(BrokerError) {
                let connection = try open()
                starting?.resume(returning: .success(()))
                starting = nil
                backoff.reset()
                try serve(connection, epoch)
            } catch {
                inbox.removeAll()
                if let first = starting {
                    first.resume(returning: .failure(error))
                    return end()
                }
                if error.kind == .refused {
                    inbox.fail(error)
                    break
                }
                let pause = backoff.pause()
                logger.warning("trying again in \(pause): \(error.problem)")
                signal.pause(pause)
            }
        }
        inbox.fail(BrokerError(.closed, "\(address)", "the consumer was closed"))
        end()
    }

    private func end() {
        let waiting = state.withLock { state in
            state.isClosed = true
            state.hasEnded = true
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        for continuation in waiting { continuation.resume() }
    }

    private func open() throws(BrokerError) -> AMQPConnection {
        let connection = try AMQPConnection.open(address)
        try queue.declare(connection, kind)
        try connection.consume(queue.name, prefetch: queue.options.prefetch)
        return connection
    }

    /// Receives and acknowledges until the consumer is closed.
    private func serve(_ connection: AMQPConnection, _ epoch: UInt64) throws(BrokerError) {
        var outstanding = OutstandingTags()
        while true {
            let (commands, isClosed) = state.withLock { state in
                defer { state.commands = [] }
                return (state.commands, state.isClosed)
            }
            for command in commands { try apply(command, connection, epoch, &outstanding) }
            if isClosed { break }
            if try receive(connection, epoch, &outstanding) == 0 {
                signal.wait(for: connection.descriptor, milliseconds: 2000)
            }
        }
        connection.close()
        inbox.removeAll()
        if kind == .passing { removeQueue() }
    }

    /// Takes what has arrived; gives how many messages that were.
    private func receive(
        _ connection: AMQPConnection, _ epoch: UInt64, _ outstanding: inout OutstandingTags
    ) throws(BrokerError) -> Int {
        guard let first = try connection.wait(.zero) else { return 0 }
        return try span("broker.receive") { span throws(BrokerError) in
            var event: AMQPConnection.Event? = first
            var deliveries: [Delivery] = []
            while let arrived = event {
                if case .delivery(let tag, let content) = arrived {
                    outstanding.insert(tag)
                    deliveries.append(
                        Delivery(
                            message: content.message, attempt: content.deliveryCount + 1,
                            receipt: Delivery.Receipt(epoch: epoch, number: Int64(tag))))
                }
                event = deliveries.count < 500 ? try connection.wait(.zero) : nil
            }
            inbox.add(deliveries)
            span["messages"] = deliveries.count
            return max(deliveries.count, 1)
        }
    }

    private func apply(
        _ command: Command, _ connection: AMQPConnection, _ epoch: UInt64, _ outstanding: inout OutstandingTags
    ) throws(BrokerError) {
        switch command {
        case .acknowledge(let receipts):
            // Those of an older connection have become void with it.
            let tags = receipts.filter { $0.epoch == epoch }.map { UInt64($0.number) }
            try span("broker.acknowledge", ["messages": tags.count]) { () throws(BrokerError) in
                for (tag, isMultiple) in outstanding.remove(tags) {
                    try connection.acknowledge(tag, isMultiple: isMultiple)
                }
            }
        case .release(let receipts):
            for receipt in receipts where receipt.epoch == epoch && outstanding.remove(UInt64(receipt.number)) {
                try connection.release(UInt64(receipt.number))
            }
        }
    }

    private func removeQueue() {
        do throws(BrokerError) {
            let connection = try AMQPConnection.open(address)
            try connection.removeUnused(queue.name)
            try connection.removeUnused(queue.deadName)
            connection.close()
        } catch {
            // Other members use it, or it is gone; else it expires.
            logger.debug("the queue '\(queue.name)' is left to expire: \(error.problem)")
        }
    }
}

/// The tags of deliveries that are neither acknowledged nor given back.
struct OutstandingTags {
    private var tags: Set<UInt64> = []

    /// Notes a delivery.
    mutating func insert(_ tag: UInt64) { tags.insert(tag) }

    /// Forgets a delivery; gives whether it was known.
    mutating func remove(_ tag: UInt64) -> Bool { tags.remove(tag) != nil }

    /// Forgets deliveries; gives the acknowledgements to send, of which the first may stand for many.
    mutating func remove(_ removed: [UInt64]) -> [(tag: UInt64, isMultiple: Bool)] {
        let known = removed.filter { tags.remove($0) != nil }.sorted()
        // All that are older than the oldest that is left can be acknowledged in one.
        let oldest = tags.min() ?? .max
        let together = known.prefix { $0 < oldest }
        return together.suffix(1).map { ($0, together.count > 1) } + known.dropFirst(together.count).map { ($0, false) }
    }
}
