import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// What a connection asks for besides requests and answers: `Expect: 100-continue`, patience that ends, refusals of what
/// is no request, and an end that does not destroy the last answer.
///
/// A connection whose request was refused before its body was read is closed for writing once the answer is out, and
/// what still comes is thrown away for a while: closing it at once would make the system send a reset, which can
/// destroy the answer on its way (RFC 9112, section 9.6).
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Phase {
        /// Nothing of a request has come.
        case waiting
        /// A request's head has begun.
        case head
        case body
        /// The request is whole, its answer is not.
        case answering
        /// The last answer is out; what comes is thrown away.
        case draining
    }

    private static let lingering = TimeAmount.seconds(2)
    /// A body's rate is looked at so many times within the patience for it.
    private static let looks: Int64 = 5

    private let patience: Patience
    private let connections: Connections
    private let allowedHosts: AllowedHosts?
    private var phase = Phase.waiting
    private var endsAfterAnswer = false
    /// Requests that have begun and are not answered: more than one where a client sends them without waiting.
    private var unanswered = 0
    private var expectsContinue = false
    private var timer: Scheduled<Void>?
    private var sendTimer: Scheduled<Void>?
    private var isReading = false
    private var bodyBytes = 0
    private var slowLooks: Int64 = 0

    /// - Parameters:
    ///   - patience: How long clients are waited for.
    ///   - connections: Where the connection is counted.
    ///   - allowedHosts: What clients may call the server; nil: anything.
    init(patience: Patience, connections: Connections, allowedHosts: AllowedHosts?) {
        self.patience = patience
        self.connections = connections
        self.allowedHosts = allowedHosts
    }

    // MARK: Beginning and end

    func handlerAdded(context: ChannelHandlerContext) {
        guard connections.open(context.channel) else { return context.close(promise: nil) }
        do {
            // A picture comes in few pieces, each of which is a way from the event loop to a task.
            try context.channel.syncOptions?.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 4_096, maximum: 512 << 10))
        } catch {
            return context.close(promise: nil)
        }
        let arrivals = ArrivalHandler { [weak self] in self?.begin(context) }
        do {
            try context.pipeline.syncOperations.addHandler(arrivals, position: .first)
        } catch {
            return context.close(promise: nil)
        }
        after(patience.idle, context) { context in context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connections.close(context.channel)
        timer?.cancel()
        sendTimer?.cancel()
    }

    // MARK: Requests

    /// Bytes have come.
    private func begin(_ context: ChannelHandlerContext) {
        guard case .waiting = phase else { return }
        phase = .head
        after(patience.head, context) { [self] context in
            refuse(
                Problem(status: .requestTimeout, detail: "The request's head took too long to come."), context)
        }
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = false
        if case .draining = phase {
            if case .end = unwrapInboundIn(data) { context.close(promise: nil) }
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let problem = refusal(of: head, context) { return refuse(problem, context) }
            unanswered += 1
            expectsContinue = head.headerFields[.expect]?.lowercased() == "100-continue"
            phase = .body
            bodyBytes = 0
            slowLooks = 0
            watchBody(context)
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
        case .end:
            phase = .answering
            timer?.cancel()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .draining = phase { context.read() }
        context.fireChannelReadComplete()
    }

    /// Ends the patience with a body whose client, though waited for, sends too little for too long.
    private func watchBody(_ context: ChannelHandlerContext) {
        let wait = TimeAmount.nanoseconds(patience.idle.nanoseconds / Self.looks)
        after(wait, context) { [self] context in
            guard case .body = phase else { return }
            let enough = Int64(patience.bytesPerSecond) * wait.nanoseconds / 1_000_000_000
            slowLooks = isReading && bodyBytes < enough ? slowLooks + 1 : 0
            bodyBytes = 0
            guard slowLooks == Self.looks else { return watchBody(context) }
            refuse(Problem(status: .requestTimeout, detail: "The request's body comes too slowly."), context)
            context.fireErrorCaught(SlowBody())
        }
    }

    /// Why a request is not handed on; nil if it is.
    private func refusal(of head: HTTPRequest, _ context: ChannelHandlerContext) -> Problem? {
        guard Self.namesOneHost(head) else {
            return Problem(status: .badRequest, detail: "A request names one host, in a Host field.")
        }
        if let problem = allowedHosts?.refusal(of: head) { return problem }
        guard connections.work(context.channel) else {
            return Problem(
                status: .serviceUnavailable, detail: "The server has as many requests as it may have; come again.",
                headers: [.retryAfter: "1"])
        }
        return nil
    }

    /// RFC 9112, section 3.2. The first Host field has become the authority.
    private static func namesOneHost(_ head: HTTPRequest) -> Bool {
        head.authority != nil && !head.headerFields.contains { $0.name.canonicalName == "host" }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if expectsContinue, case .body = phase {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        expectsContinue = false
        promise?.succeed()
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Whoever answers a request that was refused meanwhile need not know.
        if case .draining = phase {
            promise?.succeed()
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            endsAfterAnswer = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise()
            // The last bytes must be taken in time, too.
            expectToSend(context)
            written.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
            context.writeAndFlush(data, promise: written)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            sendTimer?.cancel()
        } else {
            expectToSend(context)
        }
        context.fireChannelWritabilityChanged()
    }

    private func expectToSend(_ context: ChannelHandlerContext) {
        sendTimer?.cancel()
        sendTimer = context.eventLoop.assumeIsolated().scheduleTask(in: patience.idle) { context.close(promise: nil) }
    }

    private func answered(_ context: ChannelHandlerContext) {
        sendTimer?.cancel()
        unanswered -= 1
        switch phase {
        case .draining: break
        case .body where endsAfterAnswer: drain(context)
        case _ where endsAfterAnswer: context.close(promise: nil)
        case .answering where unanswered == 0:
            phase = .waiting
            connections.wait(context.channel)
            after(patience.idle, context) { context in context.close(promise: nil) }
        case .waiting, .head, .body, .answering: break
        }
    }

    // MARK: Refusals

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch phase {
        case .draining: return
        case .waiting, .head:
            guard let error = error as? HTTPParserError else { break }
            return refuse(Self.problem(error), context)
        case .body, .answering: break
        }
        context.fireErrorCaught(error)
    }

    private static func problem(_ error: HTTPParserError) -> Problem {
        switch error {
        case .headerOverflow:
            Problem(
                status: .requestHeaderFieldsTooLarge, detail: "The request's head is too long, or has too many fields.")
        case .invalidVersion:
            Problem(status: .httpVersionNotSupported, detail: "This server speaks HTTP/1.1.")
        default:
            Problem(status: .badRequest, detail: "This is no request of HTTP/1.1.")
        }
    }

    /// Answers in place of the request's handler, and ends the connection.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        let (head, body) = problem.endingConnection().message
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        phase = .draining
        written.futureResult.assumeIsolated().whenComplete { _ in self.drain(context) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    /// Closes the connection for writing, and in a while altogether.
    private func drain(_ context: ChannelHandlerContext) {
        phase = .draining
        context.close(mode: .output, promise: nil)
        context.read()
        after(Self.lingering, context) { context in context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .draining = phase, let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func after(
        _ time: TimeAmount, _ context: ChannelHandlerContext, _ action: @escaping (ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { action(context) }
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}

/// Told to a connection once its request's body will be read: who asked first, with `Expect`, may then send it.
struct BodyWanted: Sendable {}

/// The client did not send a body in time.
private struct SlowBody: Error {}
