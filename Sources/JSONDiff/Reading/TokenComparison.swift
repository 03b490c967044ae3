#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Walks two texts token by token, as far as they are the same.
struct TokenComparison: ~Copyable {
    enum Outcome {
        /// The values differ, if the texts are JSON.
        case different
        /// No difference was come to; or keys differ or are in another order, or a text is no JSON.
        case unknown
    }

    /// One of the texts.
    private struct Side: ~Copyable {
        let text: UnsafeBufferPointer<UInt8>
        var places: TokenPlaces

        init(_ text: UnsafeBufferPointer<UInt8>) {
            self.text = text
            places = TokenPlaces(in: text)
        }

        func byte(_ place: UInt32) -> UInt8 { place == TokenPlaces.end ? 0 : text[Int(place)] }

        /// What is between the quotes of the string whose first quote was the last token.
        mutating func string(_ open: UInt32) throws(JSONReadingError) -> UnsafeBufferPointer<UInt8> {
            var close = try places.advance()
            while close != TokenPlaces.end, byte(close) != UInt8(ascii: "\"") { close = try places.advance() }
            let end = close == TokenPlaces.end ? text.count : Int(close)
            return UnsafeBufferPointer(rebasing: text[Int(open) + 1..<end])
        }

        /// The number or literal that begins at a place.
        func scalar(_ place: UInt32) -> UnsafeBufferPointer<UInt8> {
            let end = TextScanner(base: text.start, count: text.count).scalarEnd(Int(place))
            return UnsafeBufferPointer(rebasing: text[Int(place)..<end])
        }

        mutating func isBeforeColon() throws(JSONReadingError) -> Bool {
            byte(try places.peek()) == UInt8(ascii: ":")
        }
    }

    private var old: Side
    private var new: Side
    private let numbers: NumberScanner
    private let normalizes: Bool

    init(_ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>, _ options: JSONOptions) {
        self.old = Side(old)
        self.new = Side(new)
        numbers = NumberScanner(options.numbers, ValueHash.keys)
        normalizes = options.normalizes
    }

    /// Whether equal values have equal tokens, but for the order of keys.
    static func isPossible(_ options: JSONOptions) -> Bool {
        options.arrays == .list && options.keys.isEmpty && options.ignored.isEmpty && options.tolerance == 0
            && options.duplicates == .error && options.syntax != .jsonc
    }

    /// How many tokens are looked at: where the first different bytes say nothing, reading both texts is quicker than this.
    private static let maximumTokens = 50_000

    /// Walks from the first bytes that differ to the first difference.
    mutating func run() -> Outcome {
        do {
            let (start, isInString) = try old.places.skipPieces(before: commonBytes)
            _ = try new.places.skipPieces(before: commonBytes)
            if isInString {
                let rest = try old.string(UInt32(start - 1)), otherRest = try new.string(UInt32(start - 1))
                guard Self.isSameText(rest, otherRest) else {
                    let isPlain = !rest.contains(0x5C) && !otherRest.contains(0x5C) && !normalizes
                    return isPlain ? try outcomeOfStrings() : .unknown
                }
            }
            for _ in 0..<Self.maximumTokens {
                let place = try old.places.advance(), other = try new.places.advance()
                if place == TokenPlaces.end || other == TokenPlaces.end { return .unknown }
                let byte = old.byte(place), otherByte = new.byte(other)
                if byte == UInt8(ascii: "\""), otherByte == byte {
                    guard Self.isSame(try old.string(place), try new.string(other), normalizes) else {
                        return try outcomeOfStrings()
                    }
                } else if Self.isMark(byte) || Self.isMark(otherByte) {
                    guard byte == otherByte else { return .different }
                } else {
                    guard isSameScalar(old.scalar(place), new.scalar(other)) else { return .different }
                }
            }
        } catch {
            // Whoever reads the text as a whole is told what is wrong.
        }
        return .unknown
    }

    /// Of two that differ and were read last.
    private mutating func outcomeOfStrings() throws(JSONReadingError) -> Outcome {
        let isKey = try old.isBeforeColon(), isOtherKey = try new.isBeforeColon()
        return isKey || isOtherKey ? .unknown : .different
    }

    /// How many bytes are the same from the first on.
    private var commonBytes: Int {
        let count = min(old.text.count, new.text.count), step = 4096
        var at = 0
        while at + step <= count, memcmp(old.text.start + at, new.text.start + at, step) == 0 { at += step }
        return at
    }

    /// Whether a byte is a token of its own, or begins a string.
    @inline(__always)
    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
            UInt8(ascii: ":"), UInt8(ascii: "\""):
            true
        default: false
        }
    }

    @inline(__always)
    private static func isSameText(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        left.count == right.count && memcmp(left.start, right.start, left.count) == 0
    }

    private static func isSame(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>, _ normalizes: Bool
    ) -> Bool {
        if isSameText(left, right) { return true }
        guard normalizes || left.contains(0x5C) || right.contains(0x5C) else { return false }
        var wrong = 0
        guard let left = StringContent.unescaped(left, wrong: &wrong),
            let right = StringContent.unescaped(right, wrong: &wrong)
        else { return false }
        return left == right || (normalizes && StringContent.normalized(left) == StringContent.normalized(right))
    }

    private func isSameScalar(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        if Self.isSameText(left, right) { return true }
        var end = left.start
        guard let hash = numbers.scan(left.start, left.start + left.count, end: &end) else { return false }
        return hash == numbers.scan(right.start, right.start + right.count, end: &end)
    }
}
