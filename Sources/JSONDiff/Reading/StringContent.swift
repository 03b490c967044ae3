import Foundation

/// Characters of strings, as they are meant.
enum StringContent {
    /// The bytes of a string's characters: UTF-8, with a surrogate that has no other half as the three bytes that UTF-8 would
    /// have for it if it had one. nil: `wrong` is the offset of an escape that JSON does not have.
    ///
    /// - Parameter raw: What is between the quotes.
    static func unescaped(_ raw: UnsafeBufferPointer<UInt8>, wrong: inout Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: raw.count) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            guard let length = unescape(raw, into: start, wrong: &wrong) else {
                failed = true
                return
            }
            count = length
        }
        return failed ? nil : bytes
    }

    /// The same into memory with room for as many bytes as `raw` has; answers with how many there are.
    static func unescape(
        _ raw: UnsafeBufferPointer<UInt8>, into memory: UnsafeMutablePointer<UInt8>, wrong: inout Int
    ) -> Int? {
        var to = memory
        var at = 0
        while at < raw.count {
            // As far as the next backslash.
            let run = UnsafeBufferPointer(rebasing: raw[at...])
            let length =
                memchr(run.start, 0x5C, run.count).map {
                    UnsafeRawPointer($0) - UnsafeRawPointer(run.start)
                } ?? run.count
            to.update(from: run.start, count: length)
            to += length
            at += length
            guard at < raw.count else { break }
            wrong = at
            guard at + 1 < raw.count else { return nil }
            if raw[at + 1] == UInt8(ascii: "u") {
                guard var unit = hexadecimal(raw, at + 2) else { return nil }
                at += 6
                if unit & 0xFC00 == 0xD800, at + 1 < raw.count, raw[at] == UInt8(ascii: "\\"),
                    raw[at + 1] == UInt8(ascii: "u"), let low = hexadecimal(raw, at + 2), low & 0xFC00 == 0xDC00
                {
                    unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
                    at += 6
                }
                to += write(unit, to)
                continue
            }
            guard let plain = plain(raw[at + 1]) else { return nil }
            to.pointee = plain
            to += 1
            at += 2
        }
        return to - memory
    }

    /// The characters of a string that was checked, quotes included.
    static func characters(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var wrong = 0
        return unescaped(UnsafeBufferPointer(rebasing: value[1..<value.count - 1]), wrong: &wrong) ?? []
    }

    /// Whether a string's characters are those of a name.
    ///
    /// - Parameter raw: What is between the quotes, of a string that was checked.
    static func isEqual(_ raw: UnsafeBufferPointer<UInt8>, _ name: String) -> Bool {
        guard raw.contains(UInt8(ascii: "\\")) else { return raw.elementsEqual(name.utf8) }
        var wrong = 0
        return unescaped(raw, wrong: &wrong).map { $0.elementsEqual(name.utf8) } ?? false
    }

    private static func plain(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: nil
        }
    }

    private static func hexadecimal(_ raw: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
        guard at + 4 <= raw.count else { return nil }
        var value: UInt32 = 0
        for byte in raw[at..<at + 4] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32(byte & 0xF + 9)
            default: return nil
            }
        }
        return value
    }

    /// Writes UTF-8's bytes for a code point, surrogates included; answers with their number, which is less than an escape has.
    private static func write(_ code: UInt32, _ to: UnsafeMutablePointer<UInt8>) -> Int {
        func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(code >> shift & 0x3F) }
        switch code {
        case 0..<0x80:
            to[0] = UInt8(code)
            return 1
        case 0x80..<0x800:
            (to[0], to[1]) = (0xC0 | UInt8(code >> 6), tail(0))
            return 2
        case 0x800..<0x10000:
            (to[0], to[1], to[2]) = (0xE0 | UInt8(code >> 12), tail(6), tail(0))
            return 3
        default:
            (to[0], to[1], to[2], to[3]) = (0xF0 | UInt8(code >> 18), tail(12), tail(6), tail(0))
            return 4
        }
    }

    /// The characters in Unicode's normal form C; surrogates without another half stay.
    static func normalized(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        var result: [UInt8] = []
        var start = 0
        // What stands between lone surrogates (0xED with 0xA0 to 0xBF behind it).
        for at in bytes.indices where bytes[at] == 0xED && at + 2 < bytes.count && bytes[at + 1] >= 0xA0 {
            result += normalized(bytes[start..<at]) + bytes[at...at + 2]
            start = at + 3
        }
        return result + normalized(bytes[start...])
    }

    private static func normalized(_ part: ArraySlice<UInt8>) -> [UInt8] {
        Array(String(decoding: part, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
    }
}
