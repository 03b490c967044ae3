import NIOCore

/// Reads the answers on a connection (RFC 9112), one after the other, out of bytes as they come.
///
/// It holds at most the 16 KiB of a header and 64 KiB of a body, whatever a server sends. Interim answers (1xx) are passed
/// over, and count towards the header that follows.
struct ResponseParser {
    private enum Phase {
        case head
        case body(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailer
        /// Until the connection ends.
        case rest
    }

    private var input = ByteBuffer()
    private var phase = Phase.head
    private var response = ServerResponse(status: 0)
    /// Of the header, or of a chunk's size or the trailer, before what is in `input`.
    private var headBytes = 0
    private var bodyBytes = 0

    /// Whether a part of an answer has come.
    private(set) var hasBegun = false

    /// Takes in what came.
    mutating func append(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        hasBegun = true
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.discardReadBytes()
            input.writeImmutableBuffer(bytes)
        }
    }

    /// Whether bytes are left that belong to no answer that was read.
    var hasInput: Bool { input.readableBytes > 0 }

    /// The next answer, if it is whole; where its body is longer than is kept, as soon as that is clear.
    mutating func next() throws(ExchangeFailure) -> ServerResponse? {
        while true {
            switch phase {
            case .head:
                guard let head = try takeHead() else { return nil }
                try begin(head)
            case .body(0): return finish()
            case .body(let remaining):
                let count = take(remaining)
                guard !isTooLong else { return finish(keepsConnection: false) }
                phase = .body(remaining: remaining - count)
                guard count == remaining else { return nil }
            case .rest:
                _ = take(.max)
                return isTooLong ? finish(keepsConnection: false) : nil
            case .chunkSize:
                guard let line = try takeLine() else { return nil }
                let size = try Self.chunkSize(line)
                phase = size == 0 ? .trailer : .chunk(remaining: size)
            case .chunk(let remaining):
                let count = take(remaining)
                guard !isTooLong else { return finish(keepsConnection: false) }
                phase = count == remaining ? .chunkEnd : .chunk(remaining: remaining - count)
                guard count == remaining else { return nil }
            case .chunkEnd:
                guard let line = try takeLine() else { return nil }
                guard line.isEmpty else { throw .malformed("a chunk is longer than it says") }
                headBytes = 0
                phase = .chunkSize
            case .trailer:
                guard let line = try takeLine() else { return nil }
                if line.isEmpty { return finish() }
            }
        }
    }

    /// The connection ended: the answer that ends with it, if there is one.
    mutating func end() -> ServerResponse? {
        guard case .rest = phase else { return nil }
        return finish(keepsConnection: false)
    }

    private var isTooLong: Bool { bodyBytes > ServerResponse.bodyLimitBytes }

    private mutating func finish(keepsConnection: Bool? = nil) -> ServerResponse {
        defer {
            phase = .head
            response = ServerResponse(status: 0)
            (headBytes, bodyBytes) = (0, 0)
            hasBegun = hasInput
        }
        if let keepsConnection { response.keepsConnection = keepsConnection }
        return response
    }

    /// Takes up to `limit` bytes of a body, and keeps them if they may be worth reading.
    private mutating func take(_ limit: Int) -> Int {
        let count = min(limit, input.readableBytes)
        guard var part = input.readSlice(length: count) else { return 0 }
        bodyBytes += count
        if !response.isSuccess {
            let room = ServerResponse.bodyLimitBytes - response.body.readableBytes
            if let kept = part.readSlice(length: min(room, count)) { response.body.writeImmutableBuffer(kept) }
        }
        return count
    }

    /// A whole header, with its blank line.
    private mutating func takeHead() throws(ExchangeFailure) -> ByteBuffer? {
        // Blank lines before an answer are passed over, as servers do for requests (RFC 9112, 2.2).
        while headBytes == 0, let byte: UInt8 = input.getInteger(at: input.readerIndex), byte == 0x0D || byte == 0x0A {
            input.moveReaderIndex(forwardBy: 1)
        }
        let limit = ServerResponse.headLimitBytes - headBytes
        let length = input.withUnsafeReadableBytes { Self.headLength($0) }
        guard let length else {
            guard input.readableBytes <= limit else { throw .headTooLarge }
            return nil
        }
        guard length <= limit else { throw .headTooLarge }
        headBytes += length
        return input.readSlice(length: length)
    }

    /// How long a header is, to the end of its blank line; nil: it has none yet.
    private static func headLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var lineStart = 0
        for index in bytes.indices.prefix(ServerResponse.headLimitBytes + 1) where bytes[index] == 0x0A {
            let length = index - lineStart
            if length == 0 || (length == 1 && bytes[lineStart] == 0x0D) { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    /// A line of the chunked coding, without its end.
    private mutating func takeLine() throws(ExchangeFailure) -> [UInt8]? {
        guard let end = input.readableBytesView.prefix(ServerResponse.headLimitBytes).firstIndex(of: 0x0A) else {
            guard headBytes + input.readableBytes < ServerResponse.headLimitBytes else { throw .headTooLarge }
            return nil
        }
        guard var line = input.readBytes(length: end - input.readerIndex + 1)?.dropLast() else { return nil }
        headBytes += line.count + 1
        guard headBytes <= ServerResponse.headLimitBytes else { throw .headTooLarge }
        if line.last == 0x0D { line.removeLast() }
        return Array(line)
    }

    private static func chunkSize(_ line: [UInt8]) throws(ExchangeFailure) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        guard isHexadecimal, (1...15).contains(digits.count),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .malformed("a chunk of no size: \(String(decoding: line, as: UTF8.self))") }
        return size
    }

    private mutating func begin(_ bytes: ByteBuffer) throws(ExchangeFailure) {
        let head = try bytes.withUnsafeReadableBytes { bytes throws(ExchangeFailure) in try ResponseHead(bytes) }
        if (100...199).contains(head.response.status) {
            // What is switched to is no protocol that was asked for.
            guard head.response.status != 101 else { throw .malformed("101 Switching Protocols") }
            return
        }
        response = head.response
        switch head.framing {
        case .none: phase = .body(remaining: 0)
        case .length(let count): phase = .body(remaining: count)
        case .chunked:
            headBytes = 0
            phase = .chunkSize
        case .untilClose:
            response.keepsConnection = false
            phase = .rest
        }
    }
}
