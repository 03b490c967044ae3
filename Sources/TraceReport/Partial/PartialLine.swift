import TraceLog

/// A partial as a line of text: the words `hoofprint-partial` and the format's number, the checksum of what follows as
/// eight hexadecimal digits, and the pieces, in base 64.
enum PartialLine {
    /// The format's number. It goes up whenever what is carried changes.
    static let format: UInt64 = 1
    /// What a line begins with, of any format.
    static let marker = Array("hoofprint-partial ".utf8)
    /// The longest line, bytes: what a fleet of thousands takes.
    static let maximumBytes = 256 << 20

    /// Whether bytes begin a file of partials.
    static func begins(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: marker) }

    /// Returns the line of pieces, with its line feed.
    static func encoded(_ pieces: [LogPiece]) -> [UInt8] {
        let text = Base64.encoded(PartialCarrier.bytes(of: pieces))
        return marker + Array("\(format) \(checksum(text[...])) ".utf8) + text + [UInt8(ascii: "\n")]
    }

    /// Returns the pieces of a line without its line feed.
    static func decoded(_ line: ArraySlice<UInt8>) throws(PartialError) -> [LogPiece] {
        guard begins(line) else { throw PartialError(reason: "the line is no partial", offset: 0) }
        let words = line.dropFirst(marker.count).split(
            separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3 else { throw PartialError(reason: "the line is cut", offset: 0) }
        let number = String(decoding: words[0].prefix(20), as: UTF8.self)
        guard number == "\(format)" else {
            throw PartialError(
                reason: "it is of format \(SafeText.escaped(number)), and this version reads format \(format): "
                    + "write it again with this version, from the logs", offset: 0)
        }
        guard words[1].elementsEqual(checksum(words[2]).utf8) else {
            throw PartialError(reason: "the checksum is wrong: the line is cut or altered", offset: 0)
        }
        guard let bytes = Base64.decoded(words[2]) else { throw PartialError(reason: "it is no base 64", offset: 0) }
        var carrier = PartialCarrier(reading: bytes)
        let pieces = try [LogPiece].carried(nil, by: &carrier)
        guard carrier.isAtEnd else { throw carrier.fault("something follows the last piece") }
        return pieces
    }

    /// The checksum that a line must state.
    static func checksum(_ text: ArraySlice<UInt8>) -> String {
        let digits = String(text.withUnsafeBytes { Checksum.of($0, key: format) }, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// RFC 4648, section 4, without padding.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// The value of each byte; 255: it is no digit.
    private static let values: [UInt8] = (0...255).map { byte in
        digits.firstIndex(of: byte).map { UInt8($0) } ?? 255
    }

    static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 4)
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(held >> bits & 63)])
            }
        }
        if bits > 0 { text.append(digits[Int(held << (6 - bits) & 63)]) }
        return text
    }

    /// Returns the bytes; nil: a byte is no digit, or bits are left that are none of a byte's.
    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for digit in text {
            let value = values[Int(digit)]
            guard value < 64 else { return nil }
            held = held << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> bits))
            }
        }
        return bits < 6 && held & (1 << bits - 1) == 0 ? bytes : nil
    }
}
