import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

/// A real HTTP server on a free loopback port, which records what it is sent and answers as it is told.
final class PictureServer: Sendable {
    /// What came in.
    struct Request: Sendable {
        let connection: Int
        let number: Int
        let head: HTTPRequestHead
        var body: [UInt8] = []
    }

    /// What goes out.
    enum Reply: Sendable {
        case status(Int, headers: [(String, String)] = [], body: String = "")
        /// Bytes as they are, and then perhaps the end of the connection.
        case bytes(String, closing: Bool)
        case close
        /// Nothing; someone else answers, or the client gives up.
        case nothing
    }

    struct Behaviour: Sendable {
        /// The answer to a header alone, before the body is read; nil: read on.
        var toHead: @Sendable (Request, any Channel) -> Reply? = { _, _ in nil }
        var toRequest: @Sendable (Request, any Channel) -> Reply = { _, _ in .status(201, body: "{}") }
        /// From this request on the server is gone.
        var lastsUntil = Int.max
        /// Nil: it speaks in plain text.
        var tls: NIOSSLContext?
    }

    private struct Record {
        var requests: [Request] = []
        var connections = 0
        var begun = 0
    }

    private let record = Mutex(Record())
    private let channel = Mutex<(any Channel)?>(nil)

    var requests: [Request] { record.withLock { $0.requests } }
    var connections: Int { record.withLock { $0.connections } }

    var url: String { "http://127.0.0.1:\(port)" }
    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }

    /// Runs `body` with a server, and stops the server.
    static func serving<R>(_ behaviour: Behaviour = Behaviour(), _ body: (PictureServer) async throws -> R) async throws
        -> R
    {
        let server = PictureServer()
        // Where it was, nobody else is to be found.
        let port = behaviour.lastsUntil == .max ? 0 : Int(try ServerProcess.freePort())
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let connection = server.record.withLock { record in
                        record.connections += 1
                        return record.connections
                    }
                    if let tls = behaviour.tls {
                        try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try child.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        Handler(server, behaviour, connection),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        server.channel.withLock { $0 = channel }
        let result: Result<R, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        if channel.isActive { try await channel.close() }
        return try result.get()
    }

    /// Ends listening, and then the given connection.
    func stop(closing connection: any Channel) {
        channel.withLock { $0 }?.close().whenComplete { _ in connection.close(promise: nil) }
    }

    static func send(_ reply: Reply, on channel: any Channel) {
        switch reply {
        case .nothing: break
        case .close: channel.close(promise: nil)
        case .bytes(let text, let closing):
            let written = channel.writeAndFlush(ByteBuffer(string: text))
            if closing { written.whenComplete { _ in channel.close(promise: nil) } }
        case .status(let code, let headers, let body):
            let fields = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            let text = "HTTP/1.1 \(code) Some Reason\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        private let server: PictureServer
        private let behaviour: Behaviour
        private let connection: Int
        private var request: Request?

        init(_ server: PictureServer, _ behaviour: Behaviour, _ connection: Int) {
            self.server = server
            self.behaviour = behaviour
            self.connection = connection
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let number = server.record.withLock { record in
                    record.begun += 1
                    return record.begun
                }
                guard number < behaviour.lastsUntil else { return server.stop(closing: context.channel) }
                let request = Request(connection: connection, number: number, head: head)
                self.request = request
                if let early = behaviour.toHead(request, context.channel) {
                    self.request = nil
                    PictureServer.send(early, on: context.channel)
                }
            case .body(let bytes): request?.body += bytes.readableBytesView
            case .end:
                guard let request else { return }
                self.request = nil
                server.record.withLock { $0.requests.append(request) }
                PictureServer.send(behaviour.toRequest(request, context.channel), on: context.channel)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
