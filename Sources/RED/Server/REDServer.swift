import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Redness
import ServiceLifecycle
import UnixSignals

/// The server of `red serve`: takes pictures over HTTP, says how red they are, and keeps them.
public struct REDServer: Sendable {
    /// Measuring keeps a core busy, so more threads than cores would only take turns.
    static let measuringThreads = System.coreCount
    /// Waiting for the disk keeps no core busy, and what waits together is written together.
    static let fileThreads = 16

    private let configuration: Configuration
    private let store: PictureStore
    private let tls: TLSConfiguration?
    private let logger: Logger

    /// Opens the store: creates its folder where it is missing, and mends what a crash left behind.
    ///
    /// - Parameters:
    ///   - configuration: How the server is set up.
    ///   - logger: Takes the server's own lines.
    /// - Throws: ``StoreError`` for what keeps the store from being written to; ``CertificateError``.
    public init(_ configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        tls = try configuration.certificate.map { try Self.tls(chain: $0.chain, key: $0.key) }
        store = try PictureStore(
            folder: configuration.store, measurer: PictureMeasurer(limits: configuration.pictureLimits), logger: logger)
    }

    /// Serves until SIGTERM or SIGINT; requests in flight are then answered first.
    ///
    /// - Parameter onListening: Called once the server takes connections, with its URL.
    /// - Throws: ``ListenError`` if the address cannot be listened on.
    public func run(onListening: @escaping @Sendable (String) -> Void) async throws {
        let host = configuration.host
        let scheme = tls == nil ? "http" : "https"
        let outcome: Result<Void, any Error>
        do {
            try await withServices { port in
                onListening("\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)")
            } _: { services in
                var group = ServiceGroupConfiguration(
                    services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
                group.maximumGracefulShutdownDuration = .seconds(configuration.graceSeconds)
                try await ServiceGroup(configuration: group).run()
            }
            outcome = .success(())
        } catch let error as IOError {
            outcome = .failure(ListenError(host: host, port: configuration.port, code: error.errnoCode))
        } catch {
            outcome = .failure(error)
        }
        try outcome.get()
    }

    /// Runs `body` with the services that make the server, and the threads they need.
    ///
    /// - Parameter onListening: Called with the port, once the server takes connections.
    func withServices<R>(
        onListening: @escaping @Sendable (Int) -> Void, _ body: ([any Service]) async throws -> R
    ) async throws -> R {
        let measuring = NIOThreadPool(numberOfThreads: Self.measuringThreads)
        let files = NIOThreadPool(numberOfThreads: Self.fileThreads)
        measuring.start()
        files.start()
        let result: Result<R, any Error>
        do {
            let readiness = Readiness()
            let application = try application(measuring, FilePool(threads: files), readiness, onListening)
            // They are told to stop in the opposite order: what says so first.
            result = .success(try await body([application, readiness]))
        } catch {
            result = .failure(error)
        }
        try await measuring.shutdownGracefully()
        try await files.shutdownGracefully()
        return try result.get()
    }

    private func application(
        _ threads: NIOThreadPool, _ files: FilePool, _ readiness: Readiness,
        _ onListening: @escaping @Sendable (Int) -> Void
    ) throws -> Application<RequestHandler> {
        let slots = UploadSlots(configuration.maximumUploads, ofClient: configuration.maximumUploadsOfClient)
        let turns = Turns(Self.measuringThreads)
        let connections = Connections(maximum: configuration.maximumConnections)
        let metrics = Metrics(turns: turns, slots: slots, connections: connections)
        let receiver = PictureReceiver(store: store, maximumBytes: configuration.maximumBytes, files: files)
        let measuring = MeasuringPool(
            measurer: PictureMeasurer(limits: configuration.pictureLimits), threads: threads, turns: turns,
            metrics: metrics)
        let handler = RequestHandler(
            uploads: PictureUpload(
                store: store, receiver: receiver, measuring: measuring, files: files, slots: slots),
            downloads: PictureDownload(store: store, files: files), lists: PictureList(store: store, files: files),
            gate: Gate(
                keys: configuration.keys, limiter: configuration.requestsPerSecond.map { RateLimiter(perSecond: $0) }),
            metrics: metrics, readiness: readiness)
        return Application(
            responder: handler, server: try server(connections),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "red"),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
    }

    private func server(_ connections: Connections) throws -> HTTPServerBuilder {
        let patience = configuration.patience
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [
                    ConnectionHandler(patience: patience, connections: connections)
                ],
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: Configuration.maximumHeadBytes,
                    maxHeaderListSize: Configuration.maximumHeadBytes,
                    maxHeaderFieldCount: Configuration.maximumFields)))
        guard let tls else { return plain }
        return try .tls(plain, tlsConfiguration: tls)
    }

    private static func tls(chain: String, key: String) throws(CertificateError) -> TLSConfiguration {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(chain)
            let key = try NIOSSLPrivateKey(file: key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            // Fails here, and not with the first connection, if the key is not the certificate's.
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch {
            throw CertificateError(chain: chain, key: key, detail: "\(error)")
        }
    }
}

/// A certificate and key that TLS cannot use.
public struct CertificateError: Error, Sendable, CustomStringConvertible {
    /// The certificate chain's file.
    public let chain: String
    /// The private key's file.
    public let key: String
    /// What is wrong.
    public let detail: String

    /// The files, and what is wrong with them.
    public var description: String {
        "cannot use the certificate '\(chain)' with the key '\(key)': \(detail); give PEM files that belong together"
    }
}
