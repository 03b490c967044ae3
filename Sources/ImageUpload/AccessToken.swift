/// A secret that tells a server who uploads. No text that is made of it shows it.
public struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What is wrong with a token, without its text.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        /// What is wrong, and the mend.
        public let description: String
    }

    /// The most bytes of a token: servers refuse longer header fields.
    static let limitBytes = 4096

    let text: String

    /// Takes a token, without the white space around it.
    ///
    /// - Throws: ``Invalid``: empty, longer than 4096 bytes, or with other than visible ASCII characters.
    public init(_ text: some StringProtocol) throws(Invalid) {
        let isSpace = { (character: Character) in character.isWhitespace || character.isNewline }
        let rest = text.drop(while: isSpace)
        let length = rest.reversed().drop(while: isSpace).count
        let token = rest.prefix(length)
        guard !token.isEmpty else { throw Invalid(description: "the token is empty") }
        guard token.utf8.count <= Self.limitBytes else {
            throw Invalid(description: "the token is longer than \(Self.limitBytes) bytes")
        }
        // Anything else would end the header field, or the line (RFC 9110, 5.5).
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Invalid(description: "a token has visible ASCII characters only, and stands alone")
        }
        self.text = String(token)
    }

    /// Reads a token from a file, of which the first 8 KiB are looked at.
    ///
    /// - Throws: ``Invalid``, which names the file.
    public init(file: FilePath) throws(Invalid) {
        let bytes: [UInt8]
        do throws(SystemFailure) {
            bytes = try file.contents(limit: 2 * Self.limitBytes)
        } catch {
            throw Invalid(description: "cannot read the token in '\(file)': \(error)")
        }
        do throws(Invalid) {
            try self.init(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Invalid(description: "'\(file)': \(error.description)")
        }
    }

    /// Not the token.
    public var description: String { "(token)" }
    /// Not the token.
    public var debugDescription: String { "(token)" }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
