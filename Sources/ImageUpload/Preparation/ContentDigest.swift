import Crypto

/// A SHA-256 digest, as header fields carry it.
struct ContentDigest: Sendable, Equatable {
    let bytes: [UInt8]

    init(_ digest: SHA256.Digest) { bytes = Array(digest) }

    /// The digest of `content`.
    init(of content: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: content)
        self.init(hash.finalize())
    }

    /// Appends the value of `Content-Digest` (RFC 9530, 2): `sha-256=:…:`.
    func appendField(to bytes: inout [UInt8]) {
        bytes += "sha-256=:".utf8
        let alphabet = Self.base64
        for start in stride(from: 0, to: self.bytes.count, by: 3) {
            let group = self.bytes[start..<min(start + 3, self.bytes.count)]
            var bits = 0
            for index in 0..<3 { bits = bits << 8 | (index < group.count ? Int(group[start + index]) : 0) }
            for place in 0..<4 {
                let isPadding = place > group.count
                bytes.append(isPadding ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * place) & 63])
            }
        }
        bytes.append(UInt8(ascii: ":"))
    }

    /// Appends the digest in hexadecimal digits.
    func appendHexadecimal(to bytes: inout [UInt8]) {
        let digits = Self.hexadecimal
        for byte in self.bytes {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    private static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
