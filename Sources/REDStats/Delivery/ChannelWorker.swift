import Logging
import Synchronization
import WallClock

/// Takes one channel's due subscriptions from the store, and serves many of them at a time.
struct ChannelWorker: Sendable {
    /// How each subscription is served.
    let turn: DeliveryTurn

    private var channel: any AlertChannel { turn.channel }
    private var store: any StatsStore { turn.store }
    private var settings: DeliverySettings { turn.settings }
    private var logger: Logger { turn.logger }

    /// Serves until the task is cancelled, and what was under way has ended.
    func run() async {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let places = Places(channel.concurrency, share: max(1, channel.concurrency / 4))
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in store.alertNotices() { wake.yield() } }
            group.addTask { await ring(wake) }
            group.addTask { await hasten(wake) }
            var isFailing = false
            // Ends when the task is cancelled.
            for await _ in wakes {
                // While events stream in, notices follow each other; the store's writer has other things to do, too. Cut
                // short by cancellation only, which the loop sees.
                _ = try? await Task.sleep(for: .milliseconds(10))
                let free = places.free
                let end = ContinuousClock.now + .seconds(settings.slackSeconds)
                guard free > 0, let due = await claim(free, &isFailing) else { continue }
                // There may be more where all that was asked for came.
                if due.count == free { wake.yield() }
                for delivery in due where places.take(delivery, until: end) {
                    group.addTask {
                        await serve(delivery, places)
                        wake.yield()
                    }
                }
            }
        }
    }

    /// Serves a subscription, and those of its client that have come to wait for its place meanwhile.
    private func serve(_ delivery: Delivery, _ places: Places) async {
        await serve(delivery)
        while let next = places.pass(delivery.subscription.client) { await serve(next) }
    }

    /// Wakes again and again: tries become due, and workers end, without notice.
    private func ring(_ wake: AsyncStream<Void>.Continuation) async {
        do {
            while true {
                try await Task.sleep(for: settings.pollInterval)
                wake.yield()
            }
        } catch {
            // The task was cancelled.
        }
    }

    /// Looks again and again, but seldom, whether the clock was set back: what was to be told in an hour by the old one may
    /// be due.
    private func hasten(_ wake: AsyncStream<Void>.Continuation) async {
        while !Task.isCancelled {
            do throws(StatsStoreError) {
                let count = try await store.hasten(
                    channel.kind, claim: claimSeconds, retry: settings.retries.longestPause)
                if count > 0 {
                    logger.notice("the clock was set back: \(count) subscriptions are due now rather than later")
                    wake.yield()
                }
            } catch {
                // A store that is away: claiming says so.
                logger.debug("cannot look for what a clock that was set back holds up: \(error)")
            }
            // Ended by cancellation alone, which the loop looks at.
            try? await Task.sleep(for: settings.pollInterval * 10)
        }
    }

    /// How long a subscription is ours: to wait for a place, for a turn, for the longest try, and to write it down.
    private var claimSeconds: Int { settings.turnSeconds + channel.longestTry + 2 * settings.slackSeconds }

    private func claim(_ limit: Int, _ isFailing: inout Bool) async -> [Delivery]? {
        do throws(StatsStoreError) {
            let due = try await store.claim(channel.kind, forSeconds: claimSeconds, limit: limit)
            if isFailing { logger.notice("alerts are delivered again") }
            isFailing = false
            return due
        } catch {
            if !isFailing { logger.error("alerts wait: \(error)") }
            isFailing = true
            return nil
        }
    }

    /// Serves a subscription. What is under way when the task is cancelled has time to end: it does not see that at once.
    private func serve(_ delivery: Delivery) async {
        let ending = Ending()
        let work = Task { await turn.serve(delivery, ending) }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            ending.begin()
            Task {
                // It is cancelled by nobody.
                _ = try? await Task.sleep(for: settings.grace)
                work.cancel()
            }
        }
    }
}

/// Whether all is to end: nothing new is to be begun.
final class Ending: Sendable {
    private let hasBegun = Atomic(false)

    func begin() { hasBegun.store(true, ordering: .relaxed) }

    var isNear: Bool { hasBegun.load(ordering: .relaxed) }
}
