import Crypto
import HTTPService
import HTTPTypes
import Hummingbird
import NIOCore

/// The digests of a request's content that its `Content-Digest` states (RFC 9530), compared with those of what arrives.
///
/// SHA-256 and SHA-512 are checked, all that are stated; other algorithms are passed over, as the RFC allows.
struct ContentDigest {
    private var stated256: [UInt8]?
    private var stated512: [UInt8]?
    private var hash256: SHA256?
    private var hash512: SHA512?

    /// Nil if nothing is stated that is checked.
    ///
    /// - Parameters:
    ///   - headers: The request's.
    ///   - isHashed: Whether the content's SHA-256 is known in the end anyway, so that it need not be found here.
    /// - Throws: 400 for a field that does not follow the RFC's syntax.
    init?(_ headers: HTTPFields, isHashed: Bool) throws(Problem) {
        guard let name = HTTPField.Name("Content-Digest") else { return nil }
        let members = headers[values: name].flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        for member in members {
            // A dictionary of byte sequences (RFC 9651): `sha-256=:…:`. Base 64 holds neither comma nor colon.
            let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = parts[0].drop { $0 == " " || $0 == "\t" }
            let value = parts.count == 2 ? parts[1].split { $0 == " " || $0 == "\t" }.joined(separator: " ") : ""
            guard value.count > 2, value.hasPrefix(":"), value.hasSuffix(":"),
                let bytes = Base64.decode(value.dropFirst().dropLast())
            else { throw Self.malformed(String(member)) }
            switch key {
            case "sha-256":
                guard bytes.count == SHA256.byteCount else { throw Self.malformed(String(member)) }
                stated256 = bytes
                if !isHashed { hash256 = SHA256() }
            case "sha-512":
                guard bytes.count == SHA512.byteCount else { throw Self.malformed(String(member)) }
                stated512 = bytes
                hash512 = SHA512()
            default: break
            }
        }
        if stated256 == nil, stated512 == nil { return nil }
    }

    /// Takes the next bytes of the content.
    mutating func update(_ chunk: ByteBuffer) {
        chunk.withUnsafeReadableBytes { bytes in
            hash256?.update(bufferPointer: bytes)
            hash512?.update(bufferPointer: bytes)
        }
    }

    /// The content is at its end.
    ///
    /// - Parameter known256: The content's SHA-256, where it is known anyway.
    /// - Throws: 400 if it is not what was stated.
    func finish(_ known256: [UInt8]?) throws(Problem) {
        let is256 = stated256 == nil || stated256 == hash256.map { Array($0.finalize()) } ?? known256
        let is512 = stated512 == hash512.map { Array($0.finalize()) }
        guard is256, is512 else {
            throw Problem(
                status: .badRequest,
                detail: "The content's \(is256 ? "SHA-512" : "SHA-256") is not the one in Content-Digest: "
                    + "it was changed on its way. Send it again.")
        }
    }

    private static func malformed(_ member: String) -> Problem {
        Problem(
            status: .badRequest,
            detail: "A member of Content-Digest is not 'sha-256=:BASE64:' or 'sha-512=:BASE64:': '\(member)'.",
            endsConnection: true)
    }
}

/// Base 64 of RFC 4648, section 4.
enum Base64 {
    /// Bytes from text with its padding; nil for anything that an encoder does not write.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 4 == 0 else { return nil }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in characters.dropLast(padding) {
            guard let value = value(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // What is left of the last character is zero in canonical text.
        return bits & (1 << UInt32(count) - 1) == 0 ? result : nil
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
