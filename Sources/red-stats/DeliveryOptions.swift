import ArgumentParser
import EventBroker
import REDStats

/// How clients are told of alerts.
struct DeliveryOptions: ParsableArguments {
    @Flag(help: "Let webhooks be http:, which everybody on the way can read.")
    var webhookHTTP = false

    @Option(
        name: .customLong("webhook-network"),
        help: ArgumentHelp(
            "A network that is not public where webhooks may be: 10.0.0.0/8. May be repeated.", valueName: "cidr"))
    var networks: [String] = []

    @Option(
        name: .customLong("webhook-port"),
        help: ArgumentHelp("A port that webhooks may be at, besides 80 and 443. May be repeated.", valueName: "port"))
    var ports: [Int] = []

    @Option(
        help: ArgumentHelp("The mail server: smtp://HOST:PORT with STARTTLS, or smtps://HOST:PORT.", valueName: "url"))
    var smtp: String?

    @Option(help: ArgumentHelp("Whom mails are from.", valueName: "address"))
    var mailFrom: String?

    @Option(
        help: ArgumentHelp(
            "The mail server's credentials: a file with the name and the password, a line each.", valueName: "file"),
        completion: .file())
    var mailCredentials: String?

    func validate() throws {
        for network in networks where AddressRange(network) == nil {
            throw ValidationError("--webhook-network \(network): give a network as 10.0.0.0/8, or an address")
        }
        for port in ports where !(1...65_535).contains(port) {
            throw ValidationError("--webhook-port \(port): give a number from 1 to 65535")
        }
        guard (smtp == nil) == (mailFrom == nil) else {
            throw ValidationError("--smtp and --mail-from: give both, or none")
        }
        guard smtp != nil || mailCredentials == nil else {
            throw ValidationError("--mail-credentials is for --smtp; give that, too")
        }
        _ = try settings()
    }

    func settings() throws -> DeliverySettings {
        var settings = DeliverySettings()
        settings.allowsHTTP = webhookHTTP
        settings.allowedAddresses = networks.compactMap(AddressRange.init)
        settings.allowedPorts?.formUnion(ports)
        if let smtp, let mailFrom {
            do {
                let credentials = try mailCredentials.map { try Credentials(file: $0) }
                settings.smtp = try SMTPSettings(server: smtp, from: mailFrom, credentials: credentials)
            } catch {
                throw ValidationError("\(error)")
            }
        }
        return settings
    }
}
