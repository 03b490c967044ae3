import EventBroker

/// Publishes alerts to a topic, where clients, or what the operator runs for them, subscribe to their key.
struct BrokerChannel: AlertChannel {
    /// The topic, or exchange.
    package static let topic = "hoofprint.red.alerts"

    let broker: any EventBroker

    let kind = Subscription.Channel.broker
    let concurrency = 8
    /// The broker's own patience, and a little.
    let longestTry = 40

    func tell(_ subscription: Subscription, of alerts: [Alert]) async -> Attempt {
        let messages = alerts.map { alert in
            BrokerMessage(
                id: AlertMessage.id(of: alert), key: Self.key(alert.client),
                body: AlertMessage(alert, name: subscription.name).json, traceParent: alert.traceParent)
        }
        do {
            try await broker.publish(messages, to: Self.topic)
            return Attempt(count: alerts.count, result: .delivered)
        } catch {
            if Task.isCancelled || error.kind == .closed { return Attempt(count: 0, result: .interrupted) }
            let isForGood = error.kind == .invalid
            return Attempt(
                count: alerts.count,
                result: isForGood ? .refused("\(error)") : .failed("\(error)", isReceivers: false))
        }
    }

    /// A client's name, cut to the 255 bytes that keys may have.
    static func key(_ client: String) -> String {
        var key = client
        while key.utf8.count > 255 { key.unicodeScalars.removeLast() }
        return key
    }
}
