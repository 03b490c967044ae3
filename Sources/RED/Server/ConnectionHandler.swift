import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What HTTP/1.1 asks of a connection and the server framework leaves out: answering `Expect: 100-continue`, and ending
/// a connection whose request was refused before its body was read.
///
/// Such a connection is closed for writing once the answer is out, and what still comes is thrown away for a while:
/// closing it at once would make the system send a reset, which can destroy the answer on its way (RFC 9112,
/// section 9.6).
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let lingering = TimeAmount.seconds(2)

    private let maximumBodyBytes: Int
    private var isReadingBody = false
    private var endsAfterAnswer = false
    private var isDraining = false

    /// - Parameter maximumBodyBytes: Longer bodies are not asked for.
    init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReadingBody = true
            if !isDraining { greet(head, context) }
        case .body: break
        case .end:
            isReadingBody = false
            if isDraining { context.close(promise: nil) }
        }
        if !isDraining { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            endsAfterAnswer = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            guard endsAfterAnswer else { return context.write(data, promise: promise) }
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in self.end(context) }
            context.writeAndFlush(data, promise: written)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isDraining, let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func greet(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return }
        if let length = head.headerFields[.contentLength].flatMap({ Int($0) }), length > maximumBodyBytes { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    private func end(_ context: ChannelHandlerContext) {
        guard isReadingBody else { return context.close(promise: nil) }
        isDraining = true
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
