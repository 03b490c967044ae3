import Hoofprint

/// A member of a group of an embedded queue.
final class EmbeddedConsumer: EventConsumer {
    /// How often a consumer that waits looks for members that died.
    private static let lookout = Duration.seconds(1)
    private let file: QueueFile
    private let bell: QueueBell
    private let member: QueueMember
    private let renewal: Task<Void, Never>

    /// Joins the group.
    init(_ file: QueueFile, _ bell: QueueBell, _ group: QueueGroup) async throws(BrokerError) {
        let path = file.path
        let lock = try await BlockingThread.run { () throws(BrokerError) in
            try MemberLock(beside: path)
        }
        let member = try await file.write(.process) { try QueueMember(group, lock, $0) }
        (self.file, self.bell, self.member) = (file, bell, member)
        renewal = Task {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .seconds(QueueMember.leaseSeconds / 5))
                    try await file.write(.process) { try member.renew($0) }
                } catch {
                    // Cancelled, or the file cannot be written to, which the next call says to its caller.
                }
            }
        }
    }

    deinit { renewal.cancel() }

    func next(limit: Int, wait: Duration) async throws(BrokerError) -> [Delivery] {
        let limit = max(limit, 1)
        let end = ContinuousClock.now + wait
        while true {
            let seen = bell.wakeup.count
            let deliveries = try await claim(limit)
            if !deliveries.isEmpty || Task.isCancelled || .now >= end { return deliveries }
            await bell.wakeup.wait(after: seen, until: min(end, .now + Self.lookout))
        }
    }

    private func claim(_ limit: Int) async throws(BrokerError) -> [Delivery] {
        let member = member
        let hasDead = try await file.read { try member.hasDead($0) }
        if !hasDead {
            guard try await file.read({ try member.group.hasWork($0) }) else { return [] }
        }
        return try await span("broker.receive") { span async throws(BrokerError) in
            let deliveries = try await file.write(.process) { database in
                if hasDead { try member.removeDead(database) }
                try member.renew(database)
                return try member.group.claim(limit, for: member.number, database)
            }
            span["messages"] = deliveries.count
            return deliveries
        }
    }

    func acknowledge(_ deliveries: [Delivery]) async throws(BrokerError) {
        if deliveries.isEmpty { return }
        let group = member.group
        try await span("broker.acknowledge", ["messages": deliveries.count]) { () async throws(BrokerError) in
            try await file.write(.process) { try group.acknowledge(deliveries.map(\.receipt.number), $0) }
        }
        // Others may wait for a key that is free now.
        bell.ring()
    }

    func release(_ deliveries: [Delivery]) async throws(BrokerError) {
        let group = member.group
        try await file.write(.process) { database in
            for delivery in deliveries {
                try group.release(delivery.receipt.number, of: delivery.receipt.member, database)
            }
        }
        bell.ring()
    }

    func reject(_ delivery: Delivery, reason: String) async throws(BrokerError) {
        let group = member.group
        try await file.write(.disk) { database in
            try group.reject(delivery.receipt.number, of: delivery.receipt.member, reason: reason, database)
        }
        bell.ring()
    }

    func close() async {
        renewal.cancel()
        let member = member
        do {
            try await file.write(.process) { try member.leave($0) }
        } catch {
            // The file cannot be written to: others take over when this object, and its lock with it, is gone.
        }
        bell.ring()
    }
}

extension Delivery.Receipt {
    /// The member of an embedded queue that the message was handed to.
    fileprivate var member: Int64 { Int64(bitPattern: epoch) }
}
