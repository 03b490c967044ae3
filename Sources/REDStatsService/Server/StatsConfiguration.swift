import EventBroker
import HTTPService
import REDStats

/// How `red-stats` is set up.
public struct StatsConfiguration: Sendable {
    /// Which parts run in this process.
    public struct Parts: OptionSet, Sendable {
        /// The parts' bits.
        public let rawValue: Int

        /// Parts by their bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Takes events from the broker into the store, and keeps the store within its retention.
        public static let ingest = Parts(rawValue: 1)
        /// Answers over HTTP.
        public static let api = Parts(rawValue: 2)
    }

    /// What runs.
    public var parts: Parts = [.ingest, .api]
    /// The store's URL: `sqlite:PATH` or `postgres://…`.
    public var store = "sqlite:./red-stats.sqlite"
    /// The broker's URL, see ``EventBroker``.
    public var broker = "embedded:./events.sqlite"
    /// Who asks the broker, where its URL does not say it.
    public var brokerCredentials: Credentials?
    /// The group that instances share the events as.
    public var group = "red-stats"
    /// Where counts are sent, minute by minute; nil: to no Graphite.
    package var graphite: GraphiteSettings?
    /// The name or address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on, 0...65535; 0 takes a free one.
    public var port = 8090
    /// The files of a certificate chain and its private key, PEM; nil: HTTP without TLS.
    public var certificate: (chain: String, key: String)?
    /// Whether clients show a key; if not, anybody is whoever `X-Client` says, and without it sees everything.
    public var asksForKeys = false
    /// Names and addresses, without ports, that clients may call a server without keys, besides `localhost`, loopback addresses
    /// and ``host``. On the loopback address other names are refused with 421; elsewhere any will do unless one is given here.
    public var allowedHosts: [String] = []
    /// How many requests a second a client may send on average; nil: any number.
    public var requestsPerSecond: Int?
    /// The most connections, as far as the process may have so many files open.
    public var maximumConnections = 16_384
    /// How many seconds requests may take to end once the server is told to stop.
    public var graceSeconds = 30
    /// How clients are told of alerts.
    package var delivery = DeliverySettings()
    /// How long things are kept; nil: for ever.
    package var retention: Retention?

    /// Everything in one process, on files in the current folder.
    public init() {}

    var http: HTTPSettings {
        var settings = HTTPSettings()
        settings.host = host
        settings.port = port
        settings.certificate = certificate.map { CertificateFiles(chain: $0.chain, key: $0.key) }
        settings.maximumConnections = maximumConnections
        settings.allowedHosts = AllowedHosts(listeningOn: host, names: allowedHosts, asksForKeys: asksForKeys)
        settings.graceSeconds = graceSeconds
        return settings
    }
}
