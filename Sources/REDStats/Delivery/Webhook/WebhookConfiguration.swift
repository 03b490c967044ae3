/// Where a webhook is, and what its requests are signed with.
struct WebhookConfiguration {
    static let known = ["url", "secret"]

    let url: String
    let secret: WebhookSecret

    /// Looks through a configuration. A name's addresses are looked at when it is connected to.
    init(_ members: ConfigurationMembers, _ settings: DeliverySettings) throws(ConfigurationMistake) {
        let schemes = settings.allowsHTTP ? ["https", "http"] : ["https"]
        guard let url = WebURL(try members.required("url"), schemes: schemes) else {
            let forms = schemes.map { "\($0)://" }.joined(separator: " or ")
            throw ConfigurationMistake("url", "it is not a URL that begins with \(forms), without user and password")
        }
        let policy = settings.policy
        if let ports = policy.ports, !ports.contains(url.port) {
            let list = ports.sorted().map { "\($0)" }.joined(separator: ", ")
            throw ConfigurationMistake("url", "port \(url.port) is not allowed; these are: \(list)")
        }
        if let refusal = url.address.flatMap({ policy.refusal(of: $0) }) {
            throw ConfigurationMistake("url", refusal)
        }
        guard let secret = WebhookSecret(try members.required("secret")) else {
            throw ConfigurationMistake("secret", "it is not 'whsec_' and 24 to 64 bytes in Base64")
        }
        self.url = url.text
        self.secret = secret
    }
}
