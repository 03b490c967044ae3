import WallClock

/// Calls clients' own URLs, as Standard Webhooks has it: one signed request an alert.
struct WebhookChannel: AlertChannel {
    let settings: DeliverySettings
    let engine: TransferEngine

    let kind = Subscription.Channel.webhook
    var concurrency: Int { settings.webhooksAtATime }
    var longestTry: Int { settings.webhookTimeoutMilliseconds / 1_000 + 1 }

    func tell(_ subscription: Subscription, of alerts: [Alert]) async -> Attempt {
        guard let alert = alerts.first else { return Attempt(count: 0, result: .delivered) }
        return Attempt(count: 1, result: await tell(subscription, of: alert))
    }

    private func tell(_ subscription: Subscription, of alert: Alert) async -> Attempt.Result {
        let configuration: WebhookConfiguration
        do throws(ConfigurationMistake) {
            let members = try ConfigurationMembers(subscription.configuration, known: WebhookConfiguration.known)
            configuration = try WebhookConfiguration(members, settings)
        } catch {
            // It was allowed when it was made.
            return .failed("\(error)")
        }
        let result = await engine.perform(request(configuration, alert, subscription))
        if result.isCancelled { return .interrupted }
        if let problem = result.problem { return .failed(problem, isReceivers: !result.isOurs) }
        switch result.status {
        case 200..<300: return .delivered
        case 300..<400: return .failed("it answered \(result.status): redirects are not followed")
        case 410: return .gone("it answered 410: it is gone")
        default: return .failed("it answered \(result.status)", wait: result.retryAfter)
        }
    }

    private func request(
        _ configuration: WebhookConfiguration, _ alert: Alert, _ subscription: Subscription
    ) -> TransferRequest {
        let (id, timestamp) = (AlertMessage.id(of: alert), Timestamp.now.milliseconds / 1_000)
        let body = AlertMessage(alert, name: subscription.name).json
        var headers = [
            "Content-Type: application/json", "webhook-id: \(id)", "webhook-timestamp: \(timestamp)",
            "webhook-signature: \(configuration.secret.signature(id: id, timestamp: timestamp, body: body))",
        ]
        if let parent = alert.traceParent { headers.append("traceparent: \(parent)") }
        return TransferRequest(
            url: configuration.url, form: .post(headers: headers), body: body,
            timeoutMilliseconds: settings.webhookTimeoutMilliseconds, policy: settings.policy,
            authorities: settings.authorities)
    }
}
