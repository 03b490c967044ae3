import Hoofprint
import NIOCore
import NIOPosix
import NIOTLS

/// A connection to the server, with the requests that are on their way on it. Confined to its event loop.
///
/// Requests are written one after the other, and their answers come in the same order (RFC 9112, 9.3.2). The connection is
/// closed as soon as it cannot carry another request: after an answer that came before its request was complete, one that
/// is the server's last or longer than is kept, and after any error.
final class UploadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = IOData

    /// What happens on a connection.
    enum Event {
        /// It can carry requests.
        case opened
        case answered(PreparedUpload, ServerResponse)
        case sent(bytes: Int)
        /// What was read has been dealt with.
        case readComplete
        /// A file was found changed or unreadable while it was sent; ``ended(_:unanswered:)`` follows.
        case fileFailed(PreparedUpload, PictureFile.Failure)
        /// It is over, once. Of the requests without an answer the first is to blame, if any is.
        case ended(ExchangeFailure?, unanswered: [PreparedUpload])
    }

    private let timeout: TimeAmount
    private let isSecure: Bool
    private let pool: NIOThreadPool
    private let tell: (UploadConnection, Event) -> Void
    /// How many bytes may be sent now: nil, and a time to wait, if none.
    private let permit: (_ wanted: Int) -> (bytes: Int?, wait: TimeAmount)

    private var context: ChannelHandlerContext?
    private var flights = CircularBuffer<PreparedUpload>()
    private var sending: FileSending?
    private var parser = ResponseParser()
    private var lastProgress = NIODeadline.now()
    private var answerBegan: NIODeadline?
    private var needsFlush = false

    private(set) var isOpen = false
    private(set) var isEnded = false
    private(set) var answers = 0
    /// How many bytes of requests have no answer.
    private(set) var bytesUnderWay = 0
    /// How many requests have no answer.
    var requestsUnderWay: Int { flights.count }
    /// Whether the last request is not written to its end.
    var isSending: Bool { sending != nil }
    /// Whether requests were written that are not handed to the system.
    var isFilling: Bool { needsFlush }

    init(
        timeout: TimeAmount, isSecure: Bool, pool: NIOThreadPool,
        permit: @escaping (_ wanted: Int) -> (bytes: Int?, wait: TimeAmount),
        tell: @escaping (UploadConnection, Event) -> Void
    ) {
        self.timeout = timeout
        self.isSecure = isSecure
        self.pool = pool
        self.permit = permit
        self.tell = tell
    }

    // MARK: Sending

    /// Writes a request; ``flush()`` hands it to the system.
    func send(_ upload: PreparedUpload) {
        guard let context else { preconditionFailure("a request on a connection that is not open") }
        if flights.isEmpty { lastProgress = .now() }
        flights.append(upload)
        bytesUnderWay += upload.requestBytes
        needsFlush = true
        switch upload.content {
        case .whole(let bytes):
            context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
            tell(self, .sent(bytes: upload.size))
        case .file(let head, let file, let tail):
            context.write(wrapOutboundOut(.byteBuffer(head)), promise: nil)
            sending = FileSending(upload: upload, file: file, tail: tail)
            advance()
        }
    }

    /// Hands what was written to the system.
    func flush() {
        guard needsFlush else { return }
        needsFlush = false
        span("connection.flush") { context?.flush() }
    }

    /// Begins as many pieces of the file as may be under way.
    private func advance() {
        while let current = sending, current.wantsPiece, !isEnded {
            let most = isSecure ? FileSending.readBytes : FileSending.pieceBytes
            let (allowed, wait) = permit(min(most, current.file.size - current.offset))
            guard let count = allowed else { return hold(wait) }
            // A file that has shrunk would be waited for without end by the system's own sending.
            guard checkFile() else { return }
            sending?.offset += count
            sending?.piecesUnderWay += 1
            if isSecure {
                read(current.file, at: current.offset, count)
            } else {
                write(.fileRegion(current.file.region(at: current.offset, count: count)), count)
            }
        }
        guard let current = sending, current.isComplete, checkFile() else { return }
        sending = nil
        guard current.tail.readableBytes > 0 else { return }
        context?.writeAndFlush(wrapOutboundOut(.byteBuffer(current.tail)), promise: nil)
    }

    private func hold(_ wait: TimeAmount) {
        guard let context else { return }
        sending?.isHeld = true
        flush()
        context.eventLoop.assumeIsolated().scheduleTask(in: wait) { [self] in
            sending?.isHeld = false
            advance()
            flush()
        }
    }

    private func write(_ data: IOData, _ count: Int) {
        guard let context else { return }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [self] in
            lastProgress = .now()
            sending?.piecesUnderWay -= 1
            tell(self, .sent(bytes: count))
            advance()
            flush()
        }
        context.write(wrapOutboundOut(data), promise: written)
        needsFlush = true
    }

    private func read(_ file: PictureFile, at offset: Int, _ count: Int) {
        guard let context else { return }
        sending?.isReading = true
        let piece = pool.runIfActive(eventLoop: context.eventLoop) { () -> Result<ByteBuffer, PictureFile.Failure> in
            Result { () throws(PictureFile.Failure) in
                var buffer = ByteBufferAllocator().buffer(capacity: count)
                try file.read(count: count, at: offset, into: &buffer)
                return buffer
            }
        }
        piece.assumeIsolated().whenComplete { [self] result in
            guard !isEnded else { return }
            switch result {
            case .success(.success(let buffer)):
                sending?.isReading = false
                write(.byteBuffer(buffer), count)
                advance()
                flush()
            case .success(.failure(let failure)): fail(failure)
            // Only a pool that is shut down, when all is over, gets here.
            case .failure(let error): end(ExchangeFailure(error, responseBegan: parser.hasBegun))
            }
        }
    }

    /// Whether the file that is being sent is what it was; ends the connection if not, so that no server takes it.
    private func checkFile() -> Bool {
        guard let sending else { return true }
        do throws(PictureFile.Failure) {
            try sending.file.checkUnchanged()
            return true
        } catch {
            fail(error)
            return false
        }
    }

    private func fail(_ failure: PictureFile.Failure) {
        guard let sending else { return }
        self.sending = nil
        if !flights.isEmpty { flights.removeLast() }
        tell(self, .fileFailed(sending.upload, failure))
        end(nil)
    }

    // MARK: Time

    /// Gives up where nothing moves. Called every now and then.
    func check(at now: NIODeadline) {
        guard !flights.isEmpty, !isEnded else { return }
        let seconds = Int(timeout.nanoseconds / 1_000_000_000)
        if let answerBegan, now - answerBegan >= timeout {
            end(.endlessAnswer(seconds: seconds))
        } else if now - lastProgress >= timeout, sending?.isHeld != true {
            end(.noProgress(seconds: seconds))
        } else {
            _ = checkFile()
        }
    }

    /// Ends the connection: requests without an answer come back, and none of them is to blame.
    func close() { end(nil) }

    private func end(_ failure: ExchangeFailure?) {
        guard !isEnded else { return }
        isEnded = true
        isOpen = false
        let unanswered = Array(flights)
        flights.removeAll()
        sending = nil
        context?.close(promise: nil)
        tell(self, .ended(failure, unanswered: unanswered))
    }

    /// Ends a connection that could not be opened.
    func cannotConnect(_ error: any Error) { end(.connecting(error)) }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        if !isSecure { open() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isSecure, case .handshakeCompleted? = event as? TLSUserEvent { open() }
        context.fireUserInboundEventTriggered(event)
    }

    private func open() {
        guard !isEnded else { return }
        isOpen = true
        tell(self, .opened)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnded else { return }
        lastProgress = .now()
        parser.append(unwrapInboundIn(data))
        do throws(ExchangeFailure) {
            try span("response.read") { () throws(ExchangeFailure) in
                while !isEnded, parser.hasInput, let response = try parser.next() { try take(response) }
            }
        } catch {
            end(error)
        }
        answerBegan = parser.hasBegun ? answerBegan ?? lastProgress : nil
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        tell(self, .readComplete)
        context.fireChannelReadComplete()
    }

    private func take(_ response: ServerResponse) throws(ExchangeFailure) {
        guard let upload = flights.first else { throw .unasked }
        let isComplete = sending == nil || flights.count > 1
        if !isComplete, response.isSuccess { throw .earlySuccess(response.status) }
        flights.removeFirst()
        bytesUnderWay -= upload.requestBytes
        answers += 1
        answerBegan = nil
        tell(self, .answered(upload, response))
        if !isComplete || !response.keepsConnection {
            sending = nil
            end(nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(isOpen ? ExchangeFailure(error, responseBegan: parser.hasBegun) : .connecting(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isEnded, let response = parser.end() {
            // An answer to nothing is none; the connection is over all the same.
            do throws(ExchangeFailure) { try take(response) } catch { end(error) }
        }
        end(
            isOpen
                ? .closed(responseBegan: parser.hasBegun, reason: nil)
                : .cannotConnect("the server closed the connection"))
        context.fireChannelInactive()
    }
}
