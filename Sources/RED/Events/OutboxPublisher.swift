import EventBroker
import Hoofprint
import Logging
import ServiceLifecycle
import Synchronization

/// Brings the outbox's events to the broker, in order. An event leaves the outbox once the broker has it on its disk; one
/// that was on its way when the process ended is sent again, and has the same id.
final class OutboxPublisher: Service {
    /// The topic that measurements are published to.
    static let topic = "hoofprint.red.measured"
    private static let batch = 500

    private let store: PictureStore
    private let outbox: Outbox
    private let broker: any EventBroker
    private let files: FilePool
    private let logger: Logger
    private let sent = Atomic(0)
    /// Whether the last attempt failed.
    private let isWaiting = Atomic(false)

    init(store: PictureStore, outbox: Outbox, broker: any EventBroker, files: FilePool, logger: Logger) {
        self.store = store
        self.outbox = outbox
        self.broker = broker
        self.files = files
        self.logger = logger
    }

    /// How many events the broker has confirmed.
    var published: Int { sent.load(ordering: .relaxed) }

    /// How many events wait.
    func waiting() async throws -> Int { try await files.run { [outbox] in try outbox.count() } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.outbox.notices { await self.publishAll() }
        }
        // What the last requests left, if the broker was there a moment ago.
        if !isWaiting.load(ordering: .relaxed) {
            do { try await publishOnce() } catch { logger.notice("events stay in the outbox: \(error)") }
        }
        await broker.close()
    }

    /// Publishes until nothing waits. The broker itself tries for a while; then it is waited for longer and longer.
    private func publishAll() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                guard try await publishOnce() else { return }
                isWaiting.store(false, ordering: .relaxed)
                if !backoff.isFirst { logger.notice("events go to the broker again") }
                backoff.reset()
            } catch {
                if backoff.isFirst { logger.error("events wait for the broker: \(error)") }
                isWaiting.store(true, ordering: .relaxed)
                await backoff.wait()
            }
        }
    }

    /// Publishes the oldest events; false if there are none.
    @discardableResult private func publishOnce() async throws -> Bool {
        let (messages, last) = try await files.run { [outbox] in try outbox.next(Self.batch) }
        guard !messages.isEmpty else { return false }
        try await span("events.publish", ["events": messages.count]) {
            try await broker.publish(messages, to: Self.topic)
            try await store.removeEvents(upTo: last)
        }
        sent.add(messages.count, ordering: .relaxed)
        return true
    }
}
