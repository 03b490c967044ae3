/// A place in a JSON value (RFC 6901): the names of members and the indices of elements that lead to it from the root.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// Names and indices; empty: the whole value.
    public var tokens: [String]

    /// The place that names and indices lead to.
    public init(tokens: [String] = []) { self.tokens = tokens }

    /// Reads a pointer: empty, or `/` before each token, with `~1` for `/` and `~0` for `~`. nil: it is none.
    public init?(_ text: some StringProtocol) {
        guard let parts = Self.parts(text) else { return nil }
        tokens = []
        for part in parts {
            guard let token = Self.unescaped(part, star: false) else { return nil }
            tokens.append(token)
        }
    }

    /// What stands between the slashes, by code points: one with a combining mark behind it is a slash too. nil: the first
    /// code point is none.
    static func parts(_ text: some StringProtocol) -> [Substring]? {
        let scalars = Substring(text).unicodeScalars
        guard scalars.isEmpty || scalars.first == "/" else { return nil }
        return scalars.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { Substring($0) }
    }

    /// Whether the tokens have the same code points.
    public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.elementsEqual(right.tokens) { $0.utf8.elementsEqual($1.utf8) }
    }

    /// By the tokens' code points.
    public func hash(into hasher: inout Hasher) {
        for token in tokens {
            for byte in token.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8.max)
        }
    }

    /// The pointer as text.
    public var description: String { tokens.map { "/" + Self.escaped($0) }.joined() }

    /// A token as it stands in a pointer.
    static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        var result = ""
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// nil: there is a `~` without one of the digits behind it.
    static func unescaped(_ part: some StringProtocol, star: Bool) -> String? {
        var result = String.UnicodeScalarView()
        var scalars = part.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "~" else {
                result.append(scalar)
                continue
            }
            switch scalars.next() {
            case "0"?: result.append("~")
            case "1"?: result.append("/")
            case "2"? where star: result.append("*")
            default: return nil
            }
        }
        return String(result)
    }
}
