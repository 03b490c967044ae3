import Hoofprint
import NIOCore
import NIOPosix
import WallClock

/// Brings requests from the feed to the connections, and decides what becomes of each: the whole state of one upload.
///
/// All of it lives on one event loop; files are read, and hashed, on a few threads that hand it batches. What it holds is
/// bounded: about 1 MiB of requests that wait, those on their way, and a few hundred files that wait for another attempt.
final class UploadEngine: @unchecked Sendable {
    // Unchecked: every stored property is read and written on `loop` alone, which each entry from outside sees to.

    private enum Phase: Equatable {
        case running
        /// No new request is begun; those on their way may be answered until then.
        case ending(NIODeadline)
        case ended
    }

    /// At most so much is prepared ahead.
    private static let costAhead = 1 << 20
    /// At most so many files wait for another attempt before no new ones are begun.
    private static let retriesAhead = 256
    private static let tick = TimeAmount.milliseconds(100)

    let loop: any EventLoop
    private let options: UploadOptions
    private let opening: ConnectionOpening
    private let feed: UploadFeed
    private let journal: UploadJournal
    private let pool: NIOThreadPool
    private let events: @Sendable (UploadEvent) -> Void
    private let done: EventLoopPromise<UploadSummary>

    private var phase = Phase.running
    private var summary = UploadSummary()
    private var connections: [UploadConnection] = []
    private var failedConnects = 0
    private var connectAfter = NIODeadline.uptimeNanoseconds(0)

    private var queue = CircularBuffer<PreparedUpload>()
    private var queueCost = 0
    private var retries = RetryQueue()
    private let feeders: Int
    private var feedersAtWork = 0
    private var feedIsEmpty = false

    private var control: ConcurrencyControl
    private var pace: Pace
    private var wake: (due: NIODeadline, task: Scheduled<Void>)?
    private var ticker: RepeatedTask?
    private var isJournalWriting = false
    private var isJournalBroken = false

    init(
        _ options: UploadOptions, _ opening: ConnectionOpening, _ feed: UploadFeed, _ journal: UploadJournal,
        loop: any EventLoop, pool: NIOThreadPool, events: @escaping @Sendable (UploadEvent) -> Void
    ) {
        self.options = options
        self.opening = opening
        self.feed = feed
        self.journal = journal
        self.loop = loop
        self.pool = pool
        self.events = events
        control = ConcurrencyControl(maximum: max(1, options.concurrency), now: .now())
        pace = Pace(options)
        // One lists files in their order, and one alone waits for what comes into a folder.
        feeders = options.isDryRun || options.watches ? 1 : 2
        done = loop.makePromise(of: UploadSummary.self)
    }

    /// Uploads until all is done, or cancelled.
    func run() async throws -> UploadSummary {
        loop.execute { self.begin() }
        return try await done.futureResult.get()
    }

    /// Begins no more requests, and ends when those on their way are answered, or when the time of grace is over.
    func cancel() {
        loop.execute { self.end(.interrupted) }
    }

