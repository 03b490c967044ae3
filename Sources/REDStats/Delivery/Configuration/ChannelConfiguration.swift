/// What a channel needs to know of a subscription, looked through: the API makes one of what a client sends, and gives
/// ``json`` to the store.
///
/// | channel | members |
/// |---|---|
/// | `stream` | none |
/// | `webhook` | `url`; `secret`, `whsec_` and 24 to 64 bytes in Base64, which is made where it is missing |
/// | `email` | `to`, one address |
/// | `broker` | none |
package struct ChannelConfiguration: Sendable, Equatable {
    /// What is kept, secrets included.
    package let json: String
    /// What may be shown at any time: without secrets.
    package let shown: String
    /// The secret that was made, to be shown this once; nil if none was.
    package let newSecret: String?

    /// Looks through a configuration.
    ///
    /// - Parameters:
    ///   - channel: Whose configuration it is.
    ///   - json: An object of strings, of at most 8 KiB.
    ///   - previous: What the store keeps for the subscription, if it is there and of the same channel: a webhook's secret
    ///     stays unless a new one is given.
    ///   - settings: What the operator allows.
    /// - Throws: ``ConfigurationMistake``, for the client to read.
    package init(
        _ channel: Subscription.Channel, _ json: String, previous: String? = nil, _ settings: DeliverySettings
    ) throws(ConfigurationMistake) {
        switch channel {
        case .stream, .broker:
            self.json = try ConfigurationMembers(json, known: []).json
            shown = self.json
            newSecret = nil
        case .email:
            guard settings.smtp != nil else { throw ConfigurationMistake(nil, "this server sends no mail") }
            self.json = try EmailConfiguration(json).members.json
            shown = self.json
            newSecret = nil
        case .webhook:
            var members = try ConfigurationMembers(json, known: WebhookConfiguration.known)
            var made: String?
            if members["secret"] == nil {
                let old = try previous.map { json throws(ConfigurationMistake) in
                    try ConfigurationMembers(json, known: WebhookConfiguration.known)
                }?["secret"]
                if old == nil { made = WebhookSecret.make() }
                members["secret"] = old ?? made
            }
            let webhook = try WebhookConfiguration(members, settings)
            members["url"] = webhook.url
            self.json = members.json
            members["secret"] = nil
            shown = members.json
            newSecret = made
        }
    }
}

extension Subscription {
    /// The configuration without what is secret; nothing of one that is none of its channel's.
    package var shownConfiguration: String {
        guard channel == .webhook else { return configuration }
        do throws(ConfigurationMistake) {
            var members = try ConfigurationMembers(configuration, known: WebhookConfiguration.known)
            members["secret"] = nil
            return members.json
        } catch {
            return "{}"
        }
    }
}
