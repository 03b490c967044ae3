import Crypto

/// What stands for a client in the names of metrics: no two clients have the same.
///
/// Letters and digits of ASCII and `-` stand for themselves, `__` for `_`, and `_` with two hexadecimal digits for
/// any other byte of the name's UTF-8: dots, spaces and slashes, which divide Graphite's names and folders, braces
/// and stars, which its queries expand. Each name is a folder of whisper's, so that one too long for that ends in
/// `_h` and the SHA-256 of all of it.
package enum GraphiteName {
    /// The longest name; file systems take 255 bytes.
    static let longest = 200

    /// The name that stands for a client.
    ///
    /// - Parameter client: 1…256 bytes of UTF-8.
    package static func of(_ client: String) -> String {
        let parts = client.utf8.map(part)
        let name = parts.joined()
        guard name.utf8.count > longest else { return name }
        let end = "_h" + SHA256.hash(data: Array(client.utf8)).map(hexadecimal).joined()
        var beginning = ""
        for part in parts {
            // A part is never cut, so that the end is not taken for more of it.
            guard beginning.utf8.count + part.utf8.count + end.utf8.count <= longest else { break }
            beginning += part
        }
        return beginning + end
    }

    /// Whether a byte may be in the part of a metric's name that an operator gives.
    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func part(_ byte: UInt8) -> String {
        if byte == UInt8(ascii: "_") { return "__" }
        return isPlain(byte) ? String(UnicodeScalar(byte)) : "_" + hexadecimal(byte)
    }

    /// Two digits, with capital letters, so that `_h` is none of them.
    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0" + digits : digits
    }
}
