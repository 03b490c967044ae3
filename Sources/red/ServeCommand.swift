import ArgumentParser
import CommandOutput
import EventBroker
import HTTPService
import Hoofprint
import Logging
import RED

/// `red serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Takes pictures over HTTP, says how red they are, and keeps them.",
        discussion: """
            POST /images takes a picture as it is, or as the first file of multipart/form-data; POST /red measures it \
            without keeping it; GET /images/{id} sends it back; GET /openapi.json tells the rest. The log goes to \
            standard error, with Hoofprint's records in it (see HOOFPRINT_SINK). SIGTERM and SIGINT stop the server \
            after the requests in flight.

            Examples:
              red serve --port 0 --store /var/lib/red
              printf 'ann %s\\n' $(printf %s "$KEY" | sha256sum | cut -c1-64) > keys
              red serve --keys keys --tls-certificate chain.pem --tls-key key.pem
            """)

    @Option(help: ArgumentHelp("The name or address to listen on.", valueName: "host"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one.", valueName: "port"))
    var port = 8080

    @Option(
        help: ArgumentHelp("The folder to keep pictures in; created where it is missing.", valueName: "folder"),
        completion: .directory)
    var store = "./images"

    @Option(
        help: ArgumentHelp(
            "The broker that is told of each picture that is kept: embedded:PATH, amqp://… or kafka://…; default: none.",
            valueName: "url"))
    var broker: String?

    @Option(
        help: ArgumentHelp(
            "The broker's credentials, where its URL has none: a file with the name and the password, a line each.",
            valueName: "file"),
        completion: .file())
    var brokerCredentials: String?

    @Option(help: ArgumentHelp("The most bytes of a picture.", valueName: "n"))
    var maxBytes = 32 << 20

    @Option(help: ArgumentHelp("The most uploads in flight.", valueName: "n"))
    var maxUploads = 256

    @Option(help: ArgumentHelp("The most uploads in flight of one client, or address.", valueName: "n"))
    var maxClientUploads = 128

    @Option(
        help: ArgumentHelp("The most connections; beyond, idle ones are closed for new ones.", valueName: "n"))
    var maxConnections = 16_384

    @Option(help: ArgumentHelp("The most requests a second of one client; default: any number.", valueName: "n"))
    var rate: Int?

    @Option(
        help: ArgumentHelp(
            "The clients' keys, a line each: NAME SHA256 [reads-all]. Default: no keys.", valueName: "file"),
        completion: .file())
    var keys: String?

    @Flag(help: "Take pictures from everybody who can connect, also beyond this computer.")
    var noKeys = false

    @Option(
        name: .customLong("allowed-host"),
        help: ArgumentHelp(
            "A name, besides localhost, that a server without keys answers to. May be repeated.", valueName: "name"))
    var allowedHosts: [String] = []

    @Option(help: ArgumentHelp("The certificate chain for TLS, PEM.", valueName: "file"), completion: .file())
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"), completion: .file())
    var tlsKey: String?

    func validate() throws {
        try Self.check("port", port, 0...65_535)
        try Self.check("max-bytes", maxBytes, 1...1 << 40)
        try Self.check("max-uploads", maxUploads, 1...10_000)
        try Self.check("max-client-uploads", maxClientUploads, 1...10_000)
        try Self.check("max-connections", maxConnections, 1...1_000_000)
        if let rate { try Self.check("rate", rate, 1...1_000_000) }
        guard !store.isEmpty else { throw ValidationError("--store: give the path of a folder") }
        let problem = HTTPSettings.problem(
            host: host, keys: keys != nil, noKeys: noKeys, allowedHosts: allowedHosts, certificate: tlsCertificate,
            key: tlsKey)
        if let problem { throw ValidationError(problem) }
        _ = try credentials()
    }

    func run() async throws {
        HoofprintSystem.bootstrap()
        defer { HoofprintSystem.shutdown() }
        let log = QueuedErrorOutput()
        defer { log.drain() }
        LoggingSystem.bootstrap { StreamLogHandler(label: $0, stream: log) }
        do {
            let server = try REDServer(try configuration(), logger: Logger(label: "red"))
            try await server.run { StandardError.write("listening on \($0)") }
        } catch let error as StoreError {
            let mend = "make it writable, or give another folder with --store"
            StandardError.write("red: \(error)\(error.detail == nil ? "; \(mend)" : "")")
            throw ExitCode.failure
        } catch {
            StandardError.write("red: \(error)")
            throw ExitCode.failure
        }
    }

    private func configuration() throws -> REDServer.Configuration {
        var configuration = REDServer.Configuration()
        configuration.host = host
        configuration.port = port
        configuration.store = store
        configuration.broker = broker
        configuration.brokerCredentials = try credentials()
        configuration.maximumBytes = maxBytes
        configuration.maximumUploads = maxUploads
        configuration.maximumUploadsOfClient = maxClientUploads
        configuration.requestsPerSecond = rate
        configuration.keys = try keys.map { try KeyRing(file: $0) }
        configuration.allowedHosts = allowedHosts
        if let tlsCertificate, let tlsKey { configuration.certificate = (tlsCertificate, tlsKey) }
        configuration.maximumConnections = maxConnections
        return configuration
    }

    /// Nil where no file of them is given.
    private func credentials() throws -> Credentials? {
        guard let brokerCredentials else { return nil }
        guard broker != nil else { throw ValidationError("--broker-credentials is for --broker; give that, too") }
        do {
            return try Credentials(file: brokerCredentials)
        } catch {
            throw ValidationError("--broker-credentials: \(error)")
        }
    }

    private static func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "--\(option) \(value): give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
