/// Looks for secrets in a text, from its begin to its end, once.
///
/// Where the text is longer than what is looked at, what may be the begin of a secret at the end counts as one.
struct SecretScan {
    private let text: String
    let redaction: Redaction
    /// What is looked at.
    let bytes: [UInt8]
    /// Whether the text is longer.
    let isCut: Bool

    /// So many bytes are looked at: eight times what is written of a value.
    private static let window = 1024

    init(_ text: String, _ redaction: Redaction) {
        self.text = text
        self.redaction = redaction
        bytes = Array(text.utf8.prefix(Self.window))
        isCut = text.utf8.count > Self.window
    }

    /// Returns the text without secrets, cut at the window's end.
    func cleaned() -> String {
        var clean: [UInt8] = []
        var kept = 0
        var at = 0
        while at < bytes.count {
            guard let secret = secret(at: at), !secret.isEmpty else {
                at += 1
                continue
            }
            clean += bytes[kept..<max(kept, secret.lowerBound)]
            clean += Redaction.replacement.utf8
            kept = secret.upperBound
            at = secret.upperBound
        }
        if kept == 0, !isCut { return text }
        return String(decoding: clean + bytes[kept...], as: UTF8.self)
    }

    /// The secret that is known by what begins at a place; it begins there or behind.
    private func secret(at place: Int) -> Range<Int>? {
        switch bytes[place] {
        case UInt8(ascii: ":"): credentials(ofURL: place) ?? namedValue(at: place)
        case UInt8(ascii: "="): namedValue(at: place)
        case UInt8(ascii: " "): optionValue(at: place)
        case UInt8(ascii: "-"): privateKey(at: place)
        default: isTokenStart(place) ? token(at: place) : nil
        }
    }

    private func token(at place: Int) -> Range<Int>? {
        headerCredentials(at: place) ?? webToken(at: place) ?? knownToken(at: place)
    }

    /// The end of the bytes from a place on that `belongs` is true of.
    func end(from place: Int, while belongs: (UInt8) -> Bool) -> Int {
        bytes[place...].firstIndex { !belongs($0) } ?? bytes.count
    }

    /// Whether the text goes on as `words` do, in any case. At the end of a text that was cut, as far as it goes.
    func goesOn(at place: Int, _ words: StaticString, ignoringCase: Bool = false) -> Bool {
        words.withUTF8Buffer { goesOn(at: place, $0, ignoringCase: ignoringCase) }
    }

    func goesOn(at place: Int, _ words: some Collection<UInt8>, ignoringCase: Bool = false) -> Bool {
        var at = place
        for byte in words {
            guard at < bytes.count else { return isCut && at > place }
            guard bytes[at] == byte || (ignoringCase && bytes[at].isLetter && bytes[at] | 0x20 == byte) else {
                return false
            }
            at += 1
        }
        return true
    }

    /// Whether a word may begin here.
    private func isTokenStart(_ place: Int) -> Bool { place == 0 || !bytes[place - 1].isWordByte }
}

extension UInt8 {
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// What names and tokens are made of.
    var isWordByte: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
    var isLineEnd: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
    var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }
    /// base64url (RFC 4648 §5), without padding.
    var isBase64URL: Bool { isWordByte || self == UInt8(ascii: "-") }
    /// token68 of RFC 9110 §11.2.
    var isToken68: Bool { isBase64URL || [UInt8](".~+/=".utf8).contains(self) }
}
