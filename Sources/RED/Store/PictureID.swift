import HTTPService

/// A picture's name: the SHA-256 of its bytes as 64 lower-case hexadecimal digits.
///
/// Nothing else can be looked up, so no request can name another file.
struct PictureID: Sendable, Hashable {
    /// The digits.
    let text: String

    /// Nil, unless `text` is exactly 64 lower-case hexadecimal digits.
    init?(_ text: some StringProtocol) {
        let isDigit = { (byte: UInt8) in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        guard text.utf8.count == 64, text.utf8.allSatisfy(isDigit) else { return nil }
        self.text = String(text)
    }

    /// The name of a picture with this SHA-256, 32 bytes.
    init(hash: some Sequence<UInt8>) {
        text = Hexadecimal.text(hash)
    }
}
