import TraceLog

/// A partial as a line of text: the words `hoofprint-partial` and the format's number, the checksum of what follows as
/// eight hexadecimal digits, and the pieces, in base 64.
enum PartialLine {
    /// The format's number. It goes up whenever what is carried changes.
    static let format: UInt64 = 3
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
