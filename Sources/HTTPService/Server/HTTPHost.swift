import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import UnixSignals

/// A server of HTTP/1.1 that slow, idle and hostile clients cannot stop: listens, and hands requests to a responder.
package struct HTTPHost: Sendable {
    /// The connections there are.
    package let connections: Connections
    /// Whether the server was told to stop.
    package let readiness = Readiness()
    private let entrance = Entrance()

    private let settings: HTTPSettings
    private let name: String
    private let tls: TLSConfiguration?
    private let logger: Logger

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - name: What it calls itself in answers.
    ///   - logger: Takes the server's own lines.
    package init(_ settings: HTTPSettings, name: String, logger: Logger) throws(CertificateError) {
        self.settings = settings
        self.name = name
        self.logger = logger
        if let files = settings.certificate { tls = try files.configuration() } else { tls = nil }
        connections = Connections(
            maximum: settings.maximumConnections, filesOfRequest: settings.filesOfRequest, logger: logger)
    }

    /// The services that make the server, in the order a group takes them: they are told to stop in the opposite
    /// one, so that ``readiness`` learns of it first.
    ///
    /// - Parameters:
    ///   - responder: Answers requests.
    ///   - onListening: Called with the server's URL, once it takes connections.
    package func services(
        _ responder: some HTTPResponder<RequestFacts> & Sendable, onListening: @escaping @Sendable (String) -> Void
    ) throws -> [any Service] {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let scheme = tls == nil ? "http" : "https"
        let application = Application(
            responder: responder, server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: name,
                availableConnectionsDelegate: ConnectionRoom(connections: connections)),
            onServerRunning: { [self] channel in
                entrance.open(channel)
                begin(at: channel)
                onListening("\(scheme)://\(host):\(channel.localAddress?.port ?? 0)")
            },
            logger: logger)
        return [application, entrance, readiness]
    }

    /// Takes connections: not before all else is open, so that what is left for them can be told.
    private func begin(at entrance: any Channel) {
        let limit = DescriptorLimit.raised()
        if limit.forConnections < settings.maximumConnections {
            logger.warning(
                """
                at most \(limit.forConnections) connections: the limit on open files is \(limit.descriptors), and \(limit.taken) \
                are open; raise it with ulimit -n, or LimitNOFILE= of systemd
                """)
        }
        connections.begin(at: entrance, room: limit.forConnections)
    }

    /// Runs services until one ends or SIGTERM or SIGINT comes; requests in flight are then answered first.
    ///
    /// - Throws: ``ListenError`` if the address cannot be listened on; what a service throws.
    package func run(_ services: [any Service]) async throws {
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(settings.graceSeconds)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            throw ListenError(host: settings.host, port: settings.port, code: error.errnoCode)
        }
    }

    private func server() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [
                    ConnectionHandler(
                        patience: settings.patience, connections: connections, allowedHosts: settings.allowedHosts)
                ],
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: HTTPSettings.maximumHeadBytes,
                    maxHeaderListSize: HTTPSettings.maximumHeadBytes,
                    maxHeaderFieldCount: HTTPSettings.maximumFields)))
        guard let tls else { return plain }
        return try .tls(plain, tlsConfiguration: tls)
    }
}
