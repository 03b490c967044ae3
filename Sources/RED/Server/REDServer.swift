import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Redness
import ServiceLifecycle
import UnixSignals

/// The server of `red serve`: takes pictures over HTTP, says how red they are, and keeps them.
public struct REDServer: Sendable {
    /// Measuring keeps a core busy, so more threads than cores would only take turns.
    static let measuringThreads = System.coreCount

    private let configuration: Configuration
    private let store: PictureStore
    private let logger: Logger

    /// Opens the store: creates its folder where it is missing, and removes what a crash left behind.
    ///
    /// - Parameters:
    ///   - configuration: How the server is set up.
    ///   - logger: Takes the server's own lines.
    /// - Throws: What keeps the store from being written to.
    public init(_ configuration: Configuration, logger: Logger) throws(StoreError) {
        self.configuration = configuration
        self.logger = logger
        store = try PictureStore(folder: configuration.store)
    }

    /// Serves until SIGTERM or SIGINT; requests in flight are then answered first.
    ///
    /// - Parameter onListening: Called once the server takes connections, with its URL.
    /// - Throws: ``ListenError`` if the address cannot be listened on.
    public func run(onListening: @escaping @Sendable (String) -> Void) async throws {
        let measuring = NIOThreadPool(numberOfThreads: Self.measuringThreads)
        measuring.start()
        let host = configuration.host
        let application = application(measuring: measuring) { port in
            onListening("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        var group = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.graceSeconds)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await ServiceGroup(configuration: group).run())
        } catch let error as IOError {
            outcome = .failure(ListenError(host: host, port: configuration.port, code: error.errnoCode))
        } catch {
            outcome = .failure(error)
        }
        try await measuring.shutdownGracefully()
        try outcome.get()
    }

    /// The application that the tests and ``run(onListening:)`` start.
    ///
    /// - Parameters:
    ///   - measuring: Where pictures are measured: started already, with ``measuringThreads`` threads.
    ///   - onListening: Called with the port, once the server takes connections.
    func application(
        measuring: NIOThreadPool, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> Application<RequestHandler> {
        let upload = PictureUpload(
            store: store, measurer: PictureMeasurer(limits: configuration.pictureLimits),
            slots: UploadSlots(configuration.maximumUploads), maximumBytes: configuration.maximumBytes,
            measuring: measuring, turns: Turns(Self.measuringThreads), files: .singleton)
        let maximumBodyBytes = configuration.maximumBytes + UploadContent.formOverheadBytes
        return Application(
            responder: RequestHandler(
                posting: upload, getting: PictureDownload(store: store, files: .singleton)),
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionHandler(maximumBodyBytes: maximumBodyBytes)],
                    idleTimeout: .seconds(Int64(configuration.idleSeconds)))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "red"),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
    }
}
