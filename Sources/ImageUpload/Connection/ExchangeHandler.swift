import NIOCore
import NIOHTTP1

/// A step of a request, as an upload hands it to its connection.
enum ExchangeStep: Sendable {
    /// Begins a request; the promise is kept when the response is complete.
    case begin(HTTPRequestHead, EventLoopPromise<ServerResponse>)
    /// A part of the body; after the last one the request is complete.
    case body(ByteBuffer, isLast: Bool)
}

/// One request at a time on a connection: passes it on, collects its response, and gives up when nothing moves.
///
/// The connection is closed as soon as it cannot carry another request: after a response that came before the request
/// was complete, one that is the server's last or longer than is kept, and after any error.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias OutboundIn = ExchangeStep
    typealias OutboundOut = HTTPClientRequestPart
    typealias InboundIn = HTTPClientResponsePart

    private struct Exchange {
        let promise: EventLoopPromise<ServerResponse>
        var deadline: Scheduled<Void>?
        var requestIsComplete = false
        var responseBegan = false
        var head: HTTPResponseHead?
        var body = ByteBuffer()
    }

    private let timeout: TimeAmount
    private var current: Exchange?
    private var lastProgress = NIODeadline.uptimeNanoseconds(0)

    init(timeout: TimeAmount) { self.timeout = timeout }

    /// Whether a request was sent whose response's header is yet to come.
    var awaitsHead: Bool {
        guard let current else { return false }
        return current.head == nil
    }

    /// Notes that bytes of a response came, be they enough for the parser or not.
    func bytesArrive() {
        lastProgress = .now()
        current?.responseBegan = true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .begin(let head, let response):
            lastProgress = .now()
            current = Exchange(promise: response, deadline: schedule(context, at: lastProgress + timeout))
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes, let isLast):
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenSuccess { self.lastProgress = .now() }
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: written)
            if isLast {
                current?.requestIsComplete = true
                context.write(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard current != nil else {
            // Bytes that no request asked for: nothing on this connection can be trusted any more.
            context.close(promise: nil)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            let bytes = head.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
            guard bytes <= ServerResponse.headLimitBytes else { return fail(.headTooLarge, context) }
            current?.head = head
        case .body(var bytes):
            let room = ServerResponse.bodyLimitBytes - (current?.body.readableBytes ?? 0)
            if bytes.readableBytes > room {
                // The rest may have no end; what is kept is enough to tell what happened.
                if let kept = bytes.readSlice(length: room) { current?.body.writeImmutableBuffer(kept) }
                finish(context, mayStayOpen: false)
            } else {
                current?.body.writeBuffer(&bytes)
            }
        case .end: finish(context, mayStayOpen: true)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(ExchangeFailure(error, responseBegan: current?.responseBegan ?? false), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed(responseBegan: current?.responseBegan ?? false, reason: nil), context)
        context.fireChannelInactive()
    }

    private func finish(_ context: ChannelHandlerContext, mayStayOpen: Bool) {
        guard let exchange = current, let head = exchange.head else { return }
        current = nil
        exchange.deadline?.cancel()
        if !mayStayOpen || !exchange.requestIsComplete || !head.isKeepAlive { context.close(promise: nil) }
        exchange.promise.succeed(ServerResponse(head: head, body: exchange.body))
    }

    private func fail(_ failure: ExchangeFailure, _ context: ChannelHandlerContext) {
        let exchange = current
        current = nil
        exchange?.deadline?.cancel()
        context.close(promise: nil)
        exchange?.promise.fail(failure)
    }

    private func schedule(_ context: ChannelHandlerContext, at deadline: NIODeadline) -> Scheduled<Void> {
        let loop = context.eventLoop.assumeIsolated()
        return loop.scheduleTask(deadline: deadline) {
            guard self.current != nil else { return }
            let next = self.lastProgress + self.timeout
            if next > .now() {
                self.current?.deadline = self.schedule(context, at: next)
            } else {
                let seconds = Int(self.timeout.nanoseconds / 1_000_000_000)
                self.fail(.noProgress(seconds: seconds), context)
            }
        }
    }
}
