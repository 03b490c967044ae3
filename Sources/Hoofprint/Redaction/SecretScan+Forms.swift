extension SecretScan {
    /// `user:password@` of a URL (RFC 3986 §3.2.1), whose `:` before `//` is at `colon`.
    ///
    /// A password that holds `/`, `?` or `#` as they are is taken out too: where what stands behind a colon is no port, an `@`
    /// that follows belongs to it.
    func credentials(ofURL colon: Int) -> Range<Int>? {
        guard colon > 0, bytes[colon - 1].isWordByte, goesOn(at: colon, "://") else { return nil }
        let start = min(colon + 3, bytes.count)
        let end = end(from: start) { $0 > UInt8(ascii: " ") && !$0.isQuote && $0 != UInt8(ascii: "<") }
        let authorityEnd = self.end(from: start) { !Array("/?#".utf8).contains($0) }
        let authority = bytes[start..<min(authorityEnd, end)]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { return start..<at }
        guard let separator = authority.lastIndex(of: UInt8(ascii: ":")), authority.first != UInt8(ascii: "["),
            !authority[(separator + 1)...].allSatisfy(\.isDigit)
        else { return nil }
        if let at = bytes[authority.endIndex..<end].lastIndex(of: UInt8(ascii: "@")) { return start..<at }
        return isCut && end == bytes.count ? start..<end : nil
    }

    /// What follows `Bearer` and `Basic` (RFC 6750 §2.1, RFC 7617 §2): of the first at least 8 characters; of the second what
    /// is base64 of a text with a colon, as `Basic authentication` is not.
    func headerCredentials(at place: Int) -> Range<Int>? {
        let isBearer = goesOn(at: place, "bearer ", ignoringCase: true)
        guard isBearer || goesOn(at: place, "basic ", ignoringCase: true) else { return nil }
        let start = end(from: min(place + (isBearer ? 7 : 6), bytes.count)) { $0.isBlank }
        let end = end(from: start) { $0.isToken68 }
        if isCut, end == bytes.count { return start..<end }
        let isCredential = isBearer ? end - start >= 8 : Base64Text.holdsColon(bytes[start..<end])
        return isCredential ? start..<end : nil
    }

    /// A JSON Web Token (RFC 7519, in the compact forms of RFC 7515 and 7516): parts of base64url joined by full stops, of
    /// which the first is a JSON object, `{"…`.
    func webToken(at place: Int) -> Range<Int>? {
        guard goesOn(at: place, "eyJ") else { return nil }
        let header = end(from: place) { $0.isBase64URL }
        let end = end(from: header) { $0.isBase64URL || $0 == UInt8(ascii: ".") }
        if isCut, end == bytes.count { return place..<end }
        let isToken = header - place >= 12 && header + 1 < end
        return isToken ? place..<end : nil
    }

    private static let beginnings = Redaction.knownBeginnings.map { Array($0.utf8) }

    /// A token that begins as those of a well-known service do.
    func knownToken(at place: Int) -> Range<Int>? {
        for beginning in Self.beginnings where goesOn(at: place, beginning) {
            let end = end(from: place) { $0.isBase64URL }
            let isLongEnough = end - place >= beginning.count + 16
            if isLongEnough || (isCut && end == bytes.count) { return place..<end }
        }
        return nil
    }

    /// A private key in PEM (RFC 7468) or OpenPGP's armour (RFC 9580 §6.2), with the line that begins it, up to the line that
    /// ends it.
    func privateKey(at place: Int) -> Range<Int>? {
        guard goesOn(at: place, "-----BEGIN ") else { return nil }
        let labelStart = min(place + 11, bytes.count)
        let labelEnd = end(from: labelStart) { $0 != UInt8(ascii: "-") }
        let isCutLabel = isCut && labelEnd == bytes.count
        let hasLabel = (labelStart..<labelEnd).contains { labelEnd - $0 >= 11 && goesOn(at: $0, "PRIVATE KEY") }
        guard hasLabel || isCutLabel else { return nil }
        let last = (labelEnd..<bytes.count).first { goesOn(at: $0, "-----END ") } ?? bytes.count
        return place..<end(from: last) { !$0.isLineEnd }
    }
}

/// base64 (RFC 4648 §4), as far as credentials need it.
enum Base64Text {
    /// Whether a text is base64 of bytes among which is a colon.
    static func holdsColon(_ text: some Collection<UInt8>) -> Bool {
        var bits: UInt32 = 0
        var count = 0
        var hasColon = false
        for byte in text {
            if byte == UInt8(ascii: "=") { break }
            guard let value = value(of: byte) else { return false }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            if bits >> UInt32(count) & 0xFF == UInt32(UInt8(ascii: ":")) { hasColon = true }
        }
        return hasColon
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
