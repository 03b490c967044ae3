import Hoofprint
import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The thread that publishes, with a connection of its own.
final class AMQPPublisher: Sendable {
    private struct Job: Sendable {
        let topic: String?
        let messages: [AMQPOutgoing]
        let continuation: CheckedContinuation<Result<Void, BrokerError>, Never>
    }

    private struct State {
        var jobs: [Job] = []
        var isRunning = false
        var isClosed = false
        // The connection's socket while there is one.
        var descriptor: Int32 = -1
    }

    private let address: AMQPAddress
    private let options: BrokerOptions
    private let logger: Logger
    private let state = Mutex(State())
    private let arrived = ThreadSignal()

    /// Starts no thread until something is published.
    init(_ address: AMQPAddress, _ options: BrokerOptions, _ logger: Logger) {
        (self.address, self.options, self.logger) = (address, options, logger)
    }

    /// Publishes messages to an exchange that is a topic's, or to a queue; returns once they are confirmed.
    func publish(_ messages: [AMQPOutgoing], declaring topic: String?) async throws(BrokerError) {
        let result = await withCheckedContinuation { continuation in
            let (begins, isClosed) = state.withLock { state in
                if state.isClosed { return (false, true) }
                state.jobs.append(Job(topic: topic, messages: messages, continuation: continuation))
                defer { state.isRunning = true }
                return (!state.isRunning, false)
            }
            if isClosed { continuation.resume(returning: .failure(closed)) }
            if begins { BlockingThread.start { self.run() } }
            arrived.signal()
        }
        try result.get()
    }

    /// Ends the thread; what is on its way fails.
    func close() {
        state.withLock { $0.isClosed = true }
        arrived.signal()
    }

    private var closed: BrokerError { BrokerError(.closed, "\(address)", "it was closed") }

    private func run() {
        var link = Link()
        while true {
            let (jobs, isClosed) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isClosed)
            }
            for job in jobs {
                job.continuation.resume(returning: isClosed ? .failure(closed) : publish(job, &link))
            }
            if isClosed { break }
            if jobs.isEmpty {
                arrived.wait(milliseconds: 2000)
                keepAlive(&link)
            }
        }
        link.connection?.close()
        forget(&link)
    }

    /// Ends the connection. Its socket's number may be another's at once.
    private func forget(_ link: inout Link) {
        state.withLock { $0.descriptor = -1 }
        link = Link()
    }

    /// Cuts the connection some time after a job should be done. A server with an alarm takes no bytes, and the call that
    /// sends them does not return.
    private func watch() -> Task<Void, Never> {
        Task {
            do {
                try await Task.sleep(for: options.publishPatience + .seconds(2))
                state.withLock { state in
                    if state.descriptor >= 0 { shutdown(state.descriptor, Int32(SHUT_RDWR)) }
                }
            } catch {
                // The job was done in time.
            }
        }
    }

    /// The connection as it is now.
    private struct Link {
        var connection: AMQPConnection?
        var confirms: AMQPConfirms?
    }

    /// Answers heartbeats while nothing is published.
    private func keepAlive(_ link: inout Link) {
        do throws(BrokerError) {
            while try link.connection?.wait(.zero) != nil {}
        } catch {
            logger.warning("connection lost: \(error.problem)")
            forget(&link)
        }
    }

    private func publish(_ job: Job, _ link: inout Link) -> Result<Void, BrokerError> {
        let limit = ContinuousClock.now + options.publishPatience
        let watch = watch()
        defer { watch.cancel() }
        var rest = job.messages
        var backoff = Backoff()
        var outcome = AMQPConfirms.Outcome()
        while true {
            do throws(BrokerError) {
                try span("broker.publish", ["messages": rest.count]) { () throws(BrokerError) in
                    try send(&rest, &outcome, job.topic, &link, until: limit)
                }
            } catch {
                forget(&link)
                let isEnded = state.withLock { $0.isClosed }
                if isEnded { return .failure(closed) }
                let pause = backoff.pause()
                guard error.kind == .unavailable, .now + pause < limit else { return .failure(error) }
                logger.warning("trying again in \(pause): \(error.problem)")
                arrived.pause(pause)
                continue
            }
            return result(outcome, job)
        }
    }

    private func send(
        _ rest: inout [AMQPOutgoing], _ outcome: inout AMQPConfirms.Outcome, _ topic: String?, _ link: inout Link,
        until limit: ContinuousClock.Instant
    ) throws(BrokerError) {
        if link.connection == nil {
            let connection = try AMQPConnection.open(address)
            try connection.confirm()
            link = Link(connection: connection, confirms: AMQPConfirms(connection))
            state.withLock { $0.descriptor = connection.descriptor }
        }
        if let topic { try link.connection?.declareTopic(topic) }
        try link.confirms?.send(&rest, &outcome, until: limit) { state.withLock { $0.isClosed } }
    }

    private func result(_ outcome: AMQPConfirms.Outcome, _ job: Job) -> Result<Void, BrokerError> {
        let name = job.topic ?? job.messages.first?.routingKey ?? ""
        if outcome.isFull {
            return .failure(
                BrokerError(
                    .full, "\(address)",
                    "a queue of '\(name)' is full or not available; start consumers, or look at its replicas"))
        }
        if outcome.hasNoGroup {
            return .failure(
                BrokerError(
                    .noGroup, "\(address)",
                    "no queue takes messages of '\(name)'; start a consumer of it once, then try again"))
        }
        return .success(())
    }
}
