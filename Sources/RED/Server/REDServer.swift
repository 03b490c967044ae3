import EventBroker
import Foundation
import HTTPService
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Redness
import ServiceLifecycle

/// The server of `red serve`: takes pictures over HTTP, says how red they are, and keeps them.
public struct REDServer: Sendable {
    /// Measuring keeps a core busy, so more threads than cores would only take turns.
    static let measuringThreads = System.coreCount
    /// Waiting for the disk keeps no core busy, and what waits together is written together.
    static let fileThreads = 16

    private let configuration: Configuration
    private let store: PictureStore
    private let host: HTTPHost
    private let logger: Logger

    /// Opens the store: creates its folder where it is missing, and mends what a crash left behind.
    ///
    /// - Parameters:
    ///   - configuration: How the server is set up.
    ///   - logger: Takes the server's own lines.
    /// - Throws: ``StoreError`` for what keeps the store from being written to; a certificate that cannot be used.
    public init(_ configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        host = try HTTPHost(configuration.http, name: "red", logger: logger)
        self.logger = logger
        store = try PictureStore(
            folder: configuration.store, measurer: PictureMeasurer(limits: configuration.pictureLimits),
            publishesAs: configuration.broker == nil ? nil : ProcessInfo.processInfo.hostName, logger: logger)
    }

    /// Serves until SIGTERM or SIGINT; requests in flight are then answered first.
    ///
    /// - Parameter onListening: Called once the server takes connections, with its URL.
    /// - Throws: What keeps the server from listening.
    public func run(onListening: @escaping @Sendable (String) -> Void) async throws {
        try await withServices(onListening: onListening) { try await host.run($0) }
    }

    /// Runs `body` with the services that make the server, and the threads they need.
    ///
    /// - Parameter onListening: Called with the URL, once the server takes connections.
    func withServices<R>(
        onListening: @escaping @Sendable (String) -> Void, _ body: ([any Service]) async throws -> R
    ) async throws -> R {
        let measuring = NIOThreadPool(numberOfThreads: Self.measuringThreads)
        let files = NIOThreadPool(numberOfThreads: Self.fileThreads)
        measuring.start()
        files.start()
        let result: Result<R, any Error>
        do {
            let files = FilePool(threads: files)
            let publisher = try await publisher(files)
            let services = try host.services(handler(measuring, files, publisher), onListening: onListening)
            // The first to start is the last to stop: after the last request.
            result = .success(try await body((publisher.map { [$0] } ?? []) + services))
        } catch {
            result = .failure(error)
        }
        try await measuring.shutdownGracefully()
        try await files.shutdownGracefully()
        return try result.get()
    }

    /// What brings events to the broker, if there is one.
    private func publisher(_ files: FilePool) async throws -> OutboxPublisher? {
        guard let url = configuration.broker, let outbox = store.outbox else { return nil }
        var options = BrokerOptions()
        // The publisher itself waits for a broker that is away, and is not to be waited for when the server stops.
        options.publishPatience = .seconds(3)
        let broker = try await EventBrokers.open(
            url, credentials: configuration.brokerCredentials, options: options, logger: logger)
        return OutboxPublisher(store: store, outbox: outbox, broker: broker, files: files, logger: logger)
    }

    private func handler(
        _ threads: NIOThreadPool, _ files: FilePool, _ publisher: OutboxPublisher?
    ) -> RequestHandler {
        let slots = UploadSlots(configuration.maximumUploads, ofClient: configuration.maximumUploadsOfClient)
        let turns = Turns(Self.measuringThreads)
        let metrics = Metrics(turns: turns, slots: slots, connections: host.connections, events: publisher)
        let receiver = PictureReceiver(store: store, maximumBytes: configuration.maximumBytes, files: files)
        let measuring = MeasuringPool(
            measurer: PictureMeasurer(limits: configuration.pictureLimits), threads: threads, turns: turns,
            metrics: metrics)
        return RequestHandler(
            uploads: PictureUpload(
                store: store, receiver: receiver, measuring: measuring, files: files, slots: slots),
            downloads: PictureDownload(store: store, files: files), lists: PictureList(store: store, files: files),
            gate: Gate(
                keys: configuration.keys, limiter: configuration.requestsPerSecond.map { RateLimiter(perSecond: $0) }),
            metrics: metrics, readiness: host.readiness)
    }
}
