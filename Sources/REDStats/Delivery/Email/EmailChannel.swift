import WallClock

/// Mails alerts: one, or all that wait, in one mail.
struct EmailChannel: AlertChannel {
    let smtp: SMTPSettings
    let authorities: String?
    let engine: TransferEngine

    let kind = Subscription.Channel.email
    let concurrency = 8
    let longestTry = 60

    func tell(_ subscription: Subscription, of alerts: [Alert]) async -> Attempt {
        let configuration: EmailConfiguration
        do throws(ConfigurationMistake) {
            configuration = try EmailConfiguration(subscription.configuration)
        } catch {
            return Attempt(count: alerts.count, result: .failed("\(error)"))
        }
        let mail = EmailMessage(to: configuration.to, subscription, alerts, smtp, now: .now)
        let result = await engine.perform(
            TransferRequest(
                url: smtp.server,
                form: .mail(from: smtp.from.text, to: configuration.to.text, smtp),
                body: mail.bytes, timeoutMilliseconds: longestTry * 1_000, authorities: authorities))
        return Attempt(count: alerts.count, result: Self.result(result))
    }

    /// What a mail server's answer means.
    ///
    /// A refusal of the recipient or of the mail is for good where its code says so (RFC 5321, section 4.2.1). All else,
    /// as a sender or a password that the server does not take, is between us and the server.
    private static func result(_ result: TransferResult) -> Attempt.Result {
        if result.isCancelled { return .interrupted }
        guard let problem = result.problem else { return .delivered }
        guard result.isAboutMail, result.status >= 400 else { return .failed(problem, isReceivers: false) }
        let reply = PrintableText.make(result.lastReply.filter { $0 != "\r\n" && $0 != "\r" && $0 != "\n" })
        return result.status >= 500 ? .refused(reply) : .failed(reply)
    }
}
