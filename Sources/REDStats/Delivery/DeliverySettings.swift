/// How the operator wants clients to be told of alerts.
package struct DeliverySettings: Sendable {
    /// Addresses that webhooks may be at though they are not public: an operator's own network. None by default.
    package var allowedAddresses: [AddressRange] = []
    /// Addresses that webhooks must not be at though they are public, or allowed: an operator's own servers.
    package var refusedAddresses: [AddressRange] = []
    /// The ports that webhooks may be at; nil: all.
    package var allowedPorts: Set<Int>? = [80, 443]
    /// Whether webhooks may be `http:`, which everybody on the way can read.
    package var allowsHTTP = false
    /// A file of certificates, in PEM, of the authorities that sign webhooks' and the mail server's certificates; nil: the
    /// system's.
    package var authorities: String?
    /// The mail server; nil: clients are not told by mail.
    package var smtp: SMTPSettings?
    /// When deliveries that failed are tried again.
    package var retries = RetrySchedule()
    /// How long what is under way may take to end when all is to end.
    package var grace = Duration.seconds(8)
    /// How often it is looked for what is due, besides when there are new alerts.
    package var pollInterval = Duration.seconds(1)
    /// How long one subscription's alerts are told one after the other before others have their turn, in seconds.
    package var turnSeconds = 20
    /// How long a subscription may wait for a place, and how long writing down how its turn went may take, in seconds
    /// each. It is taken for both, a turn and the longest try; after that another may take it.
    package var slackSeconds = 20
    /// How many webhooks are called at a time; of one client, a quarter of it.
    package var webhooksAtATime = 128
    /// How long a webhook may take to answer, in milliseconds.
    package var webhookTimeoutMilliseconds = 10_000

    /// What is safe: nothing but the public Internet, by HTTPS.
    package init() {}

    var policy: AddressPolicy {
        AddressPolicy(allowed: allowedAddresses, refused: refusedAddresses, ports: allowedPorts)
    }
}
