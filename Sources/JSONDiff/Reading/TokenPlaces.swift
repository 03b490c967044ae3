import CJSONIndex

/// The places of a text's tokens, found piece by piece: the whole list would be longer than the text.
struct TokenPlaces: ~Copyable {
    private var text: UnsafeBufferPointer<UInt8>
    private let implementation: Int32
    private let buffer: UnsafeMutablePointer<UInt32>
    private var state = hp_json_index_state()
    /// As far as the text is indexed.
    private var indexed = 0
    private var next: UnsafeMutablePointer<UInt32>
    private var last: UnsafeMutablePointer<UInt32>
    /// The last place of the piece before.
    private var lastOfPiece: UInt32 = 0

    /// Small enough that a piece and its places stay in the second cache.
    private static let pieceSize = 32 << 10

    /// A place that no text has: the end.
    static let end = UInt32.max

    /// - Parameter start: Where the first piece begins: not in a string, nor in a character.
    init(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0, implementation: Int32 = hp_json_index_best()) {
        self.text = text
        indexed = start
        self.implementation = implementation
        buffer = .allocate(capacity: Self.pieceSize + 64)
        next = buffer
        last = buffer
    }

    /// Begins with another text.
    mutating func restart(in text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        state = hp_json_index_state()
        indexed = 0
        next = buffer
        last = buffer
    }

    /// Passes over the pieces that end before an offset; answers with where the next one begins, and whether that is in a string.
    mutating func skipPieces(before offset: Int) throws(JSONReadingError) -> (start: Int, isInString: Bool) {
        while indexed + Self.pieceSize <= offset { _ = try fill() }
        next = last
        return (indexed, state.in_string != 0)
    }

    /// Goes on at an offset further on, which is not in a string: ``advance()`` answers with the first place from there on.
    mutating func skip(to offset: Int) throws(JSONReadingError) {
        guard offset < indexed else {
            state = hp_json_index_state()
            indexed = offset
            next = last
            return
        }
        while next != last, Int(next.pointee) < offset { next += 1 }
    }

    /// The next three places, all found already. nil: they are not; take them one by one.
    @inline(__always)
    var three: UnsafePointer<UInt32>? { last - next >= 3 ? UnsafePointer(next) : nil }

    /// Passes over ``three``.
    @inline(__always)
    mutating func skipThree() { next += 3 }

    /// The place that ``advance()`` answered with last.
    var current: UInt32 { next == buffer ? lastOfPiece : (next - 1).pointee }

    deinit { buffer.deallocate() }

    /// The place of the next token; ``end`` behind the last.
    @inline(__always)
    mutating func advance() throws(JSONReadingError) -> UInt32 {
        if next == last {
            guard try fill() else { return Self.end }
        }
        defer { next += 1 }
        return next.pointee
    }

    /// The place that ``advance()`` will answer with.
    @inline(__always)
    mutating func peek() throws(JSONReadingError) -> UInt32 {
        if next == last {
            guard try fill() else { return Self.end }
        }
        return next.pointee
    }

    /// Whether there are any more.
    @inline(never)
    private mutating func fill() throws(JSONReadingError) -> Bool {
        while indexed < text.count {
            let length = min(Self.pieceSize, text.count - indexed)
            let before = state
            if last > buffer { lastOfPiece = (last - 1).pointee }
            let count = hp_json_index(
                implementation, &state, text.start + indexed, length, UInt32(indexed), buffer)
            if state.problems != 0 { throw problem(in: indexed..<indexed + length, before) }
            next = buffer
            last = buffer + count
            indexed += length
            if count > 0 { return true }
        }
        if isCharacterCut() { throw problem(in: max(0, indexed - 1)..<indexed, state) }
        if state.in_string != 0 { throw unterminated() }
        return false
    }

    /// Whether the text ends, at the end of a block, in the middle of a character.
    private func isCharacterCut() -> Bool {
        guard state.tail != 0 else { return false }
        var state = state, places = [UInt32](repeating: 0, count: 65)
        // Whatever follows but the rest of the character shows it.
        _ = hp_json_index(implementation, &state, [UInt8(ascii: " ")], 1, 0, &places)
        return state.problems & UInt32(HP_JSON_BAD_UTF8) != 0
    }

    /// The first of what is wrong in a piece.
    private func problem(in piece: Range<Int>, _ before: hp_json_index_state) -> JSONReadingError {
        var isInString = before.in_string != 0, isEscaped = before.is_escaped != 0
        let start = max(0, piece.lowerBound - 3)
        let wrongByte = Self.firstWrongByte(
            UnsafeBufferPointer(rebasing: text[start..<min(piece.upperBound + 3, text.count)]), isStart: start == 0
        )
        .map { $0 + start }
        for place in piece {
            let byte = text[place]
            if place == wrongByte { break }
            if isInString, byte < 0x20 {
                let name = byte == 10 || byte == 13 ? "a line end" : "the control character \(byte)"
                return JSONReadingError(
                    "\(name) in a string: write it as an escape, or end the string with a quote", at: place, in: text)
            }
            let isQuote = byte == UInt8(ascii: "\"") && !isEscaped
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            if isQuote { isInString.toggle() }
        }
        return JSONReadingError(
            "the text is not UTF-8: store it as UTF-8", at: wrongByte ?? piece.lowerBound, in: text)
    }

    /// The offset of the first byte that is no part of a character.
    ///
    /// - Parameter isStart: Whether the first byte begins a character; else at most three may be the rest of one.
    static func firstWrongByte(_ bytes: UnsafeBufferPointer<UInt8>, isStart: Bool) -> Int? {
        var at = 0
        while !isStart, at < min(3, bytes.count), bytes[at] & 0xC0 == 0x80 { at += 1 }
        while at < bytes.count {
            let length: Int
            switch bytes[at] {
            case 0..<0x80: length = 1
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF: length = 3
            case 0xF0...0xF4: length = 4
            default: return at
            }
            guard at + length <= bytes.count, String(validating: bytes[at..<at + length], as: UTF8.self) != nil else {
                return at
            }
            at += length
        }
        return nil
    }

    /// The text ends in a string.
    private func unterminated() -> JSONReadingError {
        var start = 0, isInString = false, isEscaped = false
        for (place, byte) in text.enumerated() {
            let isQuote = byte == UInt8(ascii: "\"") && !isEscaped
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped && isInString
            guard isQuote else { continue }
            isInString.toggle()
            start = place
        }
        let place = JSONReadingError("", at: start, in: text)
        return JSONReadingError(
            "the text ends in the string that starts at line \(place.line), column \(place.column): is it cut off?",
            at: text.count, in: text)
    }
}
