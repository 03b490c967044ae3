/// What an answer's header says of the answer, as far as an upload needs it.
struct ResponseHead {
    /// How the end of the body is told (RFC 9112, 6.3).
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    private(set) var response: ServerResponse
    private(set) var framing = Framing.untilClose

    private var length: Int?
    private var isChunked = false
    /// What the Connection field says.
    private var closes = false
    private var keeps = false

    /// Reads a header from its first line to its blank one.
    init(_ bytes: UnsafeRawBufferPointer) throws(ExchangeFailure) {
        var lines = Lines(bytes: bytes)
        guard let first = lines.next() else { throw .malformed("an empty answer") }
        let isOld: Bool
        (response, isOld) = try Self.status(first)
        while let line = lines.next(), !line.isEmpty { try read(line) }
        response.keepsConnection = isOld ? keeps && !closes : !closes
        if response.status < 200 || response.status == 204 || response.status == 304 {
            framing = .none
        } else if isChunked {
            framing = .chunked
            // Whoever sends both may mean either (RFC 9112, 6.3).
            if length != nil { response.keepsConnection = false }
        } else if let length {
            framing = .length(length)
        }
    }

    private struct Lines {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        mutating func next() -> UnsafeRawBufferPointer? {
            guard position < bytes.count else { return nil }
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            let start = position
            position = end + 1
            let isCRLF = end > start && bytes[end - 1] == 0x0D
            return UnsafeRawBufferPointer(rebasing: bytes[start..<(isCRLF ? end - 1 : end)])
        }
    }

    /// `HTTP/1.1 201 Created`; whether it is of HTTP/1.0.
    private static func status(_ line: UnsafeRawBufferPointer) throws(ExchangeFailure) -> (ServerResponse, Bool) {
        func digit(_ index: Int) -> Int? {
            (0x30...0x39).contains(line[index]) ? Int(line[index]) - 0x30 : nil
        }
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), digit(7) != nil, line[8] == 0x20,
            let hundreds = digit(9), let tens = digit(10), let ones = digit(11), hundreds > 0,
            line.count == 12 || line[12] == 0x20
        else { throw .malformed(String(decoding: line.prefix(200), as: UTF8.self)) }
        var response = ServerResponse(status: hundreds * 100 + tens * 10 + ones)
        if !response.isSuccess { response.reason = String(decoding: line.dropFirst(13), as: UTF8.self) }
        return (response, line[7] == 0x30)
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) throws(ExchangeFailure) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[0] != 0x20, line[0] != 0x09 else {
            throw .malformed("a header line without a name: \(String(decoding: line.prefix(200), as: UTF8.self))")
        }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        let value = Self.trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
        // By length first: most fields are none of these.
        switch name.count {
        case 14 where Self.isName(name, "content-length"): try readLength(value)
        case 17 where Self.isName(name, "transfer-encoding"):
            guard !isChunked, Self.isName(value, "chunked") else {
                throw .malformed("the transfer coding '\(String(decoding: value.prefix(100), as: UTF8.self))'")
            }
            isChunked = true
        case 10 where Self.isName(name, "connection"):
            let tokens = String(decoding: value, as: UTF8.self).lowercased().split(separator: ",")
            for token in tokens.map({ $0.filter { $0 != " " && $0 != "\t" } }) {
                closes = closes || token == "close"
                keeps = keeps || token == "keep-alive"
            }
        case 12 where !response.isSuccess && Self.isName(name, "content-type"):
            response.mediaType = String(decoding: value.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }, as: UTF8.self)
                .lowercased()
        case 11 where Self.isName(name, "retry-after"): response.retryAfter = String(decoding: value, as: UTF8.self)
        case 8 where Self.isName(name, "location"): response.location = String(decoding: value, as: UTF8.self)
        default: break
        }
    }

    private mutating func readLength(_ value: UnsafeRawBufferPointer) throws(ExchangeFailure) {
        let isNumber = value.allSatisfy { (0x30...0x39).contains($0) } && (1...18).contains(value.count)
        guard isNumber, let count = Int(String(decoding: value, as: UTF8.self)), length == nil || length == count else {
            throw .malformed("the length '\(String(decoding: value.prefix(100), as: UTF8.self))'")
        }
        length = count
    }

    /// Whether `bytes` are `name`, which is in lower case, in either case.
    private static func isName(_ bytes: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard bytes.count == name.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count {
            let byte = bytes[index]
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            guard lower == name.utf8Start[index] else { return false }
        }
        return true
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var start = 0
        var end = bytes.count
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }
}
