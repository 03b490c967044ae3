import NIOCore
import NIOHTTP1
import NIOPosix

/// A connection to the server that carries one request at a time.
struct ServerConnection: Sendable {
    private let channel: any Channel

    /// Whether another request can be tried on it.
    var isOpen: Bool { channel.isActive }

    /// Connects.
    ///
    /// - Throws: ``ExchangeFailure/cannotConnect(_:)``.
    static func open(to target: UploadTarget, _ options: UploadOptions) async throws(ExchangeFailure)
        -> ServerConnection
    {
        let timeout = TimeAmount.seconds(Int64(options.progressTimeoutSeconds))
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(Int64(options.connectTimeoutSeconds)))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let exchange = ExchangeHandler(timeout: timeout)
                    try channel.pipeline.syncOperations.addHandlers([
                        RequestEncoder(exchange: exchange),
                        ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)),
                        exchange,
                    ])
                }
            }
        // Connecting cannot be cancelled; a task that is does not wait for it, and closes what may yet come.
        let connecting = bootstrap.connect(host: target.host, port: target.port)
        let promise = connecting.eventLoop.makePromise(of: (any Channel).self)
        connecting.cascade(to: promise)
        do {
            return try await withTaskCancellationHandler {
                ServerConnection(channel: try await promise.futureResult.get())
            } onCancel: {
                promise.fail(CancellationError())
                connecting.whenSuccess { $0.close(promise: nil) }
            }
        } catch {
            throw .connecting(error)
        }
    }

    /// Begins a request; its response comes later, even if the request's body cannot be sent to its end.
    func begin(_ head: HTTPRequestHead) -> EventLoopFuture<ServerResponse> {
        let promise = channel.eventLoop.makePromise(of: ServerResponse.self)
        // A closed channel drops what is written to it, and the promise with it.
        channel.write(ExchangeStep.begin(head, promise)).whenFailure {
            promise.fail(ExchangeFailure($0, responseBegan: false))
        }
        return promise.futureResult
    }

    /// Sends a part of a request's body, and returns when the system has taken it.
    ///
    /// - Returns: Whether more can be sent; if not, the response says why.
    func send(_ bytes: ByteBuffer, isLast: Bool) async -> Bool {
        do {
            try await channel.writeAndFlush(ExchangeStep.body(bytes, isLast: isLast)).get()
            return true
        } catch {
            // The exchange fails, or has its early answer, by the same event; it is told there.
            return false
        }
    }

    /// Closes the connection; a request under way fails.
    func close() { channel.close(promise: nil) }

    /// Waits for a response.
    func result(of response: EventLoopFuture<ServerResponse>) async throws(ExchangeFailure) -> ServerResponse {
        do {
            return try await response.get()
        } catch {
            throw ExchangeFailure(error, responseBegan: false)
        }
    }
}
