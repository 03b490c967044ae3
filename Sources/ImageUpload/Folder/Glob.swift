/// A pattern for paths: `*` and `?` stand for characters of a name, `**` for any number of names, `[a-z]` for one of a set.
///
/// A pattern without a slash is matched against the last name alone, wherever it is, one with a slash against the whole
/// path below the folder. Bytes are compared, upper and lower case apart; `\` takes the special meaning of the next
/// character away. Matching takes time proportional to pattern × path at most.
public struct Glob: Sendable, Equatable {
    /// What is wrong with a pattern.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        /// The pattern, what is wrong with it, and the mend.
        public let description: String
    }

    private enum Token: Sendable, Equatable {
        case byte(UInt8)
        /// `?`
        case any
        /// `*`
        case anyInName
        /// `**`
        case anything
        /// `**/`: nothing, or names each with its slash.
        case names
        case set([ClosedRange<UInt8>], isNegated: Bool)
    }

    private let tokens: [Token]
    private let isOfName: Bool

    /// Reads a pattern.
    ///
    /// - Throws: ``Invalid``: empty, a `[` without its `]`, or a `\` at the end.
    public init(_ pattern: String) throws(Invalid) {
        func invalid(_ what: String) -> Invalid { Invalid(description: "'\(PrintableText.escape(pattern))': \(what)") }
        let slash = UInt8(ascii: "/")
        var bytes = Array(pattern.utf8)[...]
        guard !bytes.isEmpty else { throw invalid("an empty pattern matches nothing; leave it out") }
        isOfName = !bytes.contains(slash)
        if bytes.first == slash { bytes.removeFirst() }
        var tokens: [Token] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "?"): tokens.append(.any)
            case UInt8(ascii: "*"):
                guard bytes.first == byte else {
                    tokens.append(.anyInName)
                    continue
                }
                bytes = bytes.drop { $0 == byte }
                if bytes.first == slash, tokens.isEmpty || tokens.last == .byte(slash) {
                    bytes.removeFirst()
                    tokens.append(.names)
                } else {
                    tokens.append(.anything)
                }
            case UInt8(ascii: "["):
                guard let set = Self.set(&bytes) else {
                    throw invalid("a [ without its ]; write \\[ for the character")
                }
                tokens.append(set)
            case UInt8(ascii: "\\"):
                guard let escaped = bytes.popFirst() else { throw invalid("a \\ at the end; write \\\\") }
                tokens.append(.byte(escaped))
            default: tokens.append(.byte(byte))
            }
        }
        self.tokens = tokens
    }

    private static func set(_ bytes: inout ArraySlice<UInt8>) -> Token? {
        var isNegated = false
        if bytes.first == UInt8(ascii: "!") || bytes.first == UInt8(ascii: "^") {
            isNegated = true
            bytes.removeFirst()
        }
        var ranges: [ClosedRange<UInt8>] = []
        while let low = bytes.popFirst() {
            if low == UInt8(ascii: "]"), !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
            if bytes.first == UInt8(ascii: "-"), let high = bytes.dropFirst().first, high != UInt8(ascii: "]") {
                bytes.removeFirst(2)
                ranges.append(min(low, high)...max(low, high))
            } else {
                ranges.append(low...low)
            }
        }
        return nil
    }

    /// Whether the pattern matches a path below the folder.
    func matches(_ path: ArraySlice<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        let text = isOfName ? path[((path.lastIndex(of: slash) ?? path.startIndex - 1) + 1)...] : path
        // reached[i]: the first i tokens match what has been read.
        var reached = [Bool](repeating: false, count: tokens.count + 1)
        reached[0] = true
        skipEmpty(&reached)
        var isAtNameStart = true
        for byte in text {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for (index, token) in tokens.enumerated() {
                guard reached[index] else { continue }
                switch token {
                case .byte(let expected): next[index + 1] = next[index + 1] || byte == expected
                case .any: next[index + 1] = next[index + 1] || byte != slash
                case .anyInName: next[index] = next[index] || byte != slash
                case .anything: next[index] = true
                case .names: next[index] = true
                case .set(let ranges, let isNegated):
                    let isIn = ranges.contains { $0.contains(byte) }
                    next[index + 1] = next[index + 1] || (byte != slash && isIn != isNegated)
                }
            }
            isAtNameStart = byte == slash
            reached = next
            skipEmpty(&reached, namesMayEnd: isAtNameStart)
        }
        return reached[tokens.count]
    }

    /// Steps over the tokens that match nothing, too; `**/` only where a name begins.
    private func skipEmpty(_ reached: inout [Bool], namesMayEnd: Bool = true) {
        for (index, token) in tokens.enumerated() where reached[index] {
            switch token {
            case .anyInName, .anything: reached[index + 1] = true
            case .names where namesMayEnd: reached[index + 1] = true
            default: break
            }
        }
    }
}
