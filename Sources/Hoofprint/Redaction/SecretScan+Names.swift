extension SecretScan {
    /// The value behind `name=`, `name: ` or `"name": `, where the name is one of a secret.
    func namedValue(at separator: Int) -> Range<Int>? {
        var end = separator
        while end > 0, bytes[end - 1].isBlank { end -= 1 }
        let isQuoted = end > 0 && bytes[end - 1].isQuote
        if isQuoted { end -= 1 }
        if end > 0, bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
        let begin = (bytes[..<end].lastIndex { !$0.isNameByte } ?? -1) + 1
        guard begin < end, redaction.hides(bytes[begin..<end]) else { return nil }
        let start = self.end(from: separator + 1) { $0.isBlank }
        if isQuote(at: start) { return quoted(at: start) }
        if bytes[separator] == UInt8(ascii: ":"), !isQuoted { return start..<self.end(from: start) { !$0.isLineEnd } }
        let ends: [UInt8] = isQuoted ? Array(",}] \t\r\n".utf8) : Array("&; \t\r\n\"'<>".utf8)
        return start..<self.end(from: start) { !ends.contains($0) }
    }

    /// The word behind `--name`, where the name is one of a secret.
    func optionValue(at blank: Int) -> Range<Int>? {
        let begin = (bytes[..<blank].lastIndex { !$0.isNameByte } ?? -1) + 1
        guard blank - begin > 2, goesOn(at: begin, "--"), redaction.hides(bytes[begin..<blank]) else { return nil }
        let start = end(from: blank) { $0.isBlank }
        if isQuote(at: start) { return quoted(at: start) }
        return start..<end(from: start) { !$0.isBlank && !$0.isLineEnd }
    }

    /// Whether there is a quotation mark, perhaps with a backslash before it.
    private func isQuote(at place: Int) -> Bool {
        guard place < bytes.count else { return false }
        if bytes[place].isQuote { return true }
        return bytes[place] == UInt8(ascii: "\\") && place + 1 < bytes.count && bytes[place + 1].isQuote
    }

    /// What is between the quotation mark at `place`, perhaps with a backslash before it, and its like, or the end.
    private func quoted(at place: Int) -> Range<Int> {
        let isEscaped = bytes[place] == UInt8(ascii: "\\")
        let start = place + (isEscaped ? 2 : 1)
        let mark = bytes[start - 1]
        var at = start
        while at < bytes.count, bytes[at] != mark {
            // In a text of JSON inside another one, the marks have a backslash before them.
            if bytes[at] == UInt8(ascii: "\\") {
                if isEscaped, at + 1 < bytes.count, bytes[at + 1] == mark { return start..<at }
                at += 1
            }
            at += 1
        }
        return start..<min(at, bytes.count)
    }
}

extension UInt8 {
    /// What the name of a header, a parameter or a member is made of.
    var isNameByte: Bool { isBase64URL || self == UInt8(ascii: ".") || self >= 0x80 }
}
