/// Writes JSON without white space.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes += $0 }
    }

    mutating func append(raw: some Collection<UInt8>) { bytes += raw }

    /// A string of UTF-8 characters, with surrogates without another half as three bytes: those become escapes.
    mutating func append(string: some Sequence<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        append(characters: string)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(characters: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        func escape(_ unit: UInt32) -> [UInt8] {
            [0x5C, 0x75] + stride(from: 12, through: 0, by: -4).map { digits[Int(unit >> UInt32($0) & 15)] }
        }
        var left = Array(characters)[...]
        while let byte = left.popFirst() {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [0x5C, byte]
            case 8: bytes += [0x5C, UInt8(ascii: "b")]
            case 9: bytes += [0x5C, UInt8(ascii: "t")]
            case 10: bytes += [0x5C, UInt8(ascii: "n")]
            case 12: bytes += [0x5C, UInt8(ascii: "f")]
            case 13: bytes += [0x5C, UInt8(ascii: "r")]
            case 0..<0x20: bytes += escape(UInt32(byte))
            case 0xED where (left.first ?? 0) >= 0xA0:
                let unit = 0xD000 | UInt32(left[left.startIndex] & 0x3F) << 6 | UInt32(left[left.startIndex + 1] & 0x3F)
                bytes += escape(unit)
                left = left.dropFirst(2)
            default: bytes.append(byte)
            }
        }
    }

    /// A pointer as a string.
    mutating func append(pointer tokens: [[UInt8]]) {
        bytes.append(UInt8(ascii: "\""))
        for token in tokens {
            bytes.append(UInt8(ascii: "/"))
            append(
                characters: token.flatMap { byte -> [UInt8] in
                    switch byte {
                    case UInt8(ascii: "~"): [byte, UInt8(ascii: "0")]
                    case UInt8(ascii: "/"): [UInt8(ascii: "~"), UInt8(ascii: "1")]
                    default: [byte]
                    }
                })
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A value of a text, without the white space between its tokens and without commas before closing brackets.
    mutating func append(value: UnsafeBufferPointer<UInt8>) {
        guard let base = value.baseAddress else { return }
        let scanner = TextScanner(base: base, count: value.count)
        var at = 0
        while at < value.count {
            switch value[at] {
            case UInt8(ascii: "\""):
                let end = scanner.stringEnd(at)
                bytes += value[at..<end]
                at = end
            case 0...0x20: at += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                // Where comments are taken, the comma before it may be too.
                if bytes.last == UInt8(ascii: ",") { bytes.removeLast() }
                bytes.append(value[at])
                at += 1
            default:
                bytes.append(value[at])
                at += 1
            }
        }
    }
}