    private func begin() {
        summary.isDryRun = options.isDryRun
        ticker = loop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in self.onTick() }
        dispatch()
    }

    private func tell(_ event: UploadEvent) {
        summary.count(event)
        events(event)
    }

    // MARK: Feeding

    private func feedMore() {
        guard phase == .running else { return }
        let now = NIODeadline.now()
        while feedersAtWork < feeders, queueCost < Self.costAhead {
            let due = takeDueRetries(now)
            guard !due.isEmpty || (!feedIsEmpty && retries.count < Self.retriesAhead) else { return }
            startFeeder(due)
        }
        // In a folder that is watched one thread waits for what comes; another prepares what is tried again.
        if options.watches, feedersAtWork == 1 {
            let due = takeDueRetries(now)
            if !due.isEmpty { startFeeder(due) }
        }
    }

    private func takeDueRetries(_ now: NIODeadline) -> [Candidate] {
        let due = retries.takeDue(at: now)
        if due.isEmpty, let next = retries.nextDue { wakeUp(at: next) }
        return due
    }

    private func startFeeder(_ candidates: [Candidate]) {
        feedersAtWork += 1
        pool.submit { [feed, loop] state in
            let batch = state == .active ? feed.batch(retries: candidates) : UploadFeed.Batch()
            loop.execute { self.take(batch) }
        }
    }

    private func take(_ batch: UploadFeed.Batch) {
        feedersAtWork -= 1
        if batch.isEnd { feedIsEmpty = true }
        for event in batch.events { tell(event) }
        for (candidate, failure) in batch.changed { retry(candidate, failure.description) }
        if phase == .running {
            for upload in batch.prepared {
                queueCost += upload.cost
                queue.append(upload)
            }
        }
        dispatch()
    }

    // MARK: Sending

    /// Hands requests to connections, as far as there are both; then sees to more requests, or to the end.
    private func dispatch() {
        let now = NIODeadline.now()
        while phase == .running, let next = queue.first {
            if let later = pace.next(after: now) {
                wakeUp(at: later)
                break
            }
            guard let connection = connection(for: next, now) else { break }
            queue.removeFirst()
            queueCost -= next.cost
            if case .whole(let bytes) = next.content { pace.sent(bytes.readableBytes, at: now) }
            connection.send(next)
        }
        for connection in connections { connection.flush() }
        feedMore()
        endIfDone()
    }

    /// A connection that can take a request now: one that has nothing to do; else one that may carry another. More are
    /// opened meanwhile if there may be more.
    private func connection(for upload: PreparedUpload, _ now: NIODeadline) -> UploadConnection? {
        var idle: UploadConnection?
        var least: UploadConnection?
        var opening = 0
        for connection in connections {
            guard connection.isOpen else {
                opening += 1
                continue
            }
            if connection.requestsUnderWay == 0 {
                idle = connection
                break
            }
            guard canPipeline(upload, on: connection) else { continue }
            if least.map({ connection.requestsUnderWay < $0.requestsUnderWay }) ?? true { least = connection }
        }
        if let idle { return idle }
        if connections.count < control.limit, opening < queue.count { connect(now) }
        return least
    }

    /// Whether a request may follow those on their way: only where all of them are small, and all has gone well.
    ///
    /// A connection is filled once half of what was on its way is answered, so that requests, and answers, go several at
    /// a time: a new one for each answer would have both sides woken for each.
    private func canPipeline(_ upload: PreparedUpload, on connection: UploadConnection) -> Bool {
        guard case .whole(let bytes) = upload.content, !connection.isSending else { return false }
        let limit = connection.isFilling ? options.pipelining : (options.pipelining + 1) / 2
        return connection.answers > 0 && pace.isCalm
            && connection.requestsUnderWay < limit
            && connection.bytesUnderWay + bytes.readableBytes <= 2 * UploadFeed.wholeLimit
    }

    private func connect(_ now: NIODeadline) {
        guard connectAfter <= now else { return wakeUp(at: connectAfter) }
        let connection = UploadConnection(
            timeout: .seconds(Int64(options.progressTimeoutSeconds)), isSecure: opening.isSecure, pool: pool,
            permit: { self.pace.permit($0, at: .now()) }, tell: { self.on($1, of: $0) })
        connections.append(connection)
        opening.open(connection, on: loop)
    }

    private func wakeUp(at due: NIODeadline) {
        if let wake {
            guard due < wake.due else { return }
            wake.task.cancel()
        }
        let task = loop.scheduleTask(deadline: due) {
            self.wake = nil
            self.dispatch()
        }
        wake = (due, task)
    }

    // MARK: What connections tell

    private func on(_ event: UploadConnection.Event, of connection: UploadConnection) {
        switch event {
        case .opened:
            failedConnects = 0
            connectAfter = .uptimeNanoseconds(0)
            dispatch()
        case .answered(let upload, let response): answered(upload, response)
        case .sent(let bytes): tell(.sent(bytes: bytes))
        case .readComplete:
            shrink()
            dispatch()
        case .fileFailed(let upload, let failure): fileFailed(upload.candidate, failure)
        case .ended(let failure, let unanswered): ended(connection, failure, unanswered)
        }
    }

    private func answered(_ upload: PreparedUpload, _ response: ServerResponse) {
        let now = NIODeadline.now()
        guard !response.isSuccess else {
            journal.note(upload.entry)
            pace.succeeded()
            control.answered(bytes: upload.size, isLimited: !queue.isEmpty, at: now)
            return tell(.uploaded(upload.candidate.path, bytes: upload.size, isNew: response.status != 200))
        }
        let asked = response.retryAfter.flatMap { RetryAfter.milliseconds($0, now: .now) } ?? 0
        if response.isOverload {
            control.refused(at: now)
            pace.refused(askedMilliseconds: asked, at: now)
        }
        guard response.mayChange else { return fail(upload.candidate, response.message, response.status) }
        guard asked <= options.backoff.longestWaitMilliseconds else {
            let message = "\(response.message) (to be tried again in \(asked / 1000) s, which is too long)"
            return fail(upload.candidate, message, response.status)
        }
        retry(upload.candidate, response.message, response.status, asked: asked)
    }

    private func fileFailed(_ candidate: Candidate, _ failure: PictureFile.Failure) {
        if case .system = failure { return fail(candidate, failure.description, nil) }
        retry(candidate, failure.description)
    }

    private func ended(_ connection: UploadConnection, _ failure: ExchangeFailure?, _ unanswered: [PreparedUpload]) {
        connections.removeAll { $0 === connection }
        defer { dispatch() }
        if case .cannotConnect(let reason)? = failure { return connectFailed(reason) }
        for (index, upload) in unanswered.enumerated() {
            var candidate = upload.candidate
            // What stands behind others on a connection is not to blame for its end; nor is, once, what was sent when
            // the server had closed the connection already.
            let isStale = connection.answers > 0 && failure?.isSilentClose == true && !candidate.wasStale
            if case .ending = phase {
                fail(candidate, "interrupted before the server answered", nil)
            } else if let failure, index == 0, !isStale {
                retry(candidate, failure.description)
            } else {
                candidate.wasStale = candidate.wasStale || (isStale && index == 0)
                retries.add(candidate, due: .now())
            }
        }
        // A server that drops requests behind others gets one at a time for a while.
        if unanswered.count > 1 { pace.droppedPipeline() }
    }

    private func connectFailed(_ reason: String) {
        failedConnects += 1
        guard !connections.contains(where: \.isOpen) else { return }
        guard failedConnects < options.attempts else { return end(.unreachable(reason)) }
        connectAfter = .now() + .milliseconds(Int64(options.backoff.wait(after: failedConnects)))
    }

    private func retry(_ candidate: Candidate, _ reason: String, _ status: Int? = nil, asked: Int = 0) {
        var candidate = candidate
        candidate.failedAttempts += 1
        guard phase == .running, candidate.failedAttempts < options.attempts else {
            return fail(candidate, reason, status)
        }
        let wait = options.backoff.wait(after: candidate.failedAttempts, asked: asked)
        retries.add(candidate, due: .now() + .milliseconds(Int64(wait)))
        tell(.retried(candidate.path, afterMilliseconds: wait, reason: reason))
    }

    private func fail(_ candidate: Candidate, _ message: String, _ status: Int?) {
        tell(.failed(UploadFailure(path: candidate.path, message: message, status: status)))
    }

    /// Closes connections that are too many now, if they have nothing to do.
    private func shrink() {
        guard connections.count > control.limit else { return }
        let idle = connections.filter { $0.isOpen && $0.requestsUnderWay == 0 }
        for connection in idle.prefix(connections.count - control.limit) { connection.close() }
    }

    // MARK: Time and the end

    private func onTick() {
        let now = NIODeadline.now()
        for connection in connections { connection.check(at: now) }
        if case .ending(let deadline) = phase, deadline <= now { for connection in connections { connection.close() } }
        writeJournal()
        dispatch()
    }

    /// Has what was noted written and synchronised, while uploading goes on.
    private func writeJournal() {
        guard !isJournalWriting else { return }
        isJournalWriting = true
        journalWritten().whenComplete { _ in self.isJournalWriting = false }
    }

    private func journalWritten() -> EventLoopFuture<Void> {
        let journal = journal
        return pool.runIfActive(eventLoop: loop) { try journal.write() }.map { _ in }.flatMapErrorThrowing { error in
            guard let path = self.options.journal, !self.isJournalBroken else { return }
            self.isJournalBroken = true
            let message = "cannot write the journal: \(error); what is sent from here on will be sent again"
            self.tell(.failed(UploadFailure(path: path, message: message, status: nil)))
        }
    }

    private func end(_ ending: UploadSummary.Ending) {
        guard phase == .running else { return }
        summary.ending = ending
        phase = .ending(.now() + .seconds(Int64(options.graceSeconds)))
        queue.removeAll()
        retries.removeAll()
        if options.graceSeconds == 0 { for connection in connections { connection.close() } }
        endIfDone()
    }

    private func endIfDone() {
        let isIdle = feedersAtWork == 0 && connections.allSatisfy { $0.requestsUnderWay == 0 }
        switch phase {
        case .running: guard isIdle, feedIsEmpty, queue.isEmpty, retries.isEmpty else { return }
        case .ending: guard isIdle else { return }
        case .ended: return
        }
        phase = .ended
        ticker?.cancel()
        wake?.task.cancel()
        for connection in connections { connection.close() }
        // After what is being written now: a write behind it takes what is left.
        journalWritten().whenComplete { _ in self.done.succeed(self.summary) }
    }

}
