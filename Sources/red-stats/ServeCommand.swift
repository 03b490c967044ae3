import ArgumentParser
import CommandOutput
import HTTPService
import Hoofprint
import Logging
import REDStats
import REDStatsService

/// `red-stats serve`: everything in one process.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Takes events and answers over HTTP: ingest and api in one process.")

    @OptionGroup var ingest: IngestOptions
    @OptionGroup(title: "Answering") var listening: ListeningOptions

    func run() async throws {
        try await serve(ingest.apply(to: listening.configuration([.ingest, .api])))
    }
}

/// `red-stats ingest`: from the broker into the store.
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Takes events from the broker into the store; several instances share them.")

    @OptionGroup var ingest: IngestOptions

    func run() async throws {
        var configuration = StatsConfiguration()
        configuration.parts = [.ingest]
        try await serve(ingest.apply(to: configuration))
    }
}

/// `red-stats api`: answers from the store.
struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "Answers over HTTP from the store; any number of instances.")

    @OptionGroup var store: StoreOption
    @OptionGroup(title: "Telling clients") var delivery: DeliveryOptions
    @OptionGroup(title: "Answering") var listening: ListeningOptions

    func run() async throws {
        var configuration = listening.configuration([.api])
        configuration.delivery = try delivery.settings()
        configuration.store = store.store
        try await serve(configuration)
    }
}

/// Where events come from and go to, and who is told.
struct IngestOptions: ParsableArguments {
    @OptionGroup var store: StoreOption
    @OptionGroup var broker: BrokerOptions
    @OptionGroup var retention: RetentionOptions
    @OptionGroup(title: "Telling clients") var delivery: DeliveryOptions
    @OptionGroup(title: "Charts") var graphite: GraphiteOptions

    /// A configuration with these options in it.
    func apply(to configuration: StatsConfiguration) throws -> StatsConfiguration {
        var configuration = configuration
        configuration.graphite = graphite.settings
        configuration.delivery = try delivery.settings()
        configuration.store = store.store
        configuration.broker = broker.broker
        configuration.brokerCredentials = try broker.credentials()
        configuration.group = broker.group
        configuration.retention = retention.retention
        return configuration
    }
}

/// How long things are kept.
struct RetentionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many days events are kept one by one; default: for ever.", valueName: "days"))
    var keepEvents: Int?

    @Option(help: ArgumentHelp("How many days counts of minutes are kept; default: for ever.", valueName: "days"))
    var keepMinutes: Int?

    @Option(help: ArgumentHelp("How many days counts of hours are kept; default: for ever.", valueName: "days"))
    var keepHours: Int?

    @Option(
        help: ArgumentHelp(
            "How many days counts of days are kept; those of months stay. Default: for ever.", valueName: "days"))
    var keepDays: Int?

    @Option(help: ArgumentHelp("How many days alerts are kept; default: for ever.", valueName: "days"))
    var keepAlerts: Int?

    /// Nil where all is kept.
    var retention: Retention? {
        let retention = Retention(
            events: keepEvents, minutes: keepMinutes, hours: keepHours, days: keepDays, alerts: keepAlerts)
        return retention == Retention() ? nil : retention
    }

    func validate() throws {
        let days = [
            ("events", keepEvents), ("minutes", keepMinutes), ("hours", keepHours), ("days", keepDays),
            ("alerts", keepAlerts),
        ]
        for case (let name, let days?) in days where !(1...100_000).contains(days) {
            throw ValidationError("--keep-\(name) \(days): give a number of days from 1 to 100000")
        }
        do {
            try retention?.check()
        } catch {
            throw ValidationError("--keep-events, --keep-minutes, --keep-hours, --keep-days: \(error)")
        }
    }
}

/// Where and to whom it answers.
struct ListeningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The name or address to listen on.", valueName: "host"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one.", valueName: "port"))
    var port = 8090

    @Flag(help: "Ask clients for a key, see 'red-stats keys'.")
    var keys = false

    @Flag(help: "Answer everybody who can connect, also beyond this computer.")
    var noKeys = false

    @Option(
        name: .customLong("allowed-host"),
        help: ArgumentHelp(
            "A name, besides localhost, that a server without keys answers to. May be repeated.", valueName: "name"))
    var allowedHosts: [String] = []

    @Option(help: ArgumentHelp("The most requests a second of one client; default: any number.", valueName: "n"))
    var rate: Int?

    @Option(help: ArgumentHelp("The certificate chain for TLS, PEM.", valueName: "file"), completion: .file())
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"), completion: .file())
    var tlsKey: String?

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port \(port): give a number from 0 to 65535")
        }
        if let rate, !(1...1_000_000).contains(rate) {
            throw ValidationError("--rate \(rate): give a number from 1 to 1000000")
        }
        let problem = HTTPSettings.problem(
            host: host, keys: keys, noKeys: noKeys, allowedHosts: allowedHosts, certificate: tlsCertificate,
            key: tlsKey)
        if let problem { throw ValidationError(problem) }
    }

    func configuration(_ parts: StatsConfiguration.Parts) -> StatsConfiguration {
        var configuration = StatsConfiguration()
        configuration.parts = parts
        configuration.host = host
        configuration.port = port
        configuration.asksForKeys = keys
        configuration.allowedHosts = allowedHosts
        configuration.requestsPerSecond = rate
        if let tlsCertificate, let tlsKey { configuration.certificate = (tlsCertificate, tlsKey) }
        return configuration
    }
}

/// Runs a server; its log is standard error, with Hoofprint's records in it.
private func serve(_ configuration: StatsConfiguration) async throws {
    HoofprintSystem.bootstrap()
    defer { HoofprintSystem.shutdown() }
    let log = QueuedErrorOutput()
    defer { log.drain() }
    LoggingSystem.bootstrap { StreamLogHandler(label: $0, stream: log) }
    try await unavailable {
        do {
            let server = try await StatsServer(configuration, logger: Logger(label: "red-stats"))
            if !configuration.parts.contains(.api) {
                StandardError.write("taking events from \(configuration.group)'s queue")
            }
            try await server.run { StandardError.write("listening on \($0)") }
        } catch let error as ListenError {
            StandardError.write("red-stats: \(error)")
            throw ExitCode.failure
        } catch let error as CertificateError {
            StandardError.write("red-stats: \(error)")
            throw ExitCode.failure
        }
    }
}
