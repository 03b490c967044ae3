import NIOCore
import NIOHTTP1

/// Turns requests into bytes, and limits how many bytes an answer's header may take. Stands next to the socket.
///
/// Above it the response decoder learns from the same parts which method its response belongs to.
final class RequestEncoder: ChannelDuplexHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = ByteBuffer
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let exchange: ExchangeHandler
    private var bytesBeforeHead = 0

    init(exchange: ExchangeHandler) { self.exchange = exchange }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            bytesBeforeHead = 0
            context.write(wrapOutboundOut(Self.bytes(of: head)), promise: promise)
        case .body(.byteBuffer(let bytes)):
            context.write(wrapOutboundOut(bytes), promise: promise)
        case .body(.fileRegion(let region)):
            context.write(NIOAny(region), promise: promise)
        case .end:
            // The body's length was announced; nothing marks its end.
            promise?.succeed()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytesBeforeHead += unwrapInboundIn(data).readableBytes
        exchange.bytesArrive()
        context.fireChannelRead(data)
        if exchange.awaitsHead, bytesBeforeHead > ServerResponse.headLimitBytes {
            context.fireErrorCaught(ExchangeFailure.headTooLarge)
        }
    }

    /// A request's first lines (RFC 9112, 3 and 5).
    static func bytes(of head: HTTPRequestHead) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeString("\(head.method.rawValue) \(head.uri) HTTP/1.1\r\n")
        for (name, value) in head.headers {
            bytes.writeString(name)
            bytes.writeStaticString(": ")
            bytes.writeString(value)
            bytes.writeStaticString("\r\n")
        }
        bytes.writeStaticString("\r\n")
        return bytes
    }
}
