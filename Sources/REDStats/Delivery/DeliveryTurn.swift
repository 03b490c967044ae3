import Hoofprint
import Logging
import WallClock

/// One subscription's turn: tells of its alerts, in order, until one fails or the turn is over, and writes it down.
struct DeliveryTurn: Sendable {
    let channel: any AlertChannel
    let store: any StatsStore
    let settings: DeliverySettings
    let counts: DeliveryCounts
    /// Says what fails; the channel is among its metadata.
    let logger: Logger

    /// Serves a subscription.
    func serve(_ delivery: Delivery, _ ending: Ending) async {
        var logger = logger
        logger[metadataKey: "subscription"] = "\(delivery.subscription.id)"
        logger[metadataKey: "client"] = "\(PrintableText.make(delivery.subscription.client))"
        var outcomes: [(sequence: Int64, outcome: DeliveryOutcome)] = []
        var rest = delivery.alerts[...]
        var last = Attempt.Result.delivered
        let end = ContinuousClock.now + .seconds(settings.turnSeconds)
        while !rest.isEmpty, !ending.isNear, ContinuousClock.now < end {
            let attempt = await tell(delivery.subscription, of: Array(rest))
            last = attempt.result
            if last == .interrupted { break }
            outcomes += self.outcomes(of: rest.prefix(attempt.count), last)
            rest = rest.dropFirst(attempt.count)
            note(last, attempt.count, logger)
            guard last.isFinal else { break }
        }
        let givenUp = outcomes.count { $0.outcome == .givenUp }
        counts.add(givenUp, to: \.givenUp, of: channel.kind)
        var isDisabled = false
        // Before it is given back, so that nobody tries what is behind.
        if givenUp > 0, let reason = await hopelessness(last, outcomes, delivery) {
            isDisabled = await disable(delivery.subscription, reason, logger)
        }
        if await report(outcomes, of: delivery, logger) == false, !isDisabled {
            logger.notice("a turn took so long that the subscription may have been another's: it may be told twice")
        }
    }

    private func tell(_ subscription: Subscription, of alerts: [Alert]) async -> Attempt {
        await span(
            "alert.deliver", ["channel": channel.kind.rawValue, "traceparent": alerts[0].traceParent ?? ""]
        ) { span in
            let attempt = await channel.tell(subscription, of: alerts)
            span["alerts"] = attempt.count
            if attempt.result != .delivered { span.fail(type: attempt.result.kind) }
            return attempt
        }
    }

    private func outcomes(
        of alerts: ArraySlice<Alert>, _ result: Attempt.Result
    ) -> [(sequence: Int64, outcome: DeliveryOutcome)] {
        let (now, chance) = (Timestamp.now, Double.random(in: 0...1))
        return alerts.map { alert in
            switch result {
            case .delivered: return (alert.sequence, .delivered)
            case .failed(_, let wait, _):
                let retry = settings.retries.next(after: alert.attempts + 1, at: now, wait: wait, chance: chance)
                return (alert.sequence, retry.map { .failed(retry: $0) } ?? .givenUp)
            case .refused, .gone, .interrupted: return (alert.sequence, .givenUp)
            }
        }
    }

    private func note(_ result: Attempt.Result, _ count: Int, _ logger: Logger) {
        if result == .delivered {
            counts.add(count, to: \.delivered, of: channel.kind)
            return
        }
        counts.add(to: \.failed, of: channel.kind)
        logger.notice("a client could not be told of \(count) alerts: \(result.text)")
    }

    // MARK: Afterwards

    /// Writes down how it went; where the store is away, it is tried for as long as the claim has slack, or until the task
    /// is cancelled.
    ///
    /// - Returns: As ``StatsStore/report(_:of:)``; nil where it could not be written down.
    private func report(
        _ outcomes: [(sequence: Int64, outcome: DeliveryOutcome)], of delivery: Delivery, _ logger: Logger
    ) async -> Bool? {
        var pause = Duration.milliseconds(100)
        let end = ContinuousClock.now + .seconds(settings.slackSeconds)
        while true {
            do throws(StatsStoreError) {
                return try await store.report(outcomes, of: delivery)
            } catch {
                let isLast = !error.isTransient || ContinuousClock.now + pause > end
                logger.error(
                    "\(outcomes.count) deliveries cannot be written down\(isLast ? ", and are repeated" : ""): \(error)"
                )
                if isLast { return nil }
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                return nil
            }
            pause = pause * 2
        }
    }

    /// Why a subscription is not to be tried any more; nil if it is.
    private func hopelessness(
        _ result: Attempt.Result, _ outcomes: [(sequence: Int64, outcome: DeliveryOutcome)], _ delivery: Delivery
    ) async -> String? {
        switch result {
        case .gone(let reason): reason
        case .failed(let reason, _, let isReceivers): isReceivers ? "it failed for so long: \(reason)" : nil
        case .refused(let reason): await isAlwaysRefused(outcomes, delivery) ? "all is refused: \(reason)" : nil
        case .delivered, .interrupted: nil
        }
    }

    /// How many alerts in a row are refused before a subscription is disabled.
    private static let mostRefused = 10

    private func isAlwaysRefused(
        _ outcomes: [(sequence: Int64, outcome: DeliveryOutcome)], _ delivery: Delivery
    ) async -> Bool {
        let refused = outcomes.reversed().prefix { $0.outcome == .givenUp }.count
        let missing = Self.mostRefused - refused
        guard missing > 0 else { return true }
        guard refused == outcomes.count else { return false }
        do throws(StatsStoreError) {
            let before = try await store.alerts(
                ofSubscription: delivery.subscription.id, of: nil, before: outcomes.first?.sequence, limit: missing)
            return before.count == missing && before.allSatisfy { $0.state == .givenUp }
        } catch {
            // It will be looked for again at the next one that is refused.
            logger.error("cannot look whether a subscription is to be disabled: \(error)")
            return false
        }
    }

    /// Disables a subscription, unless its client has changed it meanwhile; whether it did.
    private func disable(_ subscription: Subscription, _ reason: String, _ logger: Logger) async -> Bool {
        do throws(StatsStoreError) {
            guard let now = try await store.subscription(subscription.id, of: nil), now.isEnabled,
                now.channel == subscription.channel, now.configuration == subscription.configuration,
                try await store.change(subscription.id, of: nil, SubscriptionChange(isEnabled: false)) != nil
            else { return false }
            counts.add(to: \.disabled, of: channel.kind)
            logger.warning("a subscription was disabled: \(reason)")
            return true
        } catch {
            // It is tried again with the next alert, which fails as this one did.
            logger.error("cannot disable a subscription: \(error)")
            return false
        }
    }
}
